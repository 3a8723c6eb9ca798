//! pcscd ends and comes back under a running Firefox: what an update of the system does, and a crash. Firefox neither
//! hangs nor needs to be restarted, and who goes on is asked for the PIN once.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::firefox::Firefox;
use crate::clients::check::{Check, on_each, pass};
use crate::report::StepOutcome;
use crate::testbed::browser::{
    Browser, Screen, Site, expect_pins, first_page, next_page, page_with_prompts, with_screenshot,
};
use crate::testbed::pcscd::{Pcscd, Reader};
use crate::testbed::{Testbed, card};

/// How long Firefox is watched while there is no pcscd: longer than its own looks at the readers are apart.
const OUTAGE: Duration = Duration::from_secs(8);
/// A window that does not react for so long is said to hang; the machine may be busy, too.
const HANG: Duration = Duration::from_secs(10);

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT],
        "Firefox: pcscd stopped and started, and again after a crash",
        stopped_and_started,
    )
}

fn stopped_and_started(testbed: &mut Testbed) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let tries = testbed.card.pin_tries_left();
    let mut firefox = Firefox::usual(&testbed.client)?;
    let slowest = with_screenshot(&mut firefox, |firefox| {
        first_page(firefox, testbed, &site, "/first", "service")?;
        let stopped = outage(firefox, testbed, &site, "stopped", Pcscd::stop)?;
        expect_pins(testbed, 2)?;
        let crashed = outage(firefox, testbed, &site, "crashed", Pcscd::kill)?;
        expect_pins(testbed, 3)?;
        Ok(stopped.max(crashed))
    })?;
    ensure!(testbed.card.pin_tries_left() == tries, "{} tries left", testbed.card.pin_tries_left());
    firefox.quit()?;
    expect_pins(testbed, 3)?;
    pass(format!("twice: no page, slowest reaction {} ms; back: 1 PIN, same Firefox", slowest.as_millis()))
}

/// pcscd ends while the user is logged in, a page is wanted meanwhile, pcscd begins anew. Answers Firefox's slowest
/// reaction.
fn outage(
    firefox: &mut Firefox,
    testbed: &mut Testbed,
    site: &Site,
    what: &str,
    end: fn(&mut Pcscd),
) -> Result<Duration> {
    let before = testbed.pcscd.reader_events(Reader::First)?;
    end(&mut testbed.pcscd);
    // By another name, so that the certificate chosen before is not what is answered with.
    let without = format!("/without-{what}");
    firefox.open(&format!("{}{}", site.url.replace("localhost", "127.0.0.1"), &without[1..]))?;
    let mut slowest = Duration::ZERO;
    let began = Instant::now();
    while began.elapsed() < OUTAGE {
        let reaction = firefox.reaction()?;
        ensure!(reaction < HANG, "Firefox did not react for {reaction:?} while pcscd was {what}");
        slowest = slowest.max(reaction);
        thread::sleep(Duration::from_millis(100));
    }
    choose_in_vain(firefox)?;
    firefox.wait_for("the load to end", &|screen| !screen.text().contains("loading after"))?;
    ensure!(site.served(testbed, &without)? == 0, "a page was served without the card");

    testbed.pcscd.restart()?;
    testbed.pcscd.wait_for_insertion(Reader::First, before)?;
    // Browsers look for cards at most every three seconds.
    thread::sleep(Duration::from_secs(4));
    let asked = page_with_prompts(firefox, testbed, site, &format!("/after-{what}"))?;
    ensure!(asked.pins == 1, "after pcscd was {what}: {asked:?}");
    next_page(firefox, testbed, site, &format!("/more-{what}"))?;
    Ok(slowest)
}

/// Firefox offers the certificate that it remembers, whatever the module says of the card; who takes it gets no page,
/// and must not be asked for a PIN that no card will see.
fn choose_in_vain(firefox: &mut Firefox) -> Result<()> {
    if matches!(firefox.screen()?, Screen::Chooser(_)) {
        firefox.display().press(&["Return"])?;
        firefox.wait_for("the chooser to close", &|screen| !matches!(screen, Screen::Chooser(_)))?;
        thread::sleep(Duration::from_secs(2));
    }
    let screen = firefox.screen()?;
    ensure!(matches!(screen, Screen::Page(_)), "while pcscd is away Firefox shows {screen:?}");
    Ok(())
}
