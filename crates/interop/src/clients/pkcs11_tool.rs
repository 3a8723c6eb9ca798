//! pkcs11-tool (OpenSC): the basic conformance gate, on every kind of card.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, every_card, every_supported_card, on_each, pass};
use crate::process::{InteractiveProcess, ProgramOutput, run};
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::pcscd::Reader;

pub const PACKAGES: &[&str] = &["opensc"];

const NEW_PIN: &str = "87654321";
const PROMPT: &str = "x to exit: ";
const HOTPLUG: Duration = Duration::from_secs(20);

pub fn checks() -> Vec<Check> {
    let (cards, supported) = (every_card(), every_supported_card());
    [
        on_each(&supported, "pkcs11-tool: lists without a PIN", list),
        on_each(&supported, "pkcs11-tool: self-test after login", self_test),
        on_each(&cards, "pkcs11-tool: card pulled and put back", hotplug),
        on_each(&cards, "pkcs11-tool: threads", threads),
        on_each(&cards, "pkcs11-tool: fork", fork),
        on_each(&supported, "pkcs11-tool: changes the PIN", change_pin),
        on_each(&supported, "pkcs11-tool: unblocks the PIN with the PUK", unblock),
        on_each(&cards, "pkcs11-tool: a PIN that cannot be one", impossible_pin),
        on_each(&supported, "pkcs11-tool: a wrong PIN, then the right one", wrong_pin),
    ]
    .concat()
}

/// pkcs11-tool with the testbed's module.
pub fn tool(testbed: &Testbed, arguments: &[&str]) -> Command {
    let mut command = testbed.client.command("pkcs11-tool");
    command.arg("--module").arg(&testbed.client.module).args(arguments);
    command
}

fn list(testbed: &mut Testbed) -> Result<StepOutcome> {
    let listing = testbed.client.run(tool(testbed, &["-O"]))?.succeed()?;
    let listing = listing.expect_output("Certificate Object")?.expect_output("Public Key Object")?;
    ensure!(
        !listing.stdout.contains("Private Key Object"),
        "{}",
        listing.report("shows the key before login")
    );
    let commands = testbed.card.transcript().len();
    let id = listing.stdout.split("ID:").nth(1).and_then(|rest| rest.split_whitespace().next());
    let id = id.with_context(|| listing.report("shows no ID"))?;
    let file = testbed.client.file("certificate.der");
    let to = file.to_str().context("folder name")?;
    testbed.client.run(tool(testbed, &["-r", "-y", "cert", "-d", id, "-o", to]))?.succeed()?;
    let read = fs_err::read(file)?;
    ensure!(read == testbed.card.certificate(), "the certificate is not the one in the card");
    expect_verifies(testbed, 0)?;
    pass(format!("certificate of {} bytes in {commands} commands, no PIN", read.len()))
}

fn self_test(testbed: &mut Testbed) -> Result<StepOutcome> {
    let tries = testbed.card.pin_tries_left();
    let pin = testbed.card.pin();
    testbed.client.run(tool(testbed, &["-l", "-p", &pin, "-t"]))?.succeed()?.expect_output("No errors")?;
    expect_verifies(testbed, 1)?;
    ensure!(testbed.card.pin_tries_left() == tries, "a try was lost");
    pass(format!("No errors; {} signatures, one VERIFY", testbed.card.signature_count()))
}

