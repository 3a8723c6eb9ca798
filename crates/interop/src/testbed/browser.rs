//! A browser as the person in front of it knows it: pages, the certificate chooser, the PIN prompt.
//!
//! Both browsers are driven through this, so that a check is written once and each browser only says how it starts
//! and how its screen is read.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{self, wait_until};
use crate::testbed::Testbed;
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::display::{Display, matches_ocr};
use crate::testbed::portal::Visitor;

/// How long a step may take on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(60);

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

impl Screen {
    pub fn text(&self) -> &str {
        match self {
            Self::Chooser(text) | Self::Pin(text) | Self::Page(text) => text,
        }
    }
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
        let waited = wait_until(what, TIMEOUT, || {
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

    /// Closes the browser as a person does, and waits until it is gone.
    fn quit(self) -> Result<()>
    where
        Self: Sized;

    /// Types the PIN and confirms it.
    fn enter_pin(&mut self, pin: &str) -> Result<()> {
        thread::sleep(TYPING_DELAY);
        self.display().write(pin)?;
        self.display().press(&["Return"])
    }
}

/// As long as a hand takes from the mouse to the keys, at least: a prompt is there a moment before it takes what is typed.
const TYPING_DELAY: Duration = Duration::from_millis(300);

/// Runs `check`; when it fails, the message tells where the picture of the screen is.
pub fn with_screenshot<B: Browser, T>(browser: &mut B, check: impl FnOnce(&mut B) -> Result<T>) -> Result<T> {
    let outcome = check(browser);
    let thread = std::thread::current().id();
    let name = format!("failed-{}-{thread:?}", browser.name()).replace(['(', ')'], "");
    outcome.map_err(|error| match browser.display().picture(&name) {
        Ok(path) => error.context(format!("picture of the screen: {}", path.display())),
        Err(unpictured) => error.context(format!("no picture of the screen: {unpictured:#}")),
    })
}

/// The calls of a kind that programs made into the module so far.
pub fn calls(client: &ClientEnvironment, function: &str) -> Result<usize> {
    let log = client.module_log();
    if !log.exists() {
        return Ok(0);
    }
    let text = process::read_lossy(&log)?;
    let wanted = format!("cns_pkcs11::call {function} ");
    Ok(text.lines().filter(|line| line.contains(&wanted)).count())
}

/// A server that demands the card, as a check sees it.
#[derive(Debug, Clone)]
pub struct Site {
    /// Ends with a slash.
    pub url: String,
    /// Lines of `VERDICT|protocol|cipher|subject|request …`.
    pub log: PathBuf,
}

impl Site {
    /// The nginx portal.
    pub fn portal(client: &ClientEnvironment) -> Result<Self> {
        Ok(Self { url: client.portal()?.url(), log: client.file("portal/access.log") })
    }

    /// How often it has served `path` to the holder of the card.
    pub fn served(&self, testbed: &Testbed, path: &str) -> Result<usize> {
        let (tax_code, _) = testbed.card.identity();
        let log = process::read_lossy(&self.log).unwrap_or_default();
        let suits = |line: &&str| {
            line.starts_with("SUCCESS|")
                && line.contains(&tax_code)
                && line.contains(&format!("|GET {path} "))
                && !line.ends_with("|403")
        };
        Ok(log.lines().filter(suits).count())
    }

    fn page(&self, path: &str) -> String {
        format!("{}{}", self.url, path.trim_start_matches('/'))
    }
}

/// The first page: the chooser with the tax code and nobody logged in, then one PIN prompt, then the page. Keeps
/// pictures of both dialogs as `LABEL-chooser` and `LABEL-pin`.
pub fn first_page<B: Browser>(
    browser: &mut B,
    testbed: &Testbed,
    site: &Site,
    path: &str,
    label: &str,
) -> Result<()> {
    let (before, logins) = (site.served(testbed, path)?, calls(&testbed.client, "C_Login")?);
    choose(browser, testbed, site, path, label)?;
    browser.enter_pin(&testbed.client.pin)?;
    wait_for_page(browser, testbed, site, path, before)?;
    let logins = calls(&testbed.client, "C_Login")? - logins;
    ensure!(logins == 1, "{logins} calls of C_Login for one PIN prompt");
    Ok(())
}

/// Up to the PIN prompt, which stays open.
pub fn choose<B: Browser>(
    browser: &mut B,
    testbed: &Testbed,
    site: &Site,
    path: &str,
    label: &str,
) -> Result<()> {
    let (tax_code, _) = testbed.card.identity();
    let logins = calls(&testbed.client, "C_Login")?;
    browser.open(&site.page(path))?;
    browser.chooser()?;
    // Read off a screen, it is not whole before it has been drawn.
    browser.wait_for(&format!("a certificate of {tax_code}"), &|screen| match screen {
        Screen::Chooser(text) => matches_ocr(text, &tax_code),
        _ => false,
    })?;
    ensure!(calls(&testbed.client, "C_Login")? == logins, "a login before the chooser");
    browser.display().picture(&format!("{label}-chooser"))?;
    browser.display().press(&["Return"])?;
    browser.pin_prompt()?;
    ensure!(calls(&testbed.client, "C_Login")? == logins, "a login before the PIN prompt");
    browser.display().picture(&format!("{label}-pin"))?;
    Ok(())
}

/// A page that must come without a question.
pub fn next_page<B: Browser>(browser: &mut B, testbed: &Testbed, site: &Site, path: &str) -> Result<()> {
    let asked = page_with_prompts(browser, testbed, site, path)?;
    ensure!(asked == Prompts::default(), "{} asked again: {asked:?}", browser.name());
    Ok(())
}

/// What a browser asked its user on the way to a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prompts {
    pub choosers: usize,
    pub pins: usize,
}

/// A page, with whatever questions come: each is answered as its user would.
pub fn page_with_prompts<B: Browser>(
    browser: &mut B,
    testbed: &Testbed,
    site: &Site,
    path: &str,
) -> Result<Prompts> {
    let before = site.served(testbed, path)?;
    browser.open(&site.page(path))?;
    let mut asked = Prompts::default();
    wait_until(&format!("{path} to be served"), TIMEOUT, || {
        if site.served(testbed, path)? > before {
            return Ok(true);
        }
        match browser.screen()? {
            Screen::Page(_) => thread::sleep(Duration::from_millis(50)),
            Screen::Chooser(_) => {
                asked.choosers += 1;
                browser.display().press(&["Return"])?;
                browser.wait_for("the chooser to close", &|screen| !matches!(screen, Screen::Chooser(_)))?;
            }
            Screen::Pin(_) => {
                asked.pins += 1;
                browser.enter_pin(&testbed.client.pin)?;
                wait_for_closed_prompt(browser)?;
            }
        }
        Ok(false)
    })
    .with_context(|| format!("{} asked {asked:?} and shows {:?}", browser.name(), browser.screen()))?;
    Ok(asked)
}

/// Types a PIN into the prompt and waits until the module has heard of it.
pub fn type_pin<B: Browser>(browser: &mut B, testbed: &Testbed, pin: &str) -> Result<()> {
    let before = calls(&testbed.client, "C_Login")?;
    browser.enter_pin(pin)?;
    wait_until("a call of C_Login", TIMEOUT, || Ok(calls(&testbed.client, "C_Login")? > before))
}

/// Waits until `path` was served once more than `before`.
pub fn wait_for_page<B: Browser>(
    browser: &mut B,
    testbed: &Testbed,
    site: &Site,
    path: &str,
    before: usize,
) -> Result<()> {
    let waited =
        wait_until(&format!("{path} to be served"), TIMEOUT, || Ok(site.served(testbed, path)? > before));
    waited.with_context(|| format!("{} shows {:?}", browser.name(), browser.screen()))?;
    wait_for_closed_prompt(browser)
}

/// What is known of a browser's screen is a moment old: the prompt of the page that came must not be taken for another.
fn wait_for_closed_prompt<B: Browser>(browser: &mut B) -> Result<()> {
    browser.wait_for("the PIN prompt to close", &|screen| !matches!(screen, Screen::Pin(_)))?;
    Ok(())
}

/// What the card was told: PINs and signatures.
pub fn expect_pins(testbed: &Testbed, pins: usize) -> Result<()> {
    let sent = testbed.card.verify_count();
    ensure!(sent == pins, "{sent} PINs were sent to the card, not {pins}");
    Ok(())
}

/// The last visitor of the portal, who must have come with this version of TLS.
pub fn visitor(testbed: &Testbed, tls: Tls) -> Result<Visitor> {
    let visitor = testbed.client.portal()?.visitors()?.pop().context("the portal saw nobody")?;
    ensure!(visitor.protocol == format!("TLSv{}", tls.number()), "wanted TLS {}: {visitor}", tls.number());
    Ok(visitor)
}
