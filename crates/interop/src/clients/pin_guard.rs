//! The guard of the last try, across programs: a person who types a wrong PIN at one command after the other keeps
//! one try, and has it for herself once she takes the card out and puts it back. The programs share what they know
//! through the user's runtime directory, and through nothing else.

use anyhow::{Result, ensure};

use super::check::{Check, every_supported_card, on_each, pass};
use super::pkcs11_tool::tool;
use crate::process::{ProgramOutput, run};
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::pcscd::Reader;

pub const PACKAGES: &[&str] = &["opensc"];

pub fn checks() -> Vec<Check> {
    let name = "pkcs11-tool, wrong PINs in one process after the other: the last try is kept";
    on_each(&every_supported_card(), name, wrong_pins)
}

fn wrong_pins(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    let tries = testbed.card.pin_tries_left();
    for left in (1..tries).rev() {
        sign(testbed, "00000")?.expect_output("CKR_PIN_INCORRECT")?;
        ensure!(testbed.card.pin_tries_left() == left, "a wrong PIN costs one try");
    }
    // Neither one more wrong PIN nor the right one: no program can know which it is.
    let heard = testbed.card.verify_count();
    for attempt in ["00000", &pin] {
        sign(testbed, attempt)?.expect_output("CKR_FUNCTION_FAILED")?;
    }
    ensure!(testbed.card.verify_count() == heard, "the card heard of a PIN that was refused");
    ensure!(testbed.card.pin_tries_left() == 1, "{} tries are left", testbed.card.pin_tries_left());

    testbed.card.remove(&testbed.pcscd)?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;
    sign(testbed, &pin)?.succeed()?;
    ensure!(testbed.card.pin_tries_left() == tries, "the right PIN gives the tries back");
    ensure!(testbed.card.signature_count() == 1, "the card made no signature");
    let wrong = tries - 1;
    pass(format!("{wrong} wrong PINs reached the card, the next was refused; put back, the right one signs"))
}

/// One run of the program, with this PIN.
fn sign(testbed: &Testbed, pin: &str) -> Result<ProgramOutput> {
    run(tool(testbed, &["-l", "-p", pin, "--sign", "-m", "SHA256-RSA-PKCS"]), "some bytes", CLIENT_LIMIT)
}
