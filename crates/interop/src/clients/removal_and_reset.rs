//! What happens in a life: pcscd crashes and comes back, a program starts before it, two readers hold two cards, a
//! card is of another kind. A program that goes on asking (pkcs11-tool's hot-plug test) must see each for what it is.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::{expect_verifies, tool};
use crate::process::{InteractiveProcess, run};
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::card::{self, InsertedCard};
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::pcscd::Reader;

pub const PACKAGES: &[&str] = &["opensc"];

/// What the hot-plug test says when it waits for Return.
pub const PROMPT: &str = "x to exit: ";

/// For one answer of it.
pub const LIMIT: Duration = Duration::from_secs(20);

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "disturbance: pcscd crashes and comes back", crash),
        on_each(&card, "disturbance: the program starts before pcscd", early),
        on_each(&card, "disturbance: two readers, two cards", two_cards),
        on_each(&card, "disturbance: a card of another kind beside a CNS", foreign_card),
    ]
    .concat()
}

/// Asks the running program for its slots until what it lists suits `wanted`, a second or two after the event.
pub fn look_until(
    dialogue: &mut InteractiveProcess,
    what: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<()> {
    let mut last = String::new();
    for _ in 0..40 {
        dialogue.send("")?;
        last = dialogue.expect(PROMPT, LIMIT)?;
        if wanted(&last) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("{what} is never listed, but:\n{last}")
}

/// Whether any slot it lists holds a card.
pub fn has_card(listing: &str) -> bool {
    listing.contains("token label")
}

fn crash(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut dialogue = InteractiveProcess::start(tool(testbed, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, LIMIT)?;
    look_until(&mut dialogue, "the card", has_card)?;
    let before = testbed.pcscd.reader_events(Reader::First)?;
    testbed.pcscd.kill();
    look_until(&mut dialogue, "an empty reader", |listing| !has_card(listing))?;
    testbed.pcscd.restart()?;
    testbed.pcscd.wait_for_insertion(Reader::First, before)?;
    look_until(&mut dialogue, "the card", has_card)?;
    leave(dialogue)?;
    expect_verifies(testbed, 0)?;
    pass("no card while it is away, the card again afterwards, in one process")
}

fn early(testbed: &mut Testbed) -> Result<StepOutcome> {
    let before = testbed.pcscd.reader_events(Reader::First)?;
    testbed.pcscd.stop();
    let mut dialogue = InteractiveProcess::start(tool(testbed, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, LIMIT)?;
    look_until(&mut dialogue, "no slot with a card", |listing| !has_card(listing))?;
    testbed.pcscd.restart()?;
    testbed.pcscd.wait_for_insertion(Reader::First, before)?;
    look_until(&mut dialogue, "the card", has_card)?;
    leave(dialogue)?;
    pass("no slots and no error, then the card")
}

fn two_cards(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut second = InsertedCard::new("idemia2021")?;
    second.insert(&testbed.pcscd, Reader::Second)?;
    let listing = testbed.client.run(tool(testbed, &["-L"]))?.succeed()?;
    for card in [&testbed.card, &second] {
        let (_, id) = card.identity();
        ensure!(listing.stdout.contains(&id), "{}", listing.report(&format!("does not list the card {id}")));
    }
    for (index, card) in [("0", &testbed.card), ("1", &second)] {
        let arguments = ["--slot-index", index, "-l", "-p", &card.pin(), "--sign", "-m", "SHA256-RSA-PKCS"];
        run(tool(testbed, &arguments), "some bytes", CLIENT_LIMIT)?.succeed()?;
    }
    let counts = [testbed.card.signature_count(), second.signature_count()];
    ensure!(counts == [1, 1], "signatures of each card: {counts:?}");
    ensure!([testbed.card.verify_count(), second.verify_count()] == [1, 1], "a PIN went to the wrong card");
    pass("both listed, each signs with its own PIN")
}

fn foreign_card(testbed: &mut Testbed) -> Result<StepOutcome> {
    let mut foreign = InsertedCard::foreign()?;
    foreign.insert(&testbed.pcscd, Reader::Second)?;
    let listing = testbed.client.run(tool(testbed, &["-L"]))?.succeed()?;
    listing.expect_output("CNS")?.expect_output("CKR_TOKEN_NOT_RECOGNIZED").or_else(|_| {
        // Newer versions of the tool say it in words.
        testbed.client.run(tool(testbed, &["-L"]))?.expect_output("token not recognized")
    })?;
    let asked = foreign.transcript().len();
    ensure!(foreign.verify_count() == 0, "a PIN went to a card of another kind");
    pass(format!("the CNS is listed, the other not recognised ({asked} commands to it)"))
}

/// Ends the program as a person would.
pub fn leave(mut dialogue: InteractiveProcess) -> Result<()> {
    dialogue.send("x")?;
    dialogue.expect(PROMPT, LIMIT)?;
    dialogue.send("x")?;
    dialogue.finish(LIMIT)?.succeed()?;
    Ok(())
}
