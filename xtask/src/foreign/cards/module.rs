//! `cns_pkcs11.dll`, used by a C program (`tests/windows/card.c`): signatures, a card that is pulled and put back, ten
//! programs at once, and the guard of the last try that all programs share.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

use super::command;
use super::windows_programs::WindowsPrograms;
use interop::clients::concurrent_programs::program::{CClient, OK, StepResult};
use interop::testbed::Testbed;
use interop::testbed::pcscd::Reader;
use interop::testbed::signature::{Padding, bytes, verify};

/// Return codes of PKCS#11 2.40 (pkcs11t.h).
const FUNCTION_FAILED: u64 = 0x06;
const OBJECT_HANDLE_INVALID: u64 = 0x82;
const PIN_INCORRECT: u64 = 0xA0;
const SESSION_HANDLE_INVALID: u64 = 0xB3;
const TOKEN_NOT_RECOGNIZED: u64 = 0xE1;

/// Programs at the same time.
const PROGRAMS: usize = 10;
/// How soon a program knows that a card went or came, on a busy machine. The service looks every 400 ms.
const NOTICE: Duration = Duration::from_secs(20);
const WRONG_PIN: &str = "00000";

pub(super) fn check(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    let mut program = start(programs, testbed)?;
    let objects = signatures(&mut program, testbed)?;
    removal(&mut program, testbed)?;
    program.step("finalize")?.succeed()?;
    program.leave()?;
    ten_at_once(programs, testbed)?;
    let wrong = wrong_pins(programs, testbed)?;
    Ok(format!(
        "{objects} objects listed, logged in, 2 signatures verified by OpenSSL (PKCS#1, PSS); pulled and put back, \
         signs again; {PROGRAMS} programs at once; {wrong} wrong PINs by {wrong} programs, the next refused without \
         a VERIFY"
    ))
}

