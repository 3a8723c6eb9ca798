//! A reader with a keypad of its own: the PIN is typed there, and no program on the computer has it.
//!
//! The reader is `virtual-pinpad`, an IFD handler that takes PC/SC part 10 literally; who types is a file.

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::cns_command::cns;
use super::pkcs11_tool::tool;
use super::{Check, on_each, shown};
use crate::cargo;
use crate::process::{self, Finished, run};
use crate::report::Outcome;
use crate::testbed::desk::CLIENT_LIMIT;
use crate::testbed::{Stack, card};

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

/// Puts the keypad's reader into the place of the stack's own.
fn with_keypad(stack: &mut Stack) -> Result<()> {
    type_keys(stack, &[])?;
    let keys = keys(stack);
    stack.pcscd.change_reader(&cargo::keypad_reader_path()?, &[("VIRTUAL_PINPAD_KEYS", &keys)])?;
    let listing = stack.desk.run(tool(stack, &["-L"]))?.succeed()?;
    listing.says("PIN pad present").map(|_| ())
}

fn keys(stack: &Stack) -> std::path::PathBuf {
    stack.desk.file("keys")
}

/// What will be typed, entry by entry.
fn type_keys(stack: &Stack, entries: &[&str]) -> Result<()> {
    let lines: String = entries.iter().map(|entry| format!("{entry}\n")).collect();
    fs::write(keys(stack), lines).context("cannot type")
}

/// A login at the keypad and a signature.
fn sign(stack: &Stack) -> Result<Finished> {
    run(tool(stack, &["-l", "--sign", "-m", "SHA256-RSA-PKCS"]), "some bytes", CLIENT_LIMIT)
}

/// VERIFYs the card got, and tries it has left.
fn account(stack: &Stack) -> (usize, u8) {
    (stack.card.verify_count(), stack.card.pin_tries_left())
}

fn entries(stack: &mut Stack) -> Result<Outcome> {
    with_keypad(stack)?;
    let all = stack.card.pin_tries_left();
    for entry in ["cancel", "timeout", "1234"] {
        type_keys(stack, &[entry])?;
        sign(stack)?.says("CKR_FUNCTION_CANCELED")?;
        ensure!(account(stack) == (0, all), "{entry} at the keypad cost a try");
    }
    type_keys(stack, &["54321"])?;
    sign(stack)?.says("CKR_PIN_INCORRECT")?;
    ensure!(account(stack) == (1, all - 1), "a wrong PIN is one VERIFY and one try");
    type_keys(stack, &[&stack.desk.pin])?;
    sign(stack)?.succeed()?;
    ensure!(account(stack) == (2, all), "the right PIN is one VERIFY and gives the tries back");
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    let asked = process::lossy(&keys(stack).with_extension("asked"))?;
    ensure!(
        asked.lines().count() == 5 && asked.lines().all(|line| line == "Verify 5..8 digits, language 0410"),
        "the reader was asked:\n{asked}"
    );
    let log = process::lossy(&stack.desk.module_log())?;
    ensure!(!log.contains("54321"), "the log holds a PIN");
    shown("asked 5 times, 2 VERIFY, 1 signature; no try for a cancelled, missing or short entry")
}

fn change(stack: &mut Stack) -> Result<Outcome> {
    with_keypad(stack)?;
    let pin = stack.desk.pin.clone();
    let all = stack.card.pin_tries_left();
    let change = || stack.desk.run(tool(stack, &["-l", "--change-pin"]));
    type_keys(stack, &[&pin, &format!("{pin} {NEW_PIN} 000000")])?;
    change()?.says("CKR_FUNCTION_CANCELED")?;
    type_keys(stack, &[&pin, &format!("{pin} {NEW_PIN} {NEW_PIN}")])?;
    change()?.succeed()?;
    type_keys(stack, &[NEW_PIN])?;
    sign(stack)?.succeed()?;
    ensure!(stack.card.pin_tries_left() == all, "a try was spent");
    shown("two different new PINs change nothing; the same one twice does")
}

fn typed_here(stack: &mut Stack) -> Result<Outcome> {
    with_keypad(stack)?;
    let sign = ["-l", "-p", &stack.desk.pin, "--sign", "-m", "SHA256-RSA-PKCS"];
    run(tool(stack, &sign), "some bytes", CLIENT_LIMIT)?.succeed()?;
    ensure!(stack.card.verify_count() == 1, "{} VERIFY", stack.card.verify_count());
    shown("1 VERIFY")
}

/// The command asks nothing at the computer: its input is no terminal, and that does not matter.
fn command(stack: &mut Stack) -> Result<Outcome> {
    with_keypad(stack)?;
    let desk = &stack.desk;
    let pin = desk.pin.clone();
    let all = stack.card.pin_tries_left();
    let ends = |entry: &str, arguments: &[&str], code: i32, says: &str| -> Result<()> {
        type_keys(stack, &[entry])?;
        let run = desk.run(cns(desk, &[&["--lang", "en"], arguments].concat())?)?.says(says)?;
        let ended = run.status.and_then(|status| status.code());
        ensure!(ended == Some(code), "{}", run.report("not the exit code"));
        Ok(())
    };
    let module = desk.module.display().to_string();
    let document = desk.write("document", "Something to sign.")?.display().to_string();
    let sign = ["sign", &document, "--module", &module];

    ends("cancel", &["pin", "verify"], 8, "No PIN was typed at the reader's keypad")?;
    ends("cancel", &sign, 8, "No PIN was typed at the reader's keypad")?;
    ensure!(account(stack) == (0, all), "a cancelled entry cost a try");
    ends("54321", &["pin", "verify"], 6, "Wrong PIN.")?;
    ends(&pin, &["pin", "verify"], 0, "The PIN is right.")?;
    ends(&pin, &sign, 0, "document.p7s")?;
    ensure!(account(stack) == (3, all), "{:?} VERIFY and tries", account(stack));
    ends(&format!("{pin} {NEW_PIN} {NEW_PIN}"), &["pin", "change"], 0, "The PIN is changed")?;
    ends(NEW_PIN, &["pin", "verify"], 0, "The PIN is right.")?;
    ensure!(account(stack) == (4, all), "{:?} VERIFY and tries", account(stack));
    shown("cancelled, wrong, right, signed, changed: 4 VERIFY in all")
}
