//! What people do with a CNS, from the first page to the last, at a portal set up as the public ones are.

use anyhow::{Result, ensure};

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use super::scenarios::WRONG_PIN;
use super::{Check, apache, on_each, shown};
use crate::report::Outcome;
use crate::stack::browser::{
    Browser, choose, expect_pins, first_page, next_page, pictured, type_pin, wait_for_page,
};
use crate::stack::{Stack, card};

pub fn inps() -> Vec<Check> {
    on_each(&[card::DEFAULT], "story, Firefox: INPS: MyINPS with CNS", my_inps)
}

pub fn health_record() -> Vec<Check> {
    let name = "story, Chromium: Fascicolo Sanitario: first access, wrong PIN, right PIN, log out";
    on_each(&[card::DEFAULT], name, first_access)
}

/// The home page, "Entra in MyINPS", the certificate that shows the tax code, the PIN: logged in, and it stays so.
fn my_inps(stack: &mut Stack) -> Result<Outcome> {
    let (server, site) = apache::serve(stack)?;
    let mut browser = Firefox::trusting(&stack.desk, server.ca_file())?;
    pictured(&mut browser, |browser| {
        browser.open(&site.url)?;
        browser.wait_for("the home page", &|screen| screen.text().contains("home"))?;
        expect_pins(stack, 0)?;
        first_page(browser, stack, &site, apache::PROTECTED, "story-inps")?;
        browser.wait_for("MyINPS", &|screen| screen.text().contains("area riservata"))?;
        browser.display().picture("story-inps-logged-in")?;
        next_page(browser, stack, &site, apache::PROTECTED)
    })?;
    expect_pins(stack, 1)?;
    browser.quit()?;
    shown("home, certificate with the tax code, 1 PIN, logged in, second page without a question")
}

/// The PIN is mistyped once. Afterwards the person logs out and closes the browser; who opens it again is asked again.
fn first_access(stack: &mut Stack) -> Result<Outcome> {
    let (server, site) = apache::serve(stack)?;
    let tries = stack.card.pin_tries_left();
    let mut browser = Chromium::trusting(&stack.desk, USUAL, server.ca_file())?;
    pictured(&mut browser, |browser| {
        choose(browser, stack, &site, apache::PROTECTED, "story-health")?;
        type_pin(browser, stack, WRONG_PIN)?;
        std::thread::sleep(std::time::Duration::from_millis(300));
        browser.pin_prompt()?;
        type_pin(browser, stack, &stack.desk.pin)?;
        wait_for_page(browser, stack, &site, apache::PROTECTED, 0)?;
        browser.wait_for("the record", &|screen| screen.text().contains("area riservata"))?;
        browser.open(&format!("{}logout/", site.url))?;
        browser.wait_for("the good-bye", &|screen| screen.text().contains("arrivederci"))?;
        Ok(())
    })?;
    browser.quit()?;
    expect_pins(stack, 2)?;
    ensure!(stack.card.pin_tries_left() == tries, "{} tries left", stack.card.pin_tries_left());
    let mut again = Chromium::again(&stack.desk, USUAL)?;
    pictured(&mut again, |again| first_page(again, stack, &site, apache::PROTECTED, "story-health-again"))?;
    expect_pins(stack, 3)?;
    again.quit()?;
    shown(format!("wrong PIN, right PIN, logged out; opened again: asked again; {tries} tries left"))
}
