//! What people do with a CNS, from the first page to the last, at a portal set up as the public ones are.

use anyhow::{Result, ensure};

use super::apache;
use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use super::scenarios::WRONG_PIN;
use crate::clients::check::{Check, on_each, pass};
use crate::report::StepOutcome;
use crate::testbed::browser::{
    Browser, choose, expect_pins, first_page, next_page, type_pin, wait_for_page, with_screenshot,
};
use crate::testbed::{Testbed, card};

pub fn inps() -> Vec<Check> {
    on_each(&[card::DEFAULT], "story, Firefox: INPS: MyINPS with CNS", my_inps)
}

pub fn health_record() -> Vec<Check> {
    let name = "story, Chromium: Fascicolo Sanitario: first access, wrong PIN, right PIN, log out";
    on_each(&[card::DEFAULT], name, first_access)
}

/// The home page, "Entra in MyINPS", the certificate that shows the tax code, the PIN: logged in, and it stays so.
fn my_inps(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (server, site) = apache::serve(testbed)?;
    let mut browser = Firefox::trusting(&testbed.client, server.ca_file())?;
    with_screenshot(&mut browser, |browser| {
        browser.open(&site.url)?;
        browser.wait_for("the home page", &|screen| screen.text().contains("home"))?;
        expect_pins(testbed, 0)?;
        first_page(browser, testbed, &site, apache::PROTECTED, "story-inps")?;
        browser.wait_for("MyINPS", &|screen| screen.text().contains("area riservata"))?;
        browser.display().picture("story-inps-logged-in")?;
        next_page(browser, testbed, &site, apache::PROTECTED)
    })?;
    expect_pins(testbed, 1)?;
    browser.quit()?;
    pass("home, certificate with the tax code, 1 PIN, logged in, second page without a question")
}

/// The PIN is mistyped once. Afterwards the person logs out and closes the browser; who opens it again is asked again.
fn first_access(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (server, site) = apache::serve(testbed)?;
    let tries = testbed.card.pin_tries_left();
    let mut browser = Chromium::trusting(&testbed.client, USUAL, server.ca_file())?;
    with_screenshot(&mut browser, |browser| {
        choose(browser, testbed, &site, apache::PROTECTED, "story-health")?;
        type_pin(browser, testbed, WRONG_PIN)?;
        std::thread::sleep(std::time::Duration::from_millis(300));
        browser.pin_prompt()?;
        type_pin(browser, testbed, &testbed.client.pin)?;
        wait_for_page(browser, testbed, &site, apache::PROTECTED, 0)?;
        browser.wait_for("the record", &|screen| screen.text().contains("area riservata"))?;
        browser.open(&format!("{}logout/", site.url))?;
        browser.wait_for("the good-bye", &|screen| screen.text().contains("arrivederci"))?;
        Ok(())
    })?;
    browser.quit()?;
    expect_pins(testbed, 2)?;
    ensure!(testbed.card.pin_tries_left() == tries, "{} tries left", testbed.card.pin_tries_left());
    let mut again = Chromium::again(&testbed.client, USUAL)?;
    with_screenshot(&mut again, |again| {
        first_page(again, testbed, &site, apache::PROTECTED, "story-health-again")
    })?;
    expect_pins(testbed, 3)?;
    again.quit()?;
    pass(format!("wrong PIN, right PIN, logged out; opened again: asked again; {tries} tries left"))
}
