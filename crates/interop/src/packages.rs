//! The Debian packages a task needs: which are missing, and their installation.
//!
//! A fresh machine has Rust, git and the network, nothing else. So each command names what it needs, says what it
//! is about to install, and installs only what is missing. On another kind of system it says what to install.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::programs;

/// To build the module: PC/SC and how to find it.
pub const BUILD: &[&str] = &["libpcsclite-dev", "pkg-config"];

/// To put a virtual card into a reader: the PC/SC service, the virtual reader, and namespaces for both.
pub const CARD: &[&str] = &["pcscd", "vsmartcard-vpcd", "util-linux", "iproute2"];

/// To have a portal that demands a CNS certificate: the server, and what makes its certificate.
pub const PORTAL: &[&str] = &["nginx-light", "openssl", "ca-certificates"];

/// Installs what is missing of `wanted`, and says so.
pub fn ensure(wanted: impl IntoIterator<Item = &'static str>) -> Result<()> {
    let missing = missing(wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    refresh(&missing)?;
    install(&missing)
}

/// Installs what can be had of `wanted`: all at once, or, when that fails, one by one. Says what cannot be had.
pub fn ensure_available(wanted: impl IntoIterator<Item = &'static str>) -> Result<()> {
    let missing = missing(wanted)?;
    if missing.is_empty() {
        return Ok(());
    }
    let all = refresh(&missing).and_then(|()| install(&missing));
    let Err(error) = all else { return Ok(()) };
    if !may_install() {
        println!("{error:#}");
        return Ok(());
    }
    println!("{error:#}\nTrying them one by one.");
    for package in missing {
        if let Err(error) = install(&[package]) {
            println!("cannot be had: {error:#}");
        }
    }
    Ok(())
}

/// Fetches the lists of packages; on a system without them, says what to install.
fn refresh(wanted: &[&str]) -> Result<()> {
    let list = wanted.join(" ");
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "this is not a Debian or Ubuntu system: please install what these packages hold, then try again: {list}"
        );
    }
    if !may_install() {
        bail!(
            "these packages are missing, only root may install them, and there is no sudo here. Have root run: \
             apt-get install --no-install-recommends {list}"
        );
    }
    println!("Installing from the distribution: {list}");
    apt_get(&["update", "-qq"]).context("the package lists could not be refreshed")
}

fn may_install() -> bool {
    rustix::process::geteuid().is_root() || programs::is_installed("sudo")
}

fn install(packages: &[&str]) -> Result<()> {
    let options = ["install", "-y", "-qq", "--no-install-recommends"];
    apt_get(&[&options, packages].concat())
        .with_context(|| format!("could not install {}", packages.join(" ")))
}

/// A package and its installed version, as dpkg tells it.
pub fn version(package: &str) -> String {
    let query = Command::new("dpkg-query").args(["-W", "-f", "${Version}", package]).output();
    match query {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            format!("{package} {}", String::from_utf8_lossy(&output.stdout))
        }
        _ => format!("{package}, version unknown"),
    }
}

/// Those of `wanted` that dpkg does not know as installed; all of them where there is no dpkg.
pub fn missing(wanted: impl IntoIterator<Item = &'static str>) -> Result<Vec<&'static str>> {
    let wanted: BTreeSet<&str> = wanted.into_iter().collect();
    let mut query = Command::new("dpkg-query");
    query.args(["-W", "-f", "${Package} ${Status}\n"]).args(&wanted).stderr(Stdio::null());
    // dpkg-query fails when one name is unknown and still lists the others: only its output counts.
    let Ok(output) = query.output() else { return Ok(wanted.into_iter().collect()) };
    let installed = installed(&String::from_utf8_lossy(&output.stdout));
    Ok(wanted.into_iter().filter(|name| !installed.contains(*name)).collect())
}

/// The names of installed packages in the lines `name want flag status`.
fn installed(listing: &str) -> BTreeSet<String> {
    let lines = listing.lines().filter(|line| line.ends_with(" ok installed"));
    lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// `apt-get` as root, without questions; quiet unless it fails. Another one that is under way, such as the system's own
/// upgrades, is waited for.
fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    } else {
        println!("(as root, through sudo)");
        let mut command = Command::new("sudo");
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        command
    };
    // stdin stays the terminal's: sudo may ask for the password there.
    command
        .args(["-o", "DPkg::Lock::Timeout=600"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = programs::output(&mut command)?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("apt-get {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&said));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_fully_installed_counts() {
        let listing = "pcscd install ok installed\nnginx-light deinstall ok config-files\n";
        assert_eq!(installed(listing), BTreeSet::from(["pcscd".to_owned()]));
    }
}
