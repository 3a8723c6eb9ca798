//! The Debian packages a task needs: which are missing, and their installation.
//!
//! A fresh machine has Rust, git and the network, nothing else. So each command names what it needs, says what it
//! is about to install, and installs only what is missing. On another kind of system it says what to install.
//!
//! One release of Debian has what another lacks. `a | b`, as in Debian's own lists, means the first of these that there
//! is; what no list of this system's has is never asked for, and costs the checks that need it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{chroot, programs};

/// Where Debian and its kin have it.
const APT_GET: &str = "/usr/bin/apt-get";

/// To build the module: PC/SC and how to find it.
pub const BUILD: &[&str] = &["libpcsclite-dev", "pkg-config"];

/// To put a virtual card into a reader: the PC/SC service, the virtual reader, and namespaces for both.
pub const CARD: &[&str] = &["pcscd", "vsmartcard-vpcd", "util-linux", "iproute2"];

/// To have a portal that demands a CNS certificate: the server, and what makes its certificate.
pub const PORTAL: &[&str] = &["nginx-light", "openssl", "ca-certificates"];

/// Installs what is missing of `wanted`, and says so.
pub fn ensure(wanted: impl IntoIterator<Item = &'static str>) -> Result<()> {
    let missing = to_install(wanted);
    if missing.is_empty() {
        return Ok(());
    }
    refresh(&missing)?;
    let known = known(None, &missing);
    let chosen = missing.iter().map(|wish| choose(wish, &known).unwrap_or(wish));
    install(&chosen.collect::<Vec<_>>())
}

/// Installs what can be had of `wanted`: all at once, or, when that fails, one by one. Says what cannot be had.
pub fn ensure_available(wanted: impl IntoIterator<Item = &'static str>) -> Result<()> {
    let missing = to_install(wanted);
    let mut known = known(None, &missing);
    // A system that was never asked has no lists: then nothing is known, not even what every Debian has.
    if missing.is_empty() || known.is_empty() && !self::known(None, CARD).is_empty() {
        return Ok(());
    }
    let refreshed = refresh(&missing);
    if refreshed.is_ok() {
        known = self::known(None, &missing);
    }
    let chosen: Vec<&str> = missing.iter().filter_map(|wish| choose(wish, &known)).collect();
    let Err(error) = refreshed.and_then(|()| install(&chosen)) else { return Ok(()) };
    if !may_install() {
        println!("{error:#}");
        return Ok(());
    }
    println!("{error:#}\nTrying them one by one.");
    for package in chosen {
        if let Err(error) = install(&[package]) {
            println!("cannot be had: {error:#}");
        }
    }
    Ok(())
}

/// What is missing, where apt can install it. Elsewhere nothing tells what is there, under whatever name: then this says
/// what must be.
fn to_install(wanted: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let missing = missing_in(None, wanted);
    if missing.is_empty() || Path::new(APT_GET).exists() {
        return missing;
    }
    println!("Neither Debian nor Ubuntu: this needs what Debian's packages hold: {}", missing.join(" "));
    Vec::new()
}

/// The names of `a | b`, the better one first.
fn alternatives(wish: &str) -> impl Iterator<Item = &str> {
    wish.split('|').map(str::trim)
}

/// The first of a wish's names that the system's lists have.
fn choose<'w>(wish: &'w str, known: &BTreeSet<String>) -> Option<&'w str> {
    alternatives(wish).find(|name| known.contains(*name))
}

/// Those names of the wishes that the lists of a system have: of the one in this folder, or of this one.
fn known(root: Option<&Path>, wishes: &[&str]) -> BTreeSet<String> {
    let mut query = program(root, "apt-cache");
    query.arg("madison").args(wishes.iter().copied().flat_map(alternatives)).stderr(Stdio::null());
    let Ok(output) = query.output() else { return BTreeSet::new() };
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    lines.lines().filter_map(|line| Some(line.split('|').next()?.trim().to_owned())).collect()
}

fn program(root: Option<&Path>, name: &str) -> Command {
    root.map_or_else(|| Command::new(name), |root| chroot::inside(root, name, &[]))
}

/// The packages to install for `wishes` in the system in this folder: what is missing, as far as it can be had.
pub fn obtainable(root: &Path, wishes: &[&'static str]) -> Vec<&'static str> {
    let missing = missing_in(Some(root), wishes.iter().copied());
    let known = known(Some(root), &missing);
    missing.into_iter().filter_map(|wish| choose(wish, &known)).collect()
}

/// Fetches the lists of packages.
fn refresh(wanted: &[&str]) -> Result<()> {
    let list = wanted.join(" ");
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
    let version = |name| {
        let query = Command::new("dpkg-query").args(["-W", "-f", "${Version}", name]).output().ok()?;
        let version = String::from_utf8_lossy(&query.stdout).into_owned();
        (query.status.success() && !version.is_empty()).then(|| format!("{name} {version}"))
    };
    alternatives(package).find_map(version).unwrap_or_else(|| format!("{package}, version unknown"))
}

/// Those of `wanted` that dpkg does not know as installed; all of them where there is no dpkg.
pub fn missing(wanted: impl IntoIterator<Item = &'static str>) -> Result<Vec<&'static str>> {
    Ok(missing_in(None, wanted))
}

fn missing_in(root: Option<&Path>, wanted: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let wanted: BTreeSet<&str> = wanted.into_iter().collect();
    let mut query = program(root, "dpkg-query");
    query.args(["-W", "-f", "${Package} ${Status}\n"]).args(wanted.iter().copied().flat_map(alternatives));
    // dpkg-query fails when one name is unknown and still lists the others: only its output counts.
    let Ok(output) = query.stderr(Stdio::null()).output() else { return wanted.into_iter().collect() };
    let installed = installed(&String::from_utf8_lossy(&output.stdout));
    let there = |wish: &str| alternatives(wish).any(|name| installed.contains(name));
    wanted.into_iter().filter(|wish| !there(wish)).collect()
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

    #[test]
    fn of_alternatives_the_first_that_the_release_has_is_chosen() {
        let known = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let wish = "openjdk-17-jdk-headless | openjdk-21-jdk-headless";
        assert_eq!(choose(wish, &known(&["openjdk-21-jdk-headless"])), Some("openjdk-21-jdk-headless"));
        let both = known(&["openjdk-17-jdk-headless", "openjdk-21-jdk-headless"]);
        assert_eq!(choose(wish, &both), Some("openjdk-17-jdk-headless"));
        assert_eq!(choose("pkcs11-provider", &both), None);
    }
}
