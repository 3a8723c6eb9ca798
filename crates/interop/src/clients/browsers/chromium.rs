//! Chromium: it looks for the module in its user's own NSS database, in one of two places.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use fs_err as fs;
use serde_json::json;

use super::profile::{chromium_home, nss_database};
use super::scenarios;
use crate::clients::check::{Check, on_each};
use crate::process::Process;
use crate::testbed::browser::{Browser, Screen, TIMEOUT};
use crate::testbed::card;
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::display::{self, Display};

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "Chromium, ~/.pki/nssdb, TLS 1.3: chooser, one PIN, three pages", |testbed| {
            scenarios::three_pages(Chromium::start(&testbed.client, USUAL)?, testbed, Tls::V1_3)
        }),
        on_each(
            &card,
            "Chromium, ~/.local/share/pki/nssdb, TLS 1.2: chooser, one PIN, three pages",
            |testbed| {
                let options = StartOptions { place: NEW_PLACE, tls: Tls::V1_2, ..USUAL };
                scenarios::three_pages(Chromium::start(&testbed.client, options)?, testbed, Tls::V1_2)
            },
        ),
        on_each(&card, "Chromium, AutoSelectCertificateForUrls: no chooser, one PIN", |testbed| {
            scenarios::no_chooser(
                Chromium::start(&testbed.client, StartOptions { chosen: true, ..USUAL })?,
                testbed,
            )
        }),
        on_each(&card, "Chromium: wrong PIN, right PIN", |testbed| {
            scenarios::wrong_pin(Chromium::start(&testbed.client, USUAL)?, testbed)
        }),
        on_each(&card, "Chromium: card pulled and put back", |testbed| {
            scenarios::pulled(Chromium::start(&testbed.client, USUAL)?, testbed)
        }),
    ]
    .concat()
}

/// As most people have it.
pub const USUAL: StartOptions =
    StartOptions { place: OLD_PLACE, module: true, tls: Tls::V1_3, chosen: false };
/// Where it looks first.
pub const OLD_PLACE: &str = ".pki/nssdb";
/// Where it looks if the first is not there.
const NEW_PLACE: &str = ".local/share/pki/nssdb";

/// How a Chromium is started.
#[derive(Debug, Clone, Copy)]
pub struct StartOptions {
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
    pub fn start(client: &ClientEnvironment, options: StartOptions) -> Result<Self> {
        Self::trusting(client, options, client.portal()?.ca_file())
    }

    /// The same, for a site with a CA of its own.
    pub fn trusting(client: &ClientEnvironment, options: StartOptions, ca: &Path) -> Result<Self> {
        nss_database(client, &chromium_home(client).join(options.place), options.module, ca)?;
        Self::again(client, options)
    }

    /// Removes everything an earlier one has left.
    pub fn forget(client: &ClientEnvironment) -> Result<()> {
        Ok(fs::remove_dir_all(chromium_home(client))?)
    }

    /// Starts it in a home that has been used before.
    pub fn again(client: &ClientEnvironment, options: StartOptions) -> Result<Self> {
        let home = chromium_home(client);
        let display = Display::start(client, "chromium")?;
        let mut command = chromium(client, options)?;
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
        command.arg(format!("--ssl-version-max=tls{}", options.tls.number()));
        command.arg("about:blank").env("HOME", &home);
        let process = Process::start(display::log_output(command, &client.file("chromium.log"))?)?;
        let mut chromium = Self { process, display, picture: client.file("screen.png") };
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
        // The server has written its log before the browser shows the page, and run it empties the address bar.
        thread::sleep(Duration::from_millis(500));
        self.display.press(&["ctrl+l"])?;
        // On a busy machine the bar takes no letters at once: "ttps://" is searched for.
        thread::sleep(Duration::from_millis(500));
        self.display.write(url)?;
        self.display.press(&["Return"])
    }

    fn quit(mut self) -> Result<()> {
        self.display.press(&["ctrl+shift+w"])?;
        self.process.wait(TIMEOUT)?;
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

/// The command, with a managed policy where the certificate is chosen by the administrator: laid over /etc/chromium,
/// in a mount namespace of this Chromium only.
fn chromium(client: &ClientEnvironment, options: StartOptions) -> Result<Command> {
    if !options.chosen {
        return Ok(client.browser("chromium"));
    }
    let folder = client.file("etc-chromium");
    fs::create_dir_all(folder.join("policies/managed"))?;
    let rule = json!({ "pattern": client.portal()?.url(), "filter": {} }).to_string();
    let policy = json!({ "AutoSelectCertificateForUrls": [rule] }).to_string();
    fs::write(folder.join("policies/managed/cns.json"), policy)?;
    let mut command = client.command("unshare");
    command.args(["--mount", "--propagation", "private", "--", "sh", "-c"]);
    command.arg(r#"mount --bind "$0" /etc/chromium && exec chromium "$@""#).arg(folder);
    Ok(command)
}
