//! What a person does with one browser, written once for both.

use std::thread;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::clients::check::pass;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::browser::{
    self, Browser, Prompts, Site, calls, choose, expect_pins, first_page, next_page, page_with_prompts,
    type_pin, wait_for_page, with_screenshot,
};
use crate::testbed::client_environment::Tls;

pub const WRONG_PIN: &str = "54321";

/// Three pages, one login: the chooser with the tax code first, then one PIN prompt, then no question any more.
pub fn three_pages<B: Browser>(mut browser: B, testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let label = format!("{}-tls{}", browser.name(), tls.number());
    let before = testbed.card.verify_count();
    with_screenshot(&mut browser, |browser| {
        first_page(browser, testbed, &site, "/first", &label)?;
        next_page(browser, testbed, &site, "/second")?;
        next_page(browser, testbed, &site, "/third")
    })?;
    expect_pins(testbed, before + 1)?;
    let visitor = browser::visitor(testbed, tls)?;
    browser.quit()?;
    pass(format!("{visitor}; 1 PIN, {} signatures", testbed.card.signature_count()))
}

/// The administrator has chosen the certificate: the PIN is the only question.
pub fn no_chooser<B: Browser>(mut browser: B, testbed: &mut Testbed) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let asked = with_screenshot(&mut browser, |browser| {
        let asked = page_with_prompts(browser, testbed, &site, "/first")?;
        next_page(browser, testbed, &site, "/second")?;
        Ok(asked)
    })?;
    ensure!(asked == Prompts { choosers: 0, pins: 1 }, "{asked:?}");
    expect_pins(testbed, 1)?;
    browser.quit()?;
    pass("no chooser, 1 PIN, two pages")
}

/// A wrong PIN costs one try and brings the prompt again; the right one then lets in and gives the tries back.
pub fn wrong_pin<B: Browser>(mut browser: B, testbed: &mut Testbed) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let tries = testbed.card.pin_tries_left();
    with_screenshot(&mut browser, |browser| {
        let label = format!("{}-wrong-pin", browser.name());
        choose(browser, testbed, &site, "/first", &label)?;
        type_pin(browser, testbed, WRONG_PIN)?;
        let left = testbed.card.pin_tries_left();
        ensure!(left + 1 == tries, "{left} tries left after one wrong PIN of {tries}");
        thread::sleep(Duration::from_millis(300));
        browser.pin_prompt()?;
        ensure!(site.served(testbed, "/first")? == 0, "let in with a wrong PIN");
        type_pin(browser, testbed, &testbed.client.pin)?;
        wait_for_page(browser, testbed, &site, "/first", 0)?;
        next_page(browser, testbed, &site, "/second")
    })?;
    expect_pins(testbed, 2)?;
    let logins = calls(&testbed.client, "C_Login")?;
    ensure!(logins == 2, "{logins} calls of C_Login");
    let left = testbed.card.pin_tries_left();
    ensure!(left == tries, "{left} tries left after the right PIN");
    browser.quit()?;
    pass(format!("tries {tries}, {}, {left}; 2 C_Login, 2 VERIFY", tries - 1))
}

/// The card is pulled: nobody gets in. It is put back: the same browser asks for the PIN once and goes on.
pub fn pulled<B: Browser>(mut browser: B, testbed: &mut Testbed) -> Result<StepOutcome> {
    let site = Site::portal(&testbed.client)?;
    let label = format!("{}-pulled", browser.name());
    let asked = with_screenshot(&mut browser, |browser| {
        first_page(browser, testbed, &site, "/first", &label)?;
        // Not in the middle of a signature: after one that fails for a page's icon, which may ask nothing, Chromium
        // goes without a certificate on this site until it is restarted.
        thread::sleep(Duration::from_secs(2));
        testbed.card.remove(&testbed.pcscd)?;
        // Browsers look for cards at most every three seconds.
        thread::sleep(Duration::from_secs(4));
        // By another name: who visits a site without a card is remembered by Chromium as somebody without one, for
        // this site, until it is restarted.
        browser.open(&format!("{}without", site.url.replace("localhost", "127.0.0.1")))?;
        thread::sleep(Duration::from_secs(3));
        if site.served(testbed, "/without")? > 0 {
            bail!("a page was served without the card");
        }
        browser.display().picture(&format!("{label}-without-card"))?;
        testbed.card.insert(&testbed.pcscd, crate::testbed::pcscd::Reader::First)?;
        thread::sleep(Duration::from_secs(4));
        let asked = page_with_prompts(browser, testbed, &site, "/again")?;
        next_page(browser, testbed, &site, "/more")?;
        Ok(asked)
    })?;
    ensure!(asked.pins == 1, "after the card was put back: {asked:?}");
    expect_pins(testbed, 2)?;
    browser.quit()?;
    pass(format!("put back: {} chooser, 1 PIN, same browser", asked.choosers))
}
