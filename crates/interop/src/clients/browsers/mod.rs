//! Browsers, as a person uses them: a screen, keys, the certificate chooser, the PIN prompt.

mod apache;
mod bad_input;
pub mod chromium;
pub mod cns_setup;
pub mod firefox;
mod pcscd_restart;
mod portal_visits;
pub mod scenarios;
mod two_browsers;

use std::path::Path;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::{Check, Client, on_each, pass};
use crate::testbed::client_environment::ClientEnvironment;

/// The module's name in the browsers.
const MODULE: &str = "Carta Nazionale dei Servizi";

/// What shows a window, types into it and looks at it.
macro_rules! with_a_screen {
    ($($package:literal),*) => {
        &[$($package,)* "libnss3-tools", "xvfb", "openbox", "xdotool", "imagemagick", "tesseract-ocr", "fonts-dejavu-core"]
    };
}

/// What shows a window of a browser that is somewhere else, types into it and looks at it.
pub const SCREEN: &[&str] = with_a_screen!();

pub const CLIENTS: &[Client] = &[
    Client {
        name: "Firefox",
        programs: &["firefox-esr"],
        packages: with_a_screen!("firefox-esr", "apache2", "pcsc-tools"),
        checks: || {
            [
                firefox::checks(),
                pcscd_restart::checks(),
                cns_setup::with_firefox(),
                apache::with_firefox(),
                portal_visits::inps(),
                bad_input::firefox(),
            ]
            .concat()
        },
    },
    Client {
        name: "Chromium",
        programs: &["chromium"],
        packages: with_a_screen!("chromium", "apache2", "pcsc-tools"),
        checks: || {
            [
                chromium::checks(),
                cns_setup::with_chromium(),
                apache::with_chromium(),
                portal_visits::health_record(),
                bad_input::chromium(),
            ]
            .concat()
        },
    },
    Client {
        name: "Firefox and Chromium at once",
        programs: &["firefox-esr", "chromium"],
        packages: with_a_screen!("firefox-esr", "chromium", "pcsc-tools"),
        checks: two_browsers::checks,
    },
    Client {
        name: "Apache as CNS reference server",
        programs: &["apache2", "curl"],
        packages: &["apache2", "curl", "libengine-pkcs11-openssl"],
        checks: apache::with_curl,
    },
];

/// A database as NSS's browsers use it, made before they start: it trusts the site's CA, and knows the module if wanted.
pub fn nss_database(client: &ClientEnvironment, folder: &Path, with_module: bool, ca: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let database = format!("sql:{}", folder.display());
    let certutil = |arguments: &[&str]| {
        let mut command = client.command("certutil");
        command.args(["-d", &database]).args(arguments);
        client.run(command)?.succeed()
    };
    certutil(&["-N", "--empty-password"])?;
    let ca = ca.to_str().context("a path")?;
    certutil(&["-A", "-n", "portal", "-t", "C,,", "-a", "-i", ca])?;
    if with_module {
        let mut command = client.command("modutil");
        command.args(["-dbdir", &database, "-force", "-add", MODULE, "-libfile"]).arg(&client.module);
        client.run(command)?.succeed()?.expect_output("added")?;
    }
    Ok(())
}
