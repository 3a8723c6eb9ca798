//! Chromium: it looks for the module in its user's own NSS database, in one of two places.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::{Check, nss_database, on_each, shown};
use crate::process::Process;
use crate::report::Outcome;
use crate::stack::browser::{
    self, Browser, PATIENCE, Screen, calls, expect_pins, first_page, next_page, pictured,
};
use crate::stack::desk::{Desk, Tls};
use crate::stack::display::{self, Display};
use crate::stack::{Stack, card};

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "Chromium, ~/.pki/nssdb, TLS 1.3: chooser, one PIN, three pages", |stack| {
            three_pages(stack, OLD_PLACE, Tls::V1_3)
        }),
        on_each(
            &card,
            "Chromium, ~/.local/share/pki/nssdb, TLS 1.2: chooser, one PIN, three pages",
            |stack| three_pages(stack, NEW_PLACE, Tls::V1_2),
        ),
    ]
    .concat()
}

/// Where it looks first.
const OLD_PLACE: &str = ".pki/nssdb";
/// Where it looks if the first is not there.
const NEW_PLACE: &str = ".local/share/pki/nssdb";

/// How a Chromium is started.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// The folder of its database, in its home.
    pub place: &'static str,
    /// Whether the module is in there; without it, to compare with.
    pub module: bool,
    pub tls: Tls,
    /// Whether the administrator has chosen the certificate (`AutoSelectCertificateForUrls`).
    pub chosen: bool,
}

/// A running Chromium with a home and a screen of its own.
#[derive(Debug)]
pub struct Chromium {
    process: Process,
    display: Display,
    picture: PathBuf,
}

impl Chromium {
    pub fn start(desk: &Desk, wish: Wish) -> Result<Self> {
        let home = desk.file("chromium-home");
        nss_database(desk, &home.join(wish.place), wish.module)?;
        let display = Display::start(desk, "chromium")?;
        let mut command = desk.client("chromium");
        display.attach(&mut command);
        // --no-sandbox: its own sandbox refuses to run for root, who runs these checks in CI.
        command.args([
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--password-store=basic",
        ]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.args(["--no-default-browser-check", "--disable-dev-shm-usage", "--window-size=1100,800"]);
        command.arg(format!("--ssl-version-max=tls{}", wish.tls.number()));
        command.arg("about:blank").env("HOME", &home);
        let process = Process::start(display::quiet(command, &desk.file("chromium.log"))?)?;
        let mut chromium = Self { process, display, picture: desk.file("screen.png") };
        chromium.wait_for(
            "a window",
            &|screen| matches!(screen, Screen::Page(page) if page.contains("about:blank")),
        )?;
        Ok(chromium)
    }

    pub fn quit(mut self) -> Result<()> {
        self.display.press(&["ctrl+shift+w"])?;
        self.process.wait(PATIENCE)?;
        Ok(())
    }
}

impl Browser for Chromium {
    fn name(&self) -> &'static str {
        "chromium"
    }

    fn display(&self) -> &Display {
        &self.display
    }

    fn open(&mut self, url: &str) -> Result<()> {
        self.display.press(&["ctrl+l"])?;
        self.display.write(url)?;
        self.display.press(&["Return"])
    }

    fn screen(&mut self) -> Result<Screen> {
        // The PIN prompt is a window, the chooser a part of one: no program is told of it.
        let titles = self.display.titles()?;
        if titles.iter().any(|title| title == "Unlock Security Device") {
            return Ok(Screen::Pin(self.display.read(&self.picture)?));
        }
        let text = self.display.read(&self.picture)?;
        if text.contains("Select a certificate") {
            return Ok(Screen::Chooser(text));
        }
        Ok(Screen::Page(titles.join("|")))
    }
}

fn three_pages(stack: &mut Stack, place: &'static str, tls: Tls) -> Result<Outcome> {
    let wish = Wish { place, module: true, tls, chosen: false };
    let mut chromium = Chromium::start(&stack.desk, wish)?;
    let label = format!("chromium-tls{}", tls.number());
    pictured(&mut chromium, |chromium| {
        first_page(chromium, stack, &label, "/first")?;
        next_page(chromium, stack, "/second")?;
        next_page(chromium, stack, "/third")
    })?;
    expect_pins(stack, 1)?;
    let logins = calls(&stack.desk, "C_Login")?;
    ensure!(logins == 1, "{logins} calls of C_Login");
    let visitor = browser::visitor(stack, tls)?;
    chromium.quit()?;
    shown(format!("{visitor}; 1 PIN, {} signatures", stack.card.signature_count()))
}
