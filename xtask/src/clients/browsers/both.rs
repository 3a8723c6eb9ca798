//! Firefox and Chromium at once on one card: neither may cost the other its login, and when both are gone the card is
//! locked again for everybody.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use super::{Check, on_each, shown};
use crate::process::{self, wait_until};
use crate::report::Outcome;
use crate::stack::browser::{Browser, Site, expect_pins, first_page, next_page, pictured};
use crate::stack::desk::CLIENT_LIMIT;
use crate::stack::pcscd::Reader;
use crate::stack::{Stack, card};

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT],
        "Firefox and Chromium at once: ten pages each, one PIN each, closed one by one",
        at_once,
    )
}

/// What ought to be and is not yet: pcscd 1.9.9 does not reset the card behind a browser that ended without
/// `C_Finalize`, so a stranger can go on using its key. Until the module has an answer the line only tells it.
const LOCKED_BY_CLOSING: bool = false;

fn at_once(stack: &mut Stack) -> Result<Outcome> {
    let site = Site::portal(&stack.desk)?;
    let mut firefox = Firefox::usual(&stack.desk)?;
    let mut chromium = Chromium::start(&stack.desk, USUAL)?;
    // Those of the browsers' start are no handshakes with a card.
    pictured(&mut firefox, |firefox| {
        pictured(&mut chromium, |chromium| {
            first_page(firefox, stack, &site, "/firefox-0", "both-firefox")?;
            first_page(chromium, stack, &site, "/chromium-0", "both-chromium")?;
            for page in 1..10 {
                next_page(firefox, stack, &site, &format!("/firefox-{page}"))?;
                next_page(chromium, stack, &site, &format!("/chromium-{page}"))?;
            }
            Ok(())
        })
    })?;
    expect_pins(stack, 2)?;
    refused_handshakes(stack)?;
    let open = raw_signature(stack)?;
    ensure!(
        open == "9000",
        "while browsers are logged in the card answers {open}: the check below would show nothing"
    );
    chromium.quit()?;
    pictured(&mut firefox, |firefox| next_page(firefox, stack, &site, "/firefox-alone"))?;
    firefox.quit()?;
    // Neither browser says goodbye to its modules: the process ends, and what it left is for pcscd to tidy up.
    let mut closed = String::new();
    let locked = wait_until("the card to be locked", Duration::from_secs(3), || {
        closed = raw_signature(stack)?;
        Ok(closed == "6982")
    });
    if LOCKED_BY_CLOSING {
        locked.with_context(|| {
            format!("after both browsers were closed the card answers {closed} to a stranger")
        })?;
    }
    expect_pins(stack, 2)?;
    shown(format!("2 PINs, {} signatures; afterwards a stranger gets {closed}", stack.card.signature_count()))
}

/// Fails if the portal saw a handshake go wrong, or a visitor without a certificate.
fn refused_handshakes(stack: &Stack) -> Result<()> {
    let portal = stack.desk.portal()?;
    let wrong: Vec<String> = portal
        .errors()
        .lines()
        .filter(|line| line.contains("SSL_do_handshake() failed"))
        .map(String::from)
        .collect();
    ensure!(wrong.is_empty(), "failed handshakes:\n{}", wrong.join("\n"));
    let log = process::lossy(&stack.desk.file("portal/access.log"))?;
    let strangers: Vec<&str> = log.lines().filter(|line| !line.starts_with("SUCCESS|")).collect();
    ensure!(strangers.is_empty(), "visitors without a certificate:\n{}", strangers.join("\n"));
    Ok(())
}

/// What the card answers to another program that uses its key without a PIN: nobody's module, plain commands.
fn raw_signature(stack: &Stack) -> Result<String> {
    let block = format!("0001{}00{}", "FF".repeat(220), "33".repeat(33));
    raw(stack, &format!("00A40000023F00\n0022F303\n0022F1B803830101\n002A808600010100{block}0100\n"))
}

/// Sends commands to the card through pcscd, one a line; answers the status word of the last.
pub fn raw(stack: &Stack, commands: &str) -> Result<String> {
    let mut command = stack.desk.client("scriptor");
    command.args(["-r", Reader::First.name()]);
    let said = process::run(command, commands, CLIENT_LIMIT)?.succeed()?.stdout;
    // "< 33 33 … 90 00 : Normal processing."
    let last = said
        .rsplit_once("< ")
        .and_then(|(_, answer)| answer.split_once(" : "))
        .with_context(|| said.clone())?;
    let bytes: String = last.0.split_whitespace().collect();
    Ok(bytes[bytes.len().saturating_sub(4)..].to_owned())
}
