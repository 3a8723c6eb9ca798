//! Several processes on one card at the same time, through a real pcscd: each logs in, signs and logs out, and nobody's
//! leaving locks the others out.

use std::process::Command;
use std::thread;

use anyhow::{Result, anyhow, ensure};

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::{expect_verifies, tool};
use crate::process::run;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::card;
use crate::testbed::client_environment::CLIENT_LIMIT;

pub const PACKAGES: &[&str] = &["opensc"];

/// Programs at the same time, and how often each comes.
const PROGRAMS: usize = 4;
const VISITS: usize = 5;

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "cardos"], "many programs: four at once on one card", four_at_once)
}

fn four_at_once(testbed: &mut Testbed) -> Result<StepOutcome> {
    let sign = ["-l", "-p", &testbed.client.pin, "--sign", "-m", "SHA256-RSA-PKCS"];
    let programs: Vec<Vec<Command>> =
        (0..PROGRAMS).map(|_| (0..VISITS).map(|_| tool(testbed, &sign)).collect()).collect();
    thread::scope(|scope| {
        let running: Vec<_> = programs.into_iter().map(|visits| scope.spawn(|| pay(visits))).collect();
        running
            .into_iter()
            .try_for_each(|program| program.join().map_err(|_| anyhow!("a thread of this check panicked"))?)
    })?;
    let visits = PROGRAMS * VISITS;
    expect_verifies(testbed, visits)?;
    let signatures = testbed.card.signature_count();
    ensure!(signatures == visits, "{signatures} signatures for {visits} visits");
    pass(format!("{PROGRAMS} programs, {visits} logins with one VERIFY and one signature each"))
}

/// One visit after the other.
fn pay(visits: Vec<Command>) -> Result<()> {
    visits.into_iter().try_for_each(|visit| run(visit, "some bytes", CLIENT_LIMIT)?.succeed().map(drop))
}
