//! Cards that are no use: the browser says so itself and stays as quick as without the module.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use virtual_cns::holders::CertificateOptions;

use super::chromium::{Chromium, USUAL, Wish};
use super::firefox::{Firefox, Registration};
use super::{Check, apache, on_each, shown};
use crate::process::{self, wait_until};
use crate::report::Outcome;
use crate::testbed::browser::{Browser, PATIENCE, Screen, Site, answered_page, pictured};
use crate::testbed::card::InsertedCard;
use crate::testbed::desk::Tls;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Stack, card, stranger};

pub fn firefox() -> Vec<Check> {
    on_each(&[card::DEFAULT], "Firefox, cards of no use: stays quick", |stack| {
        let (server, site) = apache::serve(stack)?;
        let without = Firefox::launch(&stack.desk, Registration::None, Tls::V1_3, server.ca_file())?;
        let usual = loads(without, &site, "without")?;
        stays_quick(Firefox::trusting(&stack.desk, server.ca_file())?, stack, &site, usual)
    })
}

pub fn chromium() -> Vec<Check> {
    on_each(&[card::DEFAULT], "Chromium, cards of no use: stays quick", |stack| {
        let (server, site) = apache::serve(stack)?;
        let without = Chromium::trusting(&stack.desk, Wish { module: false, ..USUAL }, server.ca_file())?;
        let usual = loads(without, &site, "without")?;
        Chromium::forget(&stack.desk)?;
        stays_quick(Chromium::trusting(&stack.desk, USUAL, server.ca_file())?, stack, &site, usual)
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
        wait_until("another page", PATIENCE, || {
            // Keys can get lost while a browser redraws its address bar; a person would type again.
            if typed.elapsed() > Duration::from_secs(5) {
                browser.open(&format!("{}{query}", site.url))?;
                typed = Instant::now();
            }
            Ok(process::lossy(&site.log)?.contains(&format!("/{query} ")))
        })?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times[times.len() / 2])
}

fn loads<B: Browser>(mut browser: B, site: &Site, label: &str) -> Result<Duration> {
    let time = pictured(&mut browser, |browser| {
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
    stack: &mut Stack,
    site: &Site,
    usual: Duration,
) -> Result<Outcome> {
    let mut ratios = Vec::new();
    let mut measure = |browser: &mut B, what: &str| {
        let time = load(browser, site, what)?;
        let ratio = time.as_secs_f64() / usual.as_secs_f64();
        // Below the blink of an eye a ratio says nothing.
        ensure!(
            ratio < 4.0 || time < Duration::from_millis(400),
            "{what}: another page takes {time:?}, without the module {usual:?}"
        );
        ratios.push(format!("{what} {ratio:.1}"));
        Ok(())
    };
    let refused = |browser: &mut B, stack: &Stack, what: &str, wanted: bool| {
        // Browsers look for cards at most every three seconds.
        thread::sleep(Duration::from_secs(4));
        let prompted = ask(browser, stack, site)?;
        ensure!(prompted == wanted, "{what}: asked for a PIN: {prompted}");
        ensure!(site.served(stack, apache::PROTECTED)? == 0, "{what}: let in");
        Ok(())
    };
    pictured(&mut browser, |browser| {
        stack.card.remove(&stack.pcscd)?;
        refused(browser, stack, "no-card", false)?;
        measure(browser, "no-card")?;
        let expired = CertificateOptions { years: (2015, 2021), ..CertificateOptions::PLAIN };
        stack.card = InsertedCard::with_certificate(expired)?;
        stack.card.insert(&stack.pcscd, Reader::First)?;
        refused(browser, stack, "expired", false)?;
        measure(browser, "expired")?;
        stack.card.remove(&stack.pcscd)?;
        stack.card = InsertedCard::new(card::DEFAULT)?;
        stack.card.insert(&stack.pcscd, Reader::First)?;
        stranger::raw(stack, &"002000900835343332FFFFFFFF\n".repeat(3))?;
        ensure!(stack.card.pin_tries_left() == 0, "the PIN is not locked");
        refused(browser, stack, "locked", true)?;
        measure(browser, "locked")?;
        let mut foreign = InsertedCard::foreign()?;
        foreign.insert(&stack.pcscd, Reader::Second)?;
        stack.card.remove(&stack.pcscd)?;
        stack.card = InsertedCard::new(card::DEFAULT)?;
        stack.card.insert(&stack.pcscd, Reader::First)?;
        thread::sleep(Duration::from_secs(3));
        let asked = answered_page(browser, stack, site, apache::PROTECTED)?;
        ensure!(asked.pins == 1 && stack.card.verify_count() == 1, "a CNS beside another card: {asked:?}");
        measure(browser, "foreign-beside")?;
        ensure!(foreign.verify_count() == 0, "a PIN was sent to a card of another kind");
        Ok(())
    })?;
    browser.quit()?;
    shown(format!("another page {} ms; with the module, times: {}", usual.as_millis(), ratios.join(", ")))
}

/// Asks for the protected page and answers what comes for some seconds, until the browser has given up; whether it asked for a
/// PIN.
fn ask<B: Browser>(browser: &mut B, stack: &Stack, site: &Site) -> Result<bool> {
    browser.open(&format!("{}protected/", site.url))?;
    let start = Instant::now();
    let mut pins = 0;
    loop {
        let screen = browser.screen()?;
        let waited = start.elapsed();
        if waited > PATIENCE || (waited > Duration::from_secs(5) && matches!(screen, Screen::Page(_))) {
            break;
        }
        match screen {
            Screen::Page(_) => thread::sleep(Duration::from_millis(50)),
            Screen::Chooser(_) => browser.display().press(&["Return"])?,
            Screen::Pin(_) if pins == 0 => {
                pins += 1;
                browser.enter_pin(&stack.desk.pin)?;
            }
            Screen::Pin(_) => browser.display().press(&["Escape"])?,
        }
    }
    Ok(pins > 0)
}
