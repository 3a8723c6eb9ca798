//! Environments of the tests, at places where the clean system's programs find them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;
use interop::clients::browsers::chromium::OLD_PLACE;
use interop::clients::browsers::{chromium_home, nss_database};
use interop::sandbox::Sandbox;
use interop::testbed::{Testbed, card};

use super::account;
use super::tools::run_tool;

/// An environment in `folder` whose browsers are the clean system's, as they come from its packages.
pub fn before_the_clean_system(
    sandbox: &Sandbox,
    folder: &Path,
    root: &Path,
    module: &str,
) -> Result<Testbed> {
    let mut testbed = Testbed::start(sandbox, folder, &root.join(&module[1..]), card::DEFAULT)?;
    let there = root.join(folder.strip_prefix("/")?);
    fs::create_dir_all(&there)?;
    bind(folder, &there)?;
    testbed.client.root = Some(root.to_owned());
    Ok(testbed)
}

/// The person of the clean system has used a Chromium before, and uses this environment.
pub fn a_chromium_that_trusts(root: &Path, testbed: &Testbed) -> Result<()> {
    let ca = testbed.client.portal()?.ca_file();
    let persons = root.join(account::HOME);
    nss_database(&testbed.client, &persons.join(OLD_PLACE), false, ca)?;
    account::take_over(root, OLD_PLACE.split('/').next().unwrap_or_default())?;
    let home = chromium_home(&testbed.client);
    fs::create_dir_all(&home)?;
    bind(&persons, &home)?;
    bind(&persons, &root.join(home.strip_prefix("/")?))
}

/// The service of the testbed answers where the clean system's own would.
pub fn bind_service(root: &Path, testbed: &Testbed) -> Result<()> {
    let socket = testbed.pcscd.socket();
    let service = socket.parent().context("the socket has a folder")?;
    fs::create_dir_all(root.join("run/pcscd"))?;
    bind(service, &root.join("run/pcscd"))
}

/// Shows a folder at another place, too.
pub fn bind(what: &Path, place: &Path) -> Result<()> {
    let mut mount = Command::new("mount");
    mount.arg("--rbind").arg(what).arg(place);
    run_tool(mount).map(|_| ())
}
