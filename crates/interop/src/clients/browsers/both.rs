//! Firefox and Chromium at once on one card: neither may cost the other its login, and when both are gone the card is
//! locked again for everybody.

use std::thread;

use anyhow::{Result, ensure};

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use super::{Check, on_each, shown};
use crate::process;
use crate::report::Outcome;
use crate::testbed::browser::{Browser, Site, expect_pins, first_page, next_page, pictured};
use crate::testbed::stranger::{POWER_DOWN, REFUSED, SIGNED, stranger_signs};
use crate::testbed::{Stack, card};

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT],
        "Firefox and Chromium at once: ten pages each, one PIN each, closed one by one",
        at_once,
    )
}

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
    let open = stranger_signs(stack)?;
    ensure!(
        open == SIGNED,
        "while browsers are logged in the card answers {open}: the check below would show nothing"
    );
    chromium.quit()?;
    pictured(&mut firefox, |firefox| next_page(firefox, stack, &site, "/firefox-alone"))?;
    firefox.quit()?;
    // Neither browser says goodbye to its modules: the process ends, and pcscd powers down the card it leaves.
    thread::sleep(POWER_DOWN);
    let closed = stranger_signs(stack)?;
    ensure!(closed == REFUSED, "after both browsers were closed the card answers {closed} to a stranger");
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