/// The two rounds of `--test-hotplug`: looking with `C_GetSlotList`, then waiting in `C_WaitForSlotEvent`. It waits
/// for Return before each look; in between the card is pulled and put back.
fn hotplug(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut dialogue = InteractiveProcess::start(tool(testbed, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, HOTPLUG)?;
    look(&mut dialogue, true)?;
    testbed.card.remove(&testbed.pcscd)?;
    look(&mut dialogue, false)?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;
    look(&mut dialogue, true)?;
    dialogue.send("x")?;
    dialogue.expect(PROMPT, HOTPLUG)?;
    dialogue.send("x")?;
    dialogue.finish(HOTPLUG)?.succeed()?;
    // Another process, for the changes so far are events that this one may still be told of.
    let mut dialogue = InteractiveProcess::start(tool(testbed, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, HOTPLUG)?;
    look(&mut dialogue, true)?;
    dialogue.send("x")?;
    dialogue.expect(PROMPT, HOTPLUG)?;
    for present in [false, true] {
        dialogue.send("")?;
        dialogue.expect("Calling C_WaitForSlotEvent: ", HOTPLUG)?;
        if present {
            testbed.card.insert(&testbed.pcscd, Reader::First)?
        } else {
            testbed.card.remove(&testbed.pcscd)?
        }
        dialogue.expect("event on slot", HOTPLUG)?;
        let listing = dialogue.expect(PROMPT, HOTPLUG)?;
        expect_presence(&listing, present)?;
    }
    dialogue.send("x")?;
    dialogue.finish(HOTPLUG)?.succeed()?;
    expect_verifies(testbed, 0)?;
    pass("seen by polling and by C_WaitForSlotEvent")
}

/// Presses Return and reads the list of slots that follows.
fn look(dialogue: &mut InteractiveProcess, present: bool) -> Result<()> {
    dialogue.send("")?;
    expect_presence(&dialogue.expect(PROMPT, HOTPLUG)?, present)
}

/// Whether the first slot in the listing holds a token.
fn expect_presence(listing: &str, present: bool) -> Result<()> {
    let first = listing.split("Slot 1").next().unwrap_or_default();
    let word = if present { "in" } else { "not in" };
    ensure!(
        first.contains("token label") == present,
        "the card is {word} the reader, but it lists:\n{listing}"
    );
    Ok(())
}

/// The tool itself waits half a minute for its threads.
fn threads(testbed: &mut Testbed) -> Result<StepOutcome> {
    // Each thread: initialise with locking, general information, slots, token information of the first slot.
    let work = "ILGISLT0GISLT0GISLT0";
    let arguments = ["--test-threads", work, "--test-threads", work, "--test-threads", work, "-L"];
    let said = testbed.client.run(tool(testbed, &arguments))?.succeed()?;
    // As 0.23 says it, then as 0.26 does.
    let well = ["returning rv = 0", "returning rv:CKR_OK"];
    let threads = said.stdout.lines().chain(said.stderr.lines());
    let ended = threads.filter(|line| well.iter().any(|words| line.ends_with(words))).count();
    ensure!(ended == 3, "{}", said.report("not every thread ended well"));
    pass("3 threads, every one ended with CKR_OK")
}

fn fork(testbed: &mut Testbed) -> Result<StepOutcome> {
    let pin = testbed.card.pin();
    testbed
        .client
        .run(tool(testbed, &["-l", "-p", &pin, "--test-fork", "-O"]))?
        .succeed()?
        .expect_output("Private Key Object")?;
    pass("the child initialises, the parent goes on")
}

fn change_pin(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, tries) = (testbed.card.pin(), testbed.card.pin_tries_left());
    let change = |old: &str, new: &str| -> Result<ProgramOutput> {
        testbed.client.run(tool(testbed, &["-l", "-p", old, "--change-pin", "--new-pin", new]))?.succeed()
    };
    change(&pin, NEW_PIN)?;
    signs_with(testbed, NEW_PIN)?;
    change(NEW_PIN, &pin)?;
    signs_with(testbed, &pin)?;
    ensure!(testbed.card.pin_tries_left() == tries, "a try was lost");
    pass("changed, used, and changed back")
}

fn unblock(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, puk) = (testbed.card.pin(), testbed.card.puk());
    // Lock it as a person would: one wrong try per run of a program.
    let mut runs = 0;
    while testbed.card.pin_tries_left() > 0 && runs < 6 {
        let wrong = testbed.client.run(tool(testbed, &["-l", "-p", "00000", "-O"]))?;
        ensure!(wrong.status.is_some_and(|status| !status.success()), "{}", wrong.report("took a wrong PIN"));
        runs += 1;
    }
    let locked = testbed.card.pin_tries_left() == 0;
    let arguments = ["--login", "--login-type", "so", "--so-pin", &puk, "--init-pin", "--new-pin", &pin];
    testbed.client.run(tool(testbed, &arguments))?.succeed()?;
    signs_with(testbed, &pin)?;
    let state =
        if locked { "locked after wrong PINs" } else { "one try left (the module guards the last one)" };
    pass(format!("{state}, unblocked, signs"))
}

/// Letters, too short, too long: the card must never hear of it.
fn impossible_pin(testbed: &mut Testbed) -> Result<StepOutcome> {
    for pin in ["1234", "123456789", "abcdef"] {
        let refused = testbed.client.run(tool(testbed, &["-l", "-p", pin, "-O"]))?;
        ensure!(refused.status.is_some_and(|status| !status.success()), "{}", refused.report("took the PIN"));
    }
    expect_verifies(testbed, 0)?;
    pass("refused without a command")
}

fn wrong_pin(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (pin, tries) = (testbed.card.pin(), testbed.card.pin_tries_left());
    let wrong = testbed.client.run(tool(testbed, &["-l", "-p", "00000", "-O"]))?;
    wrong.expect_output("CKR_PIN_INCORRECT")?;
    ensure!(testbed.card.pin_tries_left() == tries - 1, "a wrong PIN must cost exactly one try");
    signs_with(testbed, &pin)?;
    ensure!(testbed.card.pin_tries_left() == tries, "the right PIN gives the tries back");
    expect_verifies(testbed, 2)?;
    pass("one try lost and given back")
}

/// Signs a few bytes after login with `pin`.
fn signs_with(testbed: &Testbed, pin: &str) -> Result<()> {
    let before = testbed.card.signature_count();
    let arguments = ["-l", "-p", pin, "--sign", "-m", "SHA256-RSA-PKCS"];
    run(tool(testbed, &arguments), "some bytes", CLIENT_LIMIT)?.succeed()?;
    ensure!(testbed.card.signature_count() == before + 1, "the card made no signature");
    Ok(())
}

/// The card must have seen exactly so many VERIFY commands.
pub fn expect_verifies(testbed: &Testbed, expected: usize) -> Result<()> {
    let seen = testbed.card.verify_count();
    ensure!(seen == expected, "the card saw {seen} VERIFY, not {expected}");
    Ok(())
}
