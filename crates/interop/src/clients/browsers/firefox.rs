//! Firefox ESR: the browser most people log in with, the module added in both ways there are.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::json;

use super::profile::{MODULE, nss_database};
use super::{profile, scenarios};
use crate::clients::browsers::marionette::Marionette;
use crate::clients::check::{Check, on_each};
use crate::process::{self, Process, wait_until};
use crate::testbed::browser::{Browser, Screen, TIMEOUT};
use crate::testbed::card;
use crate::testbed::client_environment::{ClientEnvironment, Mount, Tls};
use crate::testbed::display::{self, Display};

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(
            &card,
            "Firefox, module by policies.json, TLS 1.3: chooser, one PIN, three pages",
            |testbed| {
                let firefox = Firefox::start(&testbed.client, Registration::Policy, Tls::V1_3)?;
                scenarios::three_pages(firefox, testbed, Tls::V1_3)
            },
        ),
        on_each(&card, "Firefox, module by modutil, TLS 1.2: chooser, one PIN, three pages", |testbed| {
            let firefox = Firefox::start(&testbed.client, Registration::Modutil, Tls::V1_2)?;
            scenarios::three_pages(firefox, testbed, Tls::V1_2)
        }),
        on_each(&card, "Firefox: wrong PIN, right PIN", |testbed| {
            scenarios::wrong_pin(Firefox::usual(&testbed.client)?, testbed)
        }),
        on_each(&card, "Firefox: card pulled and put back", |testbed| {
            scenarios::pulled(Firefox::usual(&testbed.client)?, testbed)
        }),
    ]
    .concat()
}

/// How the module comes into the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// `SecurityDevices` in policies.json, as an administrator does it for everybody.
    Policy,
    /// `modutil` on the profile, as a person does it.
    Modutil,
    /// `cns setup firefox` on the profile.
    CnsSetup,
    /// `cns setup firefox` as administrator.
    CnsSetupForEverybody,
    /// Not at all, to compare with.
    None,
}

/// A running Firefox with a profile and a screen of its own.
#[derive(Debug)]
pub struct Firefox {
    marionette: Marionette,
    process: Process,
    display: Display,
    /// What it shows at this moment.
    screen: PathBuf,
    /// How long it took from the program's start until it could be used.
    starting: Duration,
}

