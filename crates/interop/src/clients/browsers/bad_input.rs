//! Cards that are no use: the browser says so itself and stays as quick as without the module.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use virtual_cns::holders::CertificateOptions;

use super::apache;
use super::chromium::{Chromium, StartOptions, USUAL};
use super::firefox::{Firefox, Registration};
use crate::clients::check::{Check, on_each, pass};
use crate::clients::raw_apdu;
use crate::process::{self, wait_until};
use crate::report::StepOutcome;
use crate::testbed::browser::{Browser, Screen, Site, TIMEOUT, page_with_prompts, with_screenshot};
use crate::testbed::card::InsertedCard;
use crate::testbed::client_environment::Tls;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

pub fn firefox() -> Vec<Check> {
    on_each(&[card::DEFAULT], "Firefox, cards of no use: stays quick", |testbed| {
        let (server, site) = apache::serve(testbed)?;
        let without = Firefox::launch(&testbed.client, Registration::None, Tls::V1_3, server.ca_file())?;
        let usual = loads(without, &site, "without")?;
        stays_quick(Firefox::trusting(&testbed.client, server.ca_file())?, testbed, &site, usual)
    })
}

pub fn chromium() -> Vec<Check> {
    on_each(&[card::DEFAULT], "Chromium, cards of no use: stays quick", |testbed| {
        let (server, site) = apache::serve(testbed)?;
        let without =
            Chromium::trusting(&testbed.client, StartOptions { module: false, ..USUAL }, server.ca_file())?;
        let usual = loads(without, &site, "without")?;
        Chromium::forget(&testbed.client)?;
        stays_quick(Chromium::trusting(&testbed.client, USUAL, server.ca_file())?, testbed, &site, usual)
    })
}

/// How long a page that asks for no certificate takes: the median of five.
fn load<B: Browser>(browser: &mut B, site: &Site, label: &str) -> Result<Duration> {
    let mut times = Vec::new();
    for number in 0..5 {
        let query = format!("?{label}{number}");
        let start = Instant::now();
        browser.open(&format!("{}{query}", site.url))?;
        let mut typed = Instant::now();
        wait_until("another page", TIMEOUT, || {
            // Keys can get lost while a browser redraws its address bar; a person would type again.
            if typed.elapsed() > Duration::from_secs(5) {
                browser.open(&format!("{}{query}", site.url))?;
                typed = Instant::now();
            }
            Ok(process::read_lossy(&site.log)?.contains(&format!("/{query} ")))
        })?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn loads<B: Browser>(mut browser: B, site: &Site, label: &str) -> Result<Duration> {
    let time = with_screenshot(&mut browser, |browser| {
        // A browser that has just been started is slow by itself.
        load(browser, site, "warming-up")?;
        thread::sleep(Duration::from_secs(3));
        load(browser, site, label)
    })?;
    browser.quit()?;
    Ok(time)
}

/// No card, an expired certificate, a locked PIN, a card of another kind beside a CNS, one after the other.
fn stays_quick<B: Browser>(
    mut browser: B,
    testbed: &mut Testbed,
    site: &Site,
    usual: Duration,
) -> Result<StepOutcome> {
    let mut ratios = Vec::new();
    // The times are shown and not judged: they are those of a machine that does other things, too. What would make a page
    // slow is commands to the card.
    let mut measure = |browser: &mut B, card: &InsertedCard, what: &str| {
        let before = card.transcript().len();
        let time = load(browser, site, what)?;
        let commands = card.transcript().len() - before;
        ensure!(commands == 0, "{what}: {commands} commands for pages that ask for no certificate");
        ratios.push(format!("{what} {:.1}", time.as_secs_f64() / usual.as_secs_f64()));
        Ok(())
    };
    let refused = |browser: &mut B, testbed: &Testbed, what: &str, wanted: bool| {
        // Browsers look for cards at most every three seconds.
        thread::sleep(Duration::from_secs(4));
        let prompted = ask(browser, testbed, site)?;
        ensure!(prompted == wanted, "{what}: asked for a PIN: {prompted}");
        ensure!(site.served(testbed, apache::PROTECTED)? == 0, "{what}: let in");
        Ok(())
    };
    with_screenshot(&mut browser, |browser| {
        testbed.card.remove(&testbed.pcscd)?;
        refused(browser, testbed, "no-card", false)?;
        measure(browser, &testbed.card, "no-card")?;
        let expired = CertificateOptions { years: (2015, 2021), ..CertificateOptions::PLAIN };
        testbed.card = InsertedCard::with_certificate(expired)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        refused(browser, testbed, "expired", false)?;
        measure(browser, &testbed.card, "expired")?;
        testbed.card.remove(&testbed.pcscd)?;
        testbed.card = InsertedCard::new(card::DEFAULT)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        raw_apdu::raw(testbed, &"002000900835343332FFFFFFFF\n".repeat(3))?;
        ensure!(testbed.card.pin_tries_left() == 0, "the PIN is not locked");
        refused(browser, testbed, "locked", true)?;
        measure(browser, &testbed.card, "locked")?;
        let mut foreign = InsertedCard::foreign()?;
        foreign.insert(&testbed.pcscd, Reader::Second)?;
        testbed.card.remove(&testbed.pcscd)?;
        testbed.card = InsertedCard::new(card::DEFAULT)?;
        testbed.card.insert(&testbed.pcscd, Reader::First)?;
        thread::sleep(Duration::from_secs(3));
        let asked = page_with_prompts(browser, testbed, site, apache::PROTECTED)?;
        ensure!(asked.pins == 1 && testbed.card.verify_count() == 1, "a CNS beside another card: {asked:?}");
        measure(browser, &testbed.card, "foreign-beside")?;
        measure(browser, &foreign, "foreign")?;
        ensure!(foreign.verify_count() == 0, "a PIN was sent to a card of another kind");
        Ok(())
    })?;
    browser.quit()?;
    pass(format!("another page {} ms; with the module, times: {}", usual.as_millis(), ratios.join(", ")))
}

/// Asks for the protected page and answers what comes for some seconds, until the browser has given up; whether it asked for a
/// PIN.
fn ask<B: Browser>(browser: &mut B, testbed: &Testbed, site: &Site) -> Result<bool> {
    browser.open(&format!("{}protected/", site.url))?;
    let start = Instant::now();
    let mut pins = 0;
    loop {
        let screen = browser.screen()?;
        let waited = start.elapsed();
        if waited > TIMEOUT || (waited > Duration::from_secs(5) && matches!(screen, Screen::Page(_))) {
            break;
        }
        match screen {
            Screen::Page(_) => thread::sleep(Duration::from_millis(50)),
            Screen::Chooser(_) => browser.display().press(&["Return"])?,
            Screen::Pin(_) if pins == 0 => {
                pins += 1;
                browser.enter_pin(&testbed.client.pin)?;
            }
            Screen::Pin(_) => browser.display().press(&["Escape"])?,
        }
    }
    Ok(pins > 0)
}
