//! Ten programs on one card, each of which lists, logs in, signs and logs out again and again. Each logout that is the
//! last resets the card while others take their first look: none of them may take that for a fault.

use std::collections::BTreeMap;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, ensure};

use super::program::{CClient, CClientProgram, OK, is_long_form};
use crate::clients::check::{Check, on_each, pass};
use crate::report::StepOutcome;
use crate::testbed::signature::{Padding, verify};
use crate::testbed::{Testbed, card};

/// Programs at the same time.
const PROGRAMS: usize = 10;
/// How often each comes, and how often where `cargo xtask soak` asks for the long form.
const VISITS: usize = 3;
const MANY_VISITS: usize = 100;

pub(super) const NAME: &str = "many programs: ten at once list, log in, sign and log out";

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], NAME, ten_at_once)
}

fn ten_at_once(testbed: &mut Testbed) -> Result<StepOutcome> {
    let visits = if is_long_form() { MANY_VISITS } else { VISITS };
    let tries = testbed.card.pin_tries_left();
    let program = CClientProgram::new(testbed)?;
    let start = Instant::now();
    let pin = testbed.card.pin();
    let programs: Vec<CClient> = (0..PROGRAMS).map(|_| program.visitor()).collect::<Result<_>>()?;
    let told: Vec<Vec<String>> = thread::scope(|scope| {
        let running: Vec<_> =
            programs.into_iter().map(|program| scope.spawn(|| come_and_go(program, visits, &pin))).collect();
        let ended =
            running.into_iter().map(|program| program.join().map_err(|_| anyhow!("a thread panicked"))?);
        ended.collect::<Result<_>>()
    })?;
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for outcome in told.iter().flatten() {
        *outcomes.entry(outcome).or_default() += 1;
    }
    // One text and one key: a signature of RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.1) is always the same.
    ensure!(outcomes.len() == 1, "not one signature for all: {outcomes:?}");
    let signature = outcomes.keys().next().context("no visit")?;
    verify(&testbed.client, signature, Padding::Pkcs1)?;
    let (total, verifies) = (PROGRAMS * visits, testbed.card.verify_count());
    ensure!(verifies == total, "{verifies} VERIFYs for {total} visits");
    ensure!(testbed.card.pin_tries_left() == tries, "a PIN try was lost");
    let seconds = start.elapsed().as_secs();
    pass(format!(
        "{PROGRAMS} programs, {total} visits in {seconds} s: {total} verified signatures, no try lost"
    ))
}

/// The signatures, or what failed.
fn come_and_go(mut program: CClient, visits: usize, pin: &str) -> Result<Vec<String>> {
    let mut told = Vec::new();
    for _ in 0..visits {
        let answer = program.step(&format!("visit {pin}"))?;
        let failed = answer.rv != OK;
        told.push(if failed { format!("{}: 0x{:08X}", answer.shown, answer.rv) } else { answer.shown });
        if failed {
            break;
        }
    }
    program.step("finalize")?.succeed()?;
    program.leave()?;
    Ok(told)
}
