//! Chromium: it looks for the module in its user's own NSS database, in one of two places.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use fs_err as fs;
use serde_json::json;

use super::{Check, nss_database, on_each, scenarios};
use crate::process::Process;
use crate::stack::browser::{Browser, PATIENCE, Screen};
use crate::stack::card;
use crate::stack::desk::{Desk, Tls};
use crate::stack::display::{self, Display};

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "Chromium, ~/.pki/nssdb, TLS 1.3: chooser, one PIN, three pages", |stack| {
            scenarios::three_pages(Chromium::start(&stack.desk, USUAL)?, stack, Tls::V1_3)
        }),
        on_each(
            &card,
            "Chromium, ~/.local/share/pki/nssdb, TLS 1.2: chooser, one PIN, three pages",
            |stack| {
                let wish = Wish { place: NEW_PLACE, tls: Tls::V1_2, ..USUAL };
                scenarios::three_pages(Chromium::start(&stack.desk, wish)?, stack, Tls::V1_2)
            },
        ),
        on_each(&card, "Chromium, AutoSelectCertificateForUrls: no chooser, one PIN", |stack| {
            scenarios::no_chooser(Chromium::start(&stack.desk, Wish { chosen: true, ..USUAL })?, stack)
        }),
        on_each(&card, "Chromium: wrong PIN, right PIN", |stack| {
            scenarios::wrong_pin(Chromium::start(&stack.desk, USUAL)?, stack)
        }),
        on_each(&card, "Chromium: card pulled and put back", |stack| {
            scenarios::pulled(Chromium::start(&stack.desk, USUAL)?, stack)
        }),
    ]
    .concat()
}

/// As most people have it.
pub const USUAL: Wish = Wish { place: OLD_PLACE, module: true, tls: Tls::V1_3, chosen: false };
/// Where it looks first.
pub const OLD_PLACE: &str = ".pki/nssdb";
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
    /// Starts Chromium in a home that trusts the portal.
    pub fn start(desk: &Desk, wish: Wish) -> Result<Self> {
        Self::trusting(desk, wish, desk.portal()?.ca_file())
    }

    /// The same, for a site with a CA of its own.
    pub fn trusting(desk: &Desk, wish: Wish, ca: &Path) -> Result<Self> {
        nss_database(desk, &home(desk).join(wish.place), wish.module, ca)?;
        Self::again(desk, wish)
    }

    /// Removes everything an earlier one has left.
    pub fn forget(desk: &Desk) -> Result<()> {
        Ok(fs::remove_dir_all(home(desk))?)
    }

    /// Starts it in a home that has been used before.
    pub fn again(desk: &Desk, wish: Wish) -> Result<Self> {
        let home = home(desk);
        let display = Display::start(desk, "chromium")?;
        let mut command = chromium(desk, wish)?;
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
}

impl Browser for Chromium {
    fn name(&self) -> &'static str {
        "chromium"
    }

    fn display(&self) -> &Display {
        &self.display
    }

    fn open(&mut self, url: &str) -> Result<()> {
        // The server has written its log before the browser shows the page, and showing it empties the address bar.
        thread::sleep(Duration::from_millis(500));
        self.display.press(&["ctrl+l"])?;
        self.display.write(url)?;
        self.display.press(&["Return"])
    }

    fn quit(mut self) -> Result<()> {
        self.display.press(&["ctrl+shift+w"])?;
        self.process.wait(PATIENCE)?;
        Ok(())
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

pub fn home(desk: &Desk) -> PathBuf {
    desk.file("chromium-home")
}

/// The command, with a managed policy where the certificate is chosen by the administrator: laid over /etc/chromium,
/// in a mount namespace of this Chromium only.
fn chromium(desk: &Desk, wish: Wish) -> Result<Command> {
    if !wish.chosen {
        return Ok(desk.browser("chromium"));
    }
    let folder = desk.file("etc-chromium");
    fs::create_dir_all(folder.join("policies/managed"))?;
    let rule = json!({ "pattern": desk.portal()?.url(), "filter": {} }).to_string();
    let policy = json!({ "AutoSelectCertificateForUrls": [rule] }).to_string();
    fs::write(folder.join("policies/managed/cns.json"), policy)?;
    let mut command = desk.client("unshare");
    command.args(["--mount", "--propagation", "private", "--", "sh", "-c"]);
    command.arg(r#"mount --bind "$0" /etc/chromium && exec chromium "$@""#).arg(folder);
    Ok(command)
}
