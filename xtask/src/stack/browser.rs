//! A browser as the person in front of it knows it: pages, the certificate chooser, the PIN prompt.
//!
//! Both browsers are driven through this, so that a check is written once and each browser only says how it starts
//! and how its screen is read.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{self, wait_until};
use crate::stack::Stack;
use crate::stack::desk::{Desk, Tls};
use crate::stack::display::{Display, reads_like};
use crate::stack::portal::Visitor;

/// How long a step may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 12 } else { 40 });

/// What the screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screen {
    /// "Choose a certificate", with all its text.
    Chooser(String),
    /// "Enter the PIN", with its text.
    Pin(String),
    /// A page: its address (or the browser's name for the failure) and title.
    Page(String),
}

/// What both browsers can do.
pub trait Browser {
    /// `firefox` or `chromium`, for messages and file names.
    fn name(&self) -> &'static str;
    fn display(&self) -> &Display;
    /// Begins to load a page in the window; does not wait.
    fn open(&mut self, url: &str) -> Result<()>;
    fn screen(&mut self) -> Result<Screen>;

    /// Waits until the screen is as `wanted`.
    fn wait_for(&mut self, what: &str, wanted: &dyn Fn(&Screen) -> bool) -> Result<Screen> {
        let mut last = None;
        let waited = wait_until(what, PATIENCE, || {
            let screen = self.screen()?;
            let found = wanted(&screen);
            last = Some(screen);
            Ok(found)
        });
        waited.with_context(|| format!("{} shows {last:?}", self.name()))?;
        last.context("nothing was seen")
    }

    /// Waits for the certificate chooser and answers its text.
    fn chooser(&mut self) -> Result<String> {
        match self.wait_for("the certificate chooser", &|screen| !matches!(screen, Screen::Page(_)))? {
            Screen::Chooser(text) => Ok(text),
            other => bail!("{} shows {other:?} before the chooser", self.name()),
        }
    }

    /// Waits for the PIN prompt and answers its text.
    fn pin_prompt(&mut self) -> Result<String> {
        match self.wait_for("the PIN prompt", &|screen| matches!(screen, Screen::Pin(_)))? {
            Screen::Pin(text) => Ok(text),
            other => bail!("{} shows {other:?} instead of the PIN prompt", self.name()),
        }
    }

    /// Types the PIN and confirms it.
    fn enter_pin(&mut self, pin: &str) -> Result<()> {
        self.display().write(pin)?;
        self.display().press(&["Return"])
    }
}

/// Runs `check`; when it fails, the message tells where the picture of the screen is.
pub fn pictured<B: Browser, T>(browser: &mut B, check: impl FnOnce(&mut B) -> Result<T>) -> Result<T> {
    let outcome = check(browser);
    let thread = std::thread::current().id();
    let name = format!("failed-{}-{thread:?}", browser.name()).replace(['(', ')'], "");
    outcome.map_err(|error| match browser.display().picture(&name) {
        Ok(path) => error.context(format!("picture of the screen: {}", path.display())),
        Err(unpictured) => error.context(format!("no picture of the screen: {unpictured:#}")),
    })
}

/// The calls of a kind that programs made into the module so far.
pub fn calls(desk: &Desk, function: &str) -> Result<usize> {
    let log = desk.module_log();
    if !log.exists() {
        return Ok(0);
    }
    let text = process::lossy(&log)?;
    let wanted = format!("cns_pkcs11::call {function} ");
    Ok(text.lines().filter(|line| line.contains(&wanted)).count())
}

/// How often the portal has served `path` to the holder of the card.
pub fn served(stack: &Stack, path: &str) -> Result<usize> {
    let (tax_code, _) = stack.card.identity();
    let log = process::lossy(&stack.desk.file("portal/access.log"))?;
    let suits = |line: &&str| {
        line.starts_with("SUCCESS|") && line.contains(&tax_code) && line.contains(&format!("|GET {path} "))
    };
    Ok(log.lines().filter(suits).count())
}

/// Waits until the portal has served `path` once more than `before`.
pub fn wait_for_page<B: Browser>(browser: &mut B, stack: &Stack, path: &str, before: usize) -> Result<()> {
    let what = format!("{} to be served", path);
    wait_until(&what, PATIENCE, || Ok(served(stack, path)? > before)).with_context(|| {
        let errors = stack.desk.started_portal().map(|portal| portal.errors()).unwrap_or_default();
        format!("{} shows {:?}\n{errors}", browser.name(), browser.screen())
    })
}

/// The first page: the chooser with the tax code and nobody logged in, then one PIN prompt, then the page. Keeps
/// pictures of both dialogs as `LABEL-chooser` and `LABEL-pin`.
pub fn first_page<B: Browser>(browser: &mut B, stack: &Stack, label: &str, path: &str) -> Result<()> {
    let (tax_code, _) = stack.card.identity();
    let url = format!("{}{}", stack.desk.portal()?.url(), path.trim_start_matches('/'));
    let (logins, before) = (calls(&stack.desk, "C_Login")?, served(stack, path)?);
    browser.open(&url)?;
    let text = browser.chooser()?;
    ensure!(reads_like(&text, &tax_code), "the chooser does not show {tax_code}: {text}");
    ensure!(calls(&stack.desk, "C_Login")? == logins, "a login before the chooser");
    browser.display().picture(&format!("{label}-chooser"))?;
    browser.display().press(&["Return"])?;
    browser.pin_prompt()?;
    ensure!(calls(&stack.desk, "C_Login")? == logins, "a login before the PIN prompt");
    browser.display().picture(&format!("{label}-pin"))?;
    browser.enter_pin(&stack.desk.pin)?;
    wait_for_page(browser, stack, path, before)
}

/// A page that must come without a question.
pub fn next_page<B: Browser>(browser: &mut B, stack: &Stack, path: &str) -> Result<()> {
    let before = served(stack, path)?;
    let url = format!("{}{}", stack.desk.portal()?.url(), path.trim_start_matches('/'));
    browser.open(&url)?;
    let end = browser.wait_for(&format!("{path} or a dialog"), &|screen| match screen {
        Screen::Page(page) => page.contains(path) && !page.starts_with("loading"),
        _ => true,
    })?;
    ensure!(matches!(end, Screen::Page(_)), "{} asks again: {end:?}", browser.name());
    wait_for_page(browser, stack, path, before)
}

/// What the card was told: PINs and signatures.
pub fn expect_pins(stack: &Stack, pins: usize) -> Result<()> {
    let sent = stack.card.verify_count();
    ensure!(sent == pins, "{sent} PINs were sent to the card, not {pins}");
    Ok(())
}

/// The last visitor of the portal, who must have come with this version of TLS.
pub fn visitor(stack: &Stack, tls: Tls) -> Result<Visitor> {
    let visitor = stack.desk.portal()?.visitors()?.pop().context("the portal saw nobody")?;
    ensure!(visitor.protocol == format!("TLSv{}", tls.number()), "wanted TLS {}: {visitor}", tls.number());
    Ok(visitor)
}
