//! Browsers, as a person uses them: a screen, keys, the certificate chooser, the PIN prompt.

mod apache;
mod bad_input;
mod both;
mod chromium;
mod firefox;
mod scenarios;
mod stories;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::{Check, on_each, shown};
use crate::stack::desk::Desk;

pub const PACKAGES: &[&str] =
    &["firefox-esr", "libnss3-tools", "xvfb", "openbox", "xdotool", "imagemagick", "fonts-dejavu-core"];

/// The module's name in the browsers.
const MODULE: &str = "Carta Nazionale dei Servizi";

pub fn checks() -> Vec<Check> {
    [
        firefox::checks(),
        chromium::checks(),
        both::checks(),
        apache::checks(),
        stories::checks(),
        bad_input::checks(),
    ]
    .concat()
}

/// A database as NSS's browsers use it, made before they start: it trusts the site's CA, and knows the module if wanted.
fn nss_database(desk: &Desk, folder: &Path, with_module: bool, ca: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let database = format!("sql:{}", folder.display());
    let certutil = |arguments: &[&str]| {
        let mut command = desk.client("certutil");
        command.args(["-d", &database]).args(arguments);
        desk.run(command)?.succeed()
    };
    certutil(&["-N", "--empty-password"])?;
    let ca = ca.to_str().context("a path")?;
    certutil(&["-A", "-n", "portal", "-t", "C,,", "-a", "-i", ca])?;
    if with_module {
        let mut command = desk.client("modutil");
        command.args(["-dbdir", &database, "-force", "-add", MODULE, "-libfile"]).arg(&desk.module);
        desk.run(command)?.succeed()?.says("added")?;
    }
    Ok(())
}
