//! A reader with a PIN pad: the PIN is typed there, and no program on the computer has it.
//!
//! The reader is `virtual-pinpad`, an IFD handler that takes PC/SC part 10 literally; who types is a file.

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::cns_command::cns;
use super::pkcs11_tool::tool;
use crate::cargo;
use crate::process::{self, ProgramOutput, run};
use crate::report::StepOutcome;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["opensc"];

pub fn checks() -> Vec<Check> {
    // The two ways to address a PIN, one with SELECT and one without.
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "reader with a keypad: PIN typed there, cancelled, too short, wrong", entries),
        on_each(&cards, "reader with a keypad: PIN changed there", change),
        on_each(&cards, "reader with a keypad: a PIN typed at the computer is taken too", typed_here),
        on_each(&cards, "reader with a keypad: cns pin verifies and changes, cns sign signs", command),
    ]
    .concat()
}

const NEW_PIN: &str = "987654";

/// Puts the reader with the PIN pad into the place of the testbed's own.
fn with_pin_pad(testbed: &mut Testbed) -> Result<()> {
    type_keys(testbed, &[])?;
    let keys = keys(testbed);
    testbed.pcscd.change_reader(&cargo::pin_pad_reader_path()?, &[("VIRTUAL_PINPAD_KEYS", &keys)])?;
    let listing = testbed.client.run(tool(testbed, &["-L"]))?.succeed()?;
    listing.expect_output("PIN pad present").map(|_| ())
}

fn keys(testbed: &Testbed) -> std::path::PathBuf {
    testbed.client.file("keys")
}

/// What will be typed, entry by entry.
fn type_keys(testbed: &Testbed, entries: &[&str]) -> Result<()> {
    let lines: String = entries.iter().map(|entry| format!("{entry}\n")).collect();
    fs::write(keys(testbed), lines).context("cannot type")
}

/// A login on the PIN pad and a signature.
fn sign(testbed: &Testbed) -> Result<ProgramOutput> {
    run(tool(testbed, &["-l", "--sign", "-m", "SHA256-RSA-PKCS"]), "some bytes", CLIENT_LIMIT)
}

/// VERIFYs the card got, and tries it has left.
fn account(testbed: &Testbed) -> (usize, u8) {
    (testbed.card.verify_count(), testbed.card.pin_tries_left())
}

fn entries(testbed: &mut Testbed) -> Result<StepOutcome> {
    with_pin_pad(testbed)?;
    let all = testbed.card.pin_tries_left();
    for entry in ["cancel", "timeout", "1234"] {
        type_keys(testbed, &[entry])?;
        sign(testbed)?.expect_output("CKR_FUNCTION_CANCELED")?;
        ensure!(account(testbed) == (0, all), "{entry} at the keypad cost a try");
    }
    type_keys(testbed, &["54321"])?;
    sign(testbed)?.expect_output("CKR_PIN_INCORRECT")?;
    ensure!(account(testbed) == (1, all - 1), "a wrong PIN is one VERIFY and one try");
    type_keys(testbed, &[&testbed.client.pin])?;
    sign(testbed)?.succeed()?;
    ensure!(account(testbed) == (2, all), "the right PIN is one VERIFY and gives the tries back");
    ensure!(testbed.card.signature_count() == 1, "the card made no signature");
    let asked = process::read_lossy(&keys(testbed).with_extension("asked"))?;
    ensure!(
        asked.lines().count() == 5 && asked.lines().all(|line| line == "Verify 5..8 digits, language 0410"),
        "the reader was asked:\n{asked}"
    );
    let log = process::read_lossy(&testbed.client.module_log())?;
    ensure!(!log.contains("54321"), "the log holds a PIN");
    pass("asked 5 times, 2 VERIFY, 1 signature; no try for a cancelled, missing or short entry")
}

fn change(testbed: &mut Testbed) -> Result<StepOutcome> {
    with_pin_pad(testbed)?;
    let pin = testbed.client.pin.clone();
    let all = testbed.card.pin_tries_left();
    let change = || testbed.client.run(tool(testbed, &["-l", "--change-pin"]));
    type_keys(testbed, &[&pin, &format!("{pin} {NEW_PIN} 000000")])?;
    change()?.expect_output("CKR_FUNCTION_CANCELED")?;
    type_keys(testbed, &[&pin, &format!("{pin} {NEW_PIN} {NEW_PIN}")])?;
    change()?.succeed()?;
    type_keys(testbed, &[NEW_PIN])?;
    sign(testbed)?.succeed()?;
    ensure!(testbed.card.pin_tries_left() == all, "a try was spent");
    pass("two different new PINs change nothing; the same one twice does")
}

fn typed_here(testbed: &mut Testbed) -> Result<StepOutcome> {
    with_pin_pad(testbed)?;
    let sign = ["-l", "-p", &testbed.client.pin, "--sign", "-m", "SHA256-RSA-PKCS"];
    run(tool(testbed, &sign), "some bytes", CLIENT_LIMIT)?.succeed()?;
    ensure!(testbed.card.verify_count() == 1, "{} VERIFY", testbed.card.verify_count());
    pass("1 VERIFY")
}

/// The command asks nothing at the computer: its input is no terminal, and that does not matter.
fn command(testbed: &mut Testbed) -> Result<StepOutcome> {
    with_pin_pad(testbed)?;
    let client = &testbed.client;
    let pin = client.pin.clone();
    let all = testbed.card.pin_tries_left();
    let ends = |entry: &str, arguments: &[&str], code: i32, says: &str| -> Result<()> {
        type_keys(testbed, &[entry])?;
        let run = client.run(cns(client, &[&["--lang", "en"], arguments].concat())?)?.expect_output(says)?;
        let ended = run.status.and_then(|status| status.code());
        ensure!(ended == Some(code), "{}", run.report("not the exit code"));
        Ok(())
    };
    let module = client.module.display().to_string();
    let document = client.write("document", "Something to sign.")?.display().to_string();
    let sign = ["sign", &document, "--module", &module];

    ends("cancel", &["pin", "verify"], 8, "You did not type the PIN on the reader's keypad")?;
    ends("cancel", &sign, 8, "You did not type the PIN on the reader's keypad")?;
    ensure!(account(testbed) == (0, all), "a cancelled entry cost a try");
    ends("54321", &["pin", "verify"], 6, "Wrong PIN.")?;
    ends(&pin, &["pin", "verify"], 0, "PIN correct.")?;
    ends(&pin, &sign, 0, "document.p7s")?;
    ensure!(account(testbed) == (3, all), "{:?} VERIFY and tries", account(testbed));
    ends(&format!("{pin} {NEW_PIN} {NEW_PIN}"), &["pin", "change"], 0, "PIN changed")?;
    ends(NEW_PIN, &["pin", "verify"], 0, "PIN correct.")?;
    ensure!(account(testbed) == (4, all), "{:?} VERIFY and tries", account(testbed));
    pass("cancelled, wrong, right, signed, changed: 4 VERIFY in all")
}
