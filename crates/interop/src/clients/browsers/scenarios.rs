//! What a person does with one browser, written once for both.

use std::thread;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::shown;
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::browser::{
    self, Asked, Browser, Site, answered_page, calls, choose, expect_pins, first_page, next_page, pictured,
    type_pin, wait_for_page,
};
use crate::testbed::desk::Tls;

pub const WRONG_PIN: &str = "54321";

/// Three pages, one login: the chooser with the tax code first, then one PIN prompt, then no question any more.
pub fn three_pages<B: Browser>(mut browser: B, stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    let site = Site::portal(&stack.desk)?;
    let label = format!("{}-tls{}", browser.name(), tls.number());
    pictured(&mut browser, |browser| {
        first_page(browser, stack, &site, "/first", &label)?;
        next_page(browser, stack, &site, "/second")?;
        next_page(browser, stack, &site, "/third")
    })?;
    expect_pins(stack, 1)?;
    let visitor = browser::visitor(stack, tls)?;
    browser.quit()?;
    shown(format!("{visitor}; 1 PIN, {} signatures", stack.card.signature_count()))
}

/// The administrator has chosen the certificate: the PIN is the only question.
pub fn no_chooser<B: Browser>(mut browser: B, stack: &mut Stack) -> Result<Outcome> {
    let site = Site::portal(&stack.desk)?;
    let asked = pictured(&mut browser, |browser| {
        let asked = answered_page(browser, stack, &site, "/first")?;
        next_page(browser, stack, &site, "/second")?;
        Ok(asked)
    })?;
    ensure!(asked == Asked { choosers: 0, pins: 1 }, "{asked:?}");
    expect_pins(stack, 1)?;
    browser.quit()?;
    shown("no chooser, 1 PIN, two pages")
}

/// A wrong PIN costs one try and brings the prompt again; the right one then lets in and gives the tries back.
pub fn wrong_pin<B: Browser>(mut browser: B, stack: &mut Stack) -> Result<Outcome> {
    let site = Site::portal(&stack.desk)?;
    let tries = stack.card.pin_tries_left();
    pictured(&mut browser, |browser| {
        let label = format!("{}-wrong-pin", browser.name());
        choose(browser, stack, &site, "/first", &label)?;
        type_pin(browser, stack, WRONG_PIN)?;
        let left = stack.card.pin_tries_left();
        ensure!(left + 1 == tries, "{left} tries left after one wrong PIN of {tries}");
        thread::sleep(Duration::from_millis(300));
        browser.pin_prompt()?;
        ensure!(site.served(stack, "/first")? == 0, "let in with a wrong PIN");
        type_pin(browser, stack, &stack.desk.pin)?;
        wait_for_page(browser, stack, &site, "/first", 0)?;
        next_page(browser, stack, &site, "/second")
    })?;
    expect_pins(stack, 2)?;
    let logins = calls(&stack.desk, "C_Login")?;
    ensure!(logins == 2, "{logins} calls of C_Login");
    let left = stack.card.pin_tries_left();
    ensure!(left == tries, "{left} tries left after the right PIN");
    browser.quit()?;
    shown(format!("tries {tries}, {}, {left}; 2 C_Login, 2 VERIFY", tries - 1))
}

/// The card is pulled: nobody gets in. It is put back: the same browser asks for the PIN once and goes on.
pub fn pulled<B: Browser>(mut browser: B, stack: &mut Stack) -> Result<Outcome> {
    let site = Site::portal(&stack.desk)?;
    let label = format!("{}-pulled", browser.name());
    let asked = pictured(&mut browser, |browser| {
        first_page(browser, stack, &site, "/first", &label)?;
        // Not in the middle of a signature: after one that fails for a page's icon, which may ask nothing, Chromium
        // goes without a certificate on this site until it is restarted.
        thread::sleep(Duration::from_secs(2));
        stack.card.remove(&stack.pcscd)?;
        // Browsers look for cards at most every three seconds.
        thread::sleep(Duration::from_secs(4));
        // By another name: who visits a site without a card is remembered by Chromium as somebody without one, for
        // this site, until it is restarted.
        browser.open(&format!("{}without", site.url.replace("localhost", "127.0.0.1")))?;
        thread::sleep(Duration::from_secs(3));
        if site.served(stack, "/without")? > 0 {
            bail!("a page was served without the card");
        }
        browser.display().picture(&format!("{label}-without-card"))?;
        stack.card.insert(&stack.pcscd, crate::testbed::pcscd::Reader::First)?;
        thread::sleep(Duration::from_secs(4));
        let asked = answered_page(browser, stack, &site, "/again")?;
        next_page(browser, stack, &site, "/more")?;
        Ok(asked)
    })?;
    ensure!(asked.pins == 1, "after the card was put back: {asked:?}");
    expect_pins(stack, 2)?;
    browser.quit()?;
    shown(format!("put back: {} chooser, 1 PIN, same browser", asked.choosers))
}