/// Everything else is left as a user gets it: these only keep a fresh profile from greeting its user and from
/// looking for the network.
const PREFERENCES: &[(&str, &str)] = &[
    ("app.normandy.enabled", "false"),
    ("app.update.disabledForTesting", "true"),
    ("browser.aboutwelcome.enabled", "false"),
    ("browser.chrome.site_icons", "false"),
    ("browser.preonboarding.enabled", "false"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("browser.startup.page", "0"),
    ("browser.startup.homepage_override.mstone", "\"ignore\""),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("network.manage-offline-status", "false"),
    ("services.settings.server", "\"data:,\""),
    ("termsofuse.bypassNotification", "true"),
];

/// Runs in the browser and writes what it shows into a file.
const WATCHER: &str = include_str!("firefox_watcher.js");

impl Firefox {
    /// As most people have it.
    pub fn usual(client: &ClientEnvironment) -> Result<Self> {
        Self::start(client, Registration::Modutil, Tls::V1_3)
    }

    /// The same, for a site with a CA of its own.
    pub fn trusting(client: &ClientEnvironment, ca: &Path) -> Result<Self> {
        Self::launch(client, Registration::Modutil, Tls::V1_3, ca)
    }

    /// Starts Firefox with a new profile that trusts the portal.
    pub fn start(client: &ClientEnvironment, registration: Registration, tls: Tls) -> Result<Self> {
        Self::launch(client, registration, tls, client.portal()?.ca_file())
    }

    /// With the module that the system's administrator has registered, in the language of these two letters, and
    /// without a word on the sandbox's own oddities: to be looked at.
    pub fn in_language(client: &ClientEnvironment, language: &str) -> Result<Self> {
        let spoken = format!("\"{language}\"");
        let more =
            [("intl.locale.requested", &*spoken), ("security.sandbox.warn_unprivileged_namespaces", "false")];
        Self::begin(client, Registration::None, Tls::V1_3, client.portal()?.ca_file(), &more)
    }

    pub fn launch(
        client: &ClientEnvironment,
        registration: Registration,
        tls: Tls,
        ca: &Path,
    ) -> Result<Self> {
        Self::begin(client, registration, tls, ca, &[])
    }

    /// All of it said.
    fn begin(
        client: &ClientEnvironment,
        registration: Registration,
        tls: Tls,
        ca: &Path,
        more: &[(&str, &str)],
    ) -> Result<Self> {
        let profile = client.file("firefox-profile");
        let _ = fs::remove_dir_all(&profile);
        fs::create_dir_all(&profile)?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let newest = if tls == Tls::V1_2 { "3" } else { "4" };
        let mut preferences = String::new();
        let port_wanted = port.to_string();
        let own = [("marionette.port", &*port_wanted), ("security.tls.version.max", newest)];
        for (name, value) in PREFERENCES.iter().chain(&own).chain(more) {
            preferences += &format!("user_pref(\"{name}\", {value});\n");
        }
        fs::write(profile.join("user.js"), preferences)?;
        nss_database(client, &profile, registration == Registration::Modutil, ca)?;
        if registration == Registration::CnsSetup {
            profile::set_up_profile(client, &profile)?;
        }
        let display = Display::start(client, "firefox")?;
        let mut command = firefox(client, registration)?;
        display.attach(&mut command);
        command.args(["--marionette", "--remote-allow-system-access", "--no-remote", "--new-instance"]);
        command.arg("--profile").arg(&profile).arg("about:blank").env("MOZ_CRASHREPORTER_DISABLE", "1");
        let start = Instant::now();
        let process = Process::start(display::log_output(command, &client.file("firefox.log"))?)?;
        let mut marionette = None;
        wait_until("Firefox", TIMEOUT, || {
            marionette = Marionette::connect(port).ok();
            Ok(marionette.is_some())
        })?;
        let mut marionette = marionette.context("no Firefox")?;
        let screen = client.file("firefox-screen");
        let _ = fs::remove_file(&screen);
        marionette.script(WATCHER, &[screen.to_str().context("a path")?])?;
        wait_until("Firefox to show something", TIMEOUT, || Ok(screen.exists()))?;
        Ok(Self { marionette, process, display, screen, starting: start.elapsed() })
    }

    /// Makes the window this large, without the marks of a browser that is controlled from outside.
    pub fn pose(&mut self, width: u16, height: u16) -> Result<()> {
        let script = "const [width, height] = arguments;
            const window = Services.wm.getMostRecentBrowserWindow();
            window.document.documentElement.removeAttribute('remotecontrol');
            window.restore();
            window.moveTo(0, 0);
            window.resizeTo(Number(width), Number(height));";
        self.marionette.script(script, &[&width.to_string(), &height.to_string()])?;
        Ok(())
    }

    /// How long it took from the program's start until it could be used.
    pub fn starting(&self) -> Duration {
        self.starting
    }

    /// How long it takes to do nothing: who hangs takes long. Not while the PIN prompt is open.
    pub fn reaction(&mut self) -> Result<Duration> {
        let asked = Instant::now();
        self.marionette.script("return Services.appinfo.processID;", &[])?;
        Ok(asked.elapsed())
    }
}

impl Browser for Firefox {
    fn name(&self) -> &'static str {
        "firefox"
    }

    fn display(&self) -> &Display {
        &self.display
    }

    fn open(&mut self, url: &str) -> Result<()> {
        // A moment later: a PIN prompt that comes at once would keep the answer to this script back.
        let script = "const [address] = arguments;
            const window = Services.wm.getMostRecentBrowserWindow();
            const triggeringPrincipal = Services.scriptSecurityManager.getSystemPrincipal();
            const load = () => window.gBrowser.selectedBrowser.fixupAndLoadURIString(address, { triggeringPrincipal });
            window.setTimeout(load, 20);";
        self.marionette.script(script, &[url])?;
        Ok(())
    }

    fn quit(mut self) -> Result<()> {
        self.display.press(&["ctrl+q"])?;
        self.process.wait(TIMEOUT)?;
        Ok(())
    }

    fn screen(&mut self) -> Result<Screen> {
        let seen = process::read_lossy(&self.screen)?;
        let (kind, text) = seen.split_once(' ').unwrap_or((&seen, ""));
        let text = text.to_owned();
        Ok(match kind {
            "chooser" => Screen::Chooser(text),
            "pin" => Screen::Pin(text),
            _ => Screen::Page(text),
        })
    }
}

/// The command, with a policies.json where one is wanted: laid over the folder that Firefox looks into, in a mount
/// namespace of this Firefox only.
fn firefox(client: &ClientEnvironment, registration: Registration) -> Result<Command> {
    let folder = client.file("distribution");
    fs::create_dir_all(&folder)?;
    match registration {
        Registration::Policy => {
            let devices = json!({ "Add": { MODULE: client.module } });
            let policies = json!({ "policies": { "SecurityDevices": devices } }).to_string();
            fs::write(folder.join("policies.json"), policies)?;
        }
        Registration::CnsSetupForEverybody => profile::set_up_everybody(client, &folder)?,
        Registration::Modutil | Registration::CnsSetup | Registration::None => {
            return Ok(client.browser("firefox-esr"));
        }
    }
    Ok(client.command_with(&[Mount::new(&folder, "/usr/lib/firefox-esr/distribution")], "firefox-esr"))
}
