//! The guard of the last try, across programs: a person who types a wrong PIN at one command after the other keeps
//! one try, and has it for herself once she takes the card out and puts it back. The programs share what they know
//! through the user's runtime directory, and through nothing else.

use anyhow::{Result, ensure};

use super::pkcs11_tool::tool;
use super::{Check, every_supported_card, on_each, shown};
use crate::process::{Finished, run};
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::desk::CLIENT_LIMIT;
use crate::testbed::pcscd::Reader;

pub const PACKAGES: &[&str] = &["opensc"];

pub fn checks() -> Vec<Check> {
    let name = "pkcs11-tool, wrong PINs in one process after the other: the last try is kept";
    on_each(&every_supported_card(), name, wrong_pins)
}

fn wrong_pins(stack: &mut Stack) -> Result<Outcome> {
    let pin = stack.card.pin();
    let tries = stack.card.pin_tries_left();
    for left in (1..tries).rev() {
        sign(stack, "00000")?.says("CKR_PIN_INCORRECT")?;
        ensure!(stack.card.pin_tries_left() == left, "a wrong PIN costs one try");
    }
    // Neither one more wrong PIN nor the right one: no program can know which it is.
    let heard = stack.card.verify_count();
    for attempt in ["00000", &pin] {
        sign(stack, attempt)?.says("CKR_FUNCTION_FAILED")?;
    }
    ensure!(stack.card.verify_count() == heard, "the card heard of a PIN that was refused");
    ensure!(stack.card.pin_tries_left() == 1, "{} tries are left", stack.card.pin_tries_left());

    stack.card.remove(&stack.pcscd)?;
    stack.card.insert(&stack.pcscd, Reader::First)?;
    sign(stack, &pin)?.succeed()?;
    ensure!(stack.card.pin_tries_left() == tries, "the right PIN gives the tries back");
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    let wrong = tries - 1;
    shown(format!("{wrong} wrong PINs reached the card, the next was refused; put back, the right one signs"))
}

/// One run of the program, with this PIN.
fn sign(stack: &Stack, pin: &str) -> Result<Finished> {
    run(tool(stack, &["-l", "-p", pin, "--sign", "-m", "SHA256-RSA-PKCS"]), "some bytes", CLIENT_LIMIT)
}
