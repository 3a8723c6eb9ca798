//! Firefox and Chromium at once on one card: neither may cost the other its login, and when both are gone the card is
//! locked again for everybody.

use std::thread;

use anyhow::{Result, ensure};

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use crate::clients::check::{Check, on_each, pass};
use crate::clients::raw_apdu::{POWER_DOWN, REFUSED, SIGNED, sign_without_pin};
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::browser::{Browser, Site, expect_pins, first_page, next_page, with_screenshot};
use crate::testbed::{Testbed, card};

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT],
        "Firefox and Chromium at once: ten pages each, one PIN each, closed one by one",
        at_once,
    )
}

fn at_once(testbed: &mut Testbed) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let mut firefox = Firefox::usual(&testbed.client)?;
    let mut chromium = Chromium::start(&testbed.client, USUAL)?;
    // Those of the browsers' start are no handshakes with a card.
    with_screenshot(&mut firefox, |firefox| {
        with_screenshot(&mut chromium, |chromium| {
            first_page(firefox, testbed, &site, "/firefox-0", "both-firefox")?;
            first_page(chromium, testbed, &site, "/chromium-0", "both-chromium")?;
            for page in 1..10 {
                next_page(firefox, testbed, &site, &format!("/firefox-{page}"))?;
                next_page(chromium, testbed, &site, &format!("/chromium-{page}"))?;
            }
            Ok(())
        })
    })?;
    expect_pins(testbed, 2)?;
    refused_handshakes(testbed)?;
    let open = sign_without_pin(testbed)?;
    ensure!(
        open == SIGNED,
        "while browsers are logged in the card answers {open}: the check below would show nothing"
    );
    chromium.quit()?;
    with_screenshot(&mut firefox, |firefox| next_page(firefox, testbed, &site, "/firefox-alone"))?;
    firefox.quit()?;
    // Neither browser says goodbye to its modules: the process ends, and pcscd powers down the card it leaves.
    thread::sleep(POWER_DOWN);
    let closed = sign_without_pin(testbed)?;
    ensure!(closed == REFUSED, "after both browsers were closed the card answers {closed} to a stranger");
    expect_pins(testbed, 2)?;
    pass(format!(
        "2 PINs, {} signatures; afterwards a stranger gets {closed}",
        testbed.card.signature_count()
    ))
}

/// Fails if the portal saw a handshake go wrong, or a visitor without a certificate.
fn refused_handshakes(testbed: &Testbed) -> Result<()> {
    let portal = testbed.client.portal()?;
    let wrong: Vec<String> = portal
        .errors()
        .lines()
        .filter(|line| line.contains("SSL_do_handshake() failed"))
        .map(String::from)
        .collect();
    ensure!(wrong.is_empty(), "failed handshakes:\n{}", wrong.join("\n"));
    let log = process::read_lossy(&testbed.client.file("portal/access.log"))?;
    let strangers: Vec<&str> = log.lines().filter(|line| !line.starts_with("SUCCESS|")).collect();
    ensure!(strangers.is_empty(), "visitors without a certificate:\n{}", strangers.join("\n"));
    Ok(())
}