/// Neither certificate nor key is listed, and nothing hears of a PIN.
pub(super) fn refusal(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<String> {
    let mut program = start(programs, testbed)?;
    let listed = program.step("list")?;
    let has_data = listed.rv == OK;
    if has_data {
        program.step("certificate")?.expect(OBJECT_HANDLE_INVALID)?;
    } else {
        listed.expect(TOKEN_NOT_RECOGNIZED)?;
    }
    program.step("finalize")?.succeed()?;
    program.leave()?;
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    Ok(if has_data { "its data are listed, no certificate" } else { "not listed" }.into())
}

fn start(programs: &WindowsPrograms, testbed: &Testbed) -> Result<CClient> {
    Ok(CClient(programs.start(&testbed.client, "card.exe", &["cns_pkcs11.dll"])?))
}

/// Lists, logs in, signs twice.
fn signatures(program: &mut CClient, testbed: &Testbed) -> Result<u64> {
    let objects = program.step("list")?.succeed()?.figure("objects")?;
    let certificate = bytes(&program.step("certificate")?.succeed()?.shown);
    ensure!(certificate == Some(testbed.card.certificate()), "another certificate than the card's");
    log_in(program, testbed)?;
    for (name, padding) in [("pkcs1", Padding::Pkcs1), ("pss", Padding::Pss)] {
        let signature = program.step(&format!("sign {name}"))?.succeed()?;
        verify(&testbed.client, &signature.shown, padding)?;
    }
    counted(testbed, 1, 2)?;
    Ok(objects)
}

/// A program waits for both events; its old session ended with the card.
fn removal(program: &mut CClient, testbed: &mut Testbed) -> Result<()> {
    event(program, 0, || testbed.card.remove(&testbed.pcscd))?;
    program.step("session")?.expect(SESSION_HANDLE_INVALID)?;
    event(program, 1, || testbed.card.insert(&testbed.pcscd, Reader::First))?;
    program.step("session")?.expect(SESSION_HANDLE_INVALID)?;
    program.step("list")?.succeed()?;
    log_in(program, testbed)?;
    let signature = program.step("sign pkcs1")?.succeed()?;
    verify(&testbed.client, &signature.shown, Padding::Pkcs1)?;
    counted(testbed, 2, 3)
}

fn event(program: &mut CClient, present: u64, happens: impl FnOnce() -> Result<()>) -> Result<()> {
    program.begin("event")?;
    happens()?;
    let start = Instant::now();
    let answer = program.answer()?.succeed()?;
    ensure!(answer.figure("present")? == present, "after the event: {}", answer.shown);
    ensure!(start.elapsed() < NOTICE, "the event came {} ms late", start.elapsed().as_millis());
    Ok(())
}

/// All list, then all log in, sign and log out; a signature of RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.1) is always the same. Not
/// both at the same time: there are cards whose certificate lies in another application, and whoever reads it ends the
/// logins of all others (docs/cards/ace-2025.md).
fn ten_at_once(programs: &WindowsPrograms, testbed: &Testbed) -> Result<()> {
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    let running = (0..PROGRAMS).map(|_| start(programs, testbed));
    let mut running: Vec<CClient> = running.collect::<Result<_>>()?;
    let mut shown = Vec::new();
    for step in ["list", &format!("visit {}", testbed.card.pin())] {
        running.iter_mut().try_for_each(|program| program.begin(step))?;
        let answers = running.iter_mut().map(|program| Ok(program.answer()?.succeed()?.shown));
        shown = answers.collect::<Result<Vec<String>>>()?;
        shown.dedup();
    }
    running.into_iter().try_for_each(|program| program.leave().map(|_| ()))?;
    let [signature] = &shown[..] else { bail!("not one signature for all: {shown:?}") };
    verify(&testbed.client, signature, Padding::Pkcs1)?;
    counted(testbed, before.0 + PROGRAMS, before.1 + PROGRAMS)
}

/// One wrong PIN by each program; none knows of the others but by what they share.
fn wrong_pins(programs: &WindowsPrograms, testbed: &mut Testbed) -> Result<u8> {
    let (pin, tries) = (testbed.card.pin(), testbed.card.pin_tries_left());
    for left in (1..tries).rev() {
        once(programs, testbed, WRONG_PIN)?.expect(PIN_INCORRECT)?;
        ensure!(testbed.card.pin_tries_left() == left, "a wrong PIN costs one try");
    }
    // No program can know whether the next one is right.
    let heard = testbed.card.verify_count();
    for attempt in [WRONG_PIN, &pin] {
        once(programs, testbed, attempt)?.expect(FUNCTION_FAILED)?;
        command::last_try_is_protected(programs, testbed, attempt)?;
    }
    ensure!(testbed.card.verify_count() == heard, "the card heard of a PIN that was refused");
    ensure!(testbed.card.pin_tries_left() == 1, "{} tries are left", testbed.card.pin_tries_left());
    testbed.card.remove(&testbed.pcscd)?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;
    once(programs, testbed, &pin)?.succeed()?;
    ensure!(testbed.card.pin_tries_left() == tries, "the right PIN gives the tries back");
    Ok(tries - 1)
}

/// A program that lists and logs in.
fn once(programs: &WindowsPrograms, testbed: &Testbed, pin: &str) -> Result<StepResult> {
    let said = programs.run(
        &testbed.client,
        "card.exe",
        &["cns_pkcs11.dll"],
        &format!("list\nlogin {pin}\nfinalize\n"),
    )?;
    let said = said.succeed()?;
    let answer = said.stdout.lines().nth(1).and_then(StepResult::parse);
    answer.with_context(|| said.report("no answer"))
}

fn log_in(program: &mut CClient, testbed: &Testbed) -> Result<()> {
    program.step(&format!("login {}", testbed.card.pin()))?.succeed().map(|_| ())
}

fn counted(testbed: &Testbed, verifies: usize, signatures: usize) -> Result<()> {
    let counted = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(counted == (verifies, signatures), "{counted:?} VERIFYs and signatures");
    Ok(())
}
