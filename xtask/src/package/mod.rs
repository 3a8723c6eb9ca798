//! `cargo xtask package`: what people install, and what distributions build from, all with one list of files.
//!
//! `cargo xtask install` is that list; `debian/`, the RPM spec, the PKGBUILD and the Nix expression of `packaging/` call
//! it, and so does the tarball (docs/decisions/0022).

mod account;
mod clean_root;
mod clean_system;
mod deb;
mod environment;
mod guided_start;
mod install_test;
mod layout;
mod local_test;
mod notices;
mod other_distributions;
mod pictures;
mod readme;
mod snapshot;
mod source;
mod tarball;
mod tools;
mod vendored;
mod windows;

use std::process::Command;

use anyhow::Result;

pub use install_test::wishes;
use interop::cargo;
use interop::debian_root;
use interop::packages;
use interop::process;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
pub use layout::{InstallOptions, install};
pub use notices::{LINUX, linked as linked_crates, metadata};
use tools::{TIMEOUT, checksums, not_installed, size, staged};
pub use tools::{date_of_change, dpkg_architecture, folder, run_tool, version};

/// To put the packages together, and to judge what others build from.
const PACKAGES: &[&str] =
    &["dpkg-dev", "debhelper", "xz-utils", "git", "rpm", "appstream", "desktop-file-utils"];

/// The options of `cargo xtask package`.
#[derive(Debug, clap::Args)]
pub struct PackageOptions {
    /// Make Debian's source package instead, with the crates it is built from
    #[arg(long, conflicts_with_all = ["pictures", "on"])]
    debian_source: bool,
    /// Make the installer for Windows instead
    #[arg(long, conflicts_with_all = ["debian_source", "pictures", "on"])]
    windows: bool,
    /// Also install the .deb in a clean system, log in, and remove it again; or build the source package in a clean
    /// Debian 13 and have lintian judge it; or install, repair, upgrade and remove under wine
    #[arg(long)]
    test: bool,
    /// While testing, take the pictures of README.md and README.it.md anew
    #[arg(long, requires = "test")]
    pictures: bool,
    /// Only make the .deb and test it, in a clean system of this release of Debian (bookworm, trixie)
    #[arg(long, value_name = "SUITE", requires = "test")]
    on: Option<String>,
    /// Instead have README's own commands build the package of what is committed, on a fresh Debian of this release
    /// (bookworm, trixie), and test that; it takes packages and crates from the network
    #[arg(long, value_name = "SUITE", conflicts_with_all = ["debian_source", "windows", "test", "pictures", "on"])]
    from_source: Option<String>,
}

/// `cargo xtask package`.
pub fn run(options: &PackageOptions) -> Result<u8> {
    if let Some(sandbox) = Sandbox::current()? {
        if options.windows {
            return windows::run_inside(&sandbox);
        }
        let Some(suite) = &options.from_source else {
            return install_test::run_inside(&sandbox, &deb::path("cns-pkcs11")?, options.pictures);
        };
        let package = install_test::run_inside(&sandbox, &readme::package(suite)?, false)?;
        return Ok(package.max(local_test::run_inside(&sandbox, &readme::installed(suite))?));
    }
    let mut report = Report::default();
    if let Some(suite) = &options.from_source {
        packages::ensure(install_test::PACKAGES.iter().copied())?;
        readme::steps(&mut report, suite);
        report.step("release build of the virtual card", cargo::release_for_clients);
        let other = (debian_root::own_release()? != *suite).then_some(&**suite);
        install_test::steps(&mut report, &readme::package(suite)?, false, other);
        return Ok(report.close("steps"));
    }
    if options.windows {
        windows::steps(&mut report, options.test)?;
        return Ok(report.close("steps"));
    }
    report.step("packages to make packages", || {
        packages::ensure(packages::BUILD.iter().chain(PACKAGES).copied())
    });
    if options.debian_source {
        source::steps(&mut report, options.test);
        return Ok(report.close("steps"));
    }
    report.step("release build of module and command", cargo::release_for_clients);
    let debian = || match not_installed("dpkg-buildpackage") {
        Some(skipped) => Ok(skipped),
        None => Ok(StepOutcome::Passed(debian_packages()?.join(", "))),
    };
    report.step("Debian packages", debian);
    if options.on.is_none() {
        report.step("lintian", lintian);
        report.step("tarball", || Ok(StepOutcome::Passed(packed()?)));
        other_distributions::steps(&mut report);
        report.step("checksums", checksums);
    }
    if options.test {
        install_test::steps(&mut report, &deb::path("cns-pkcs11")?, options.pictures, options.on.as_deref());
    }
    Ok(report.close("steps"))
}

/// What is published of module and command, from their release build.
pub fn artefacts() -> Result<Vec<String>> {
    let mut made = debian_packages()?;
    made.push(packed()?);
    Ok(made)
}

fn debian_packages() -> Result<Vec<String>> {
    deb::build(&staged("debian")?)?.iter().map(|package| size(package)).collect()
}

fn packed() -> Result<String> {
    size(&tarball::build(&staged("tarball")?)?)
}

/// Errors of the Debian packages, where Debian's own judge is installed.
fn lintian() -> Result<StepOutcome> {
    if let Some(skipped) = ["lintian", "dpkg-buildpackage"].into_iter().find_map(not_installed) {
        return Ok(skipped);
    }
    let mut command = Command::new("lintian");
    command.args(["--tag-display-limit", "0"]);
    for name in deb::PACKAGES {
        command.arg(deb::path(name)?);
    }
    let told = process::run(command, "", TIMEOUT)?.stdout;
    let errors: Vec<&str> = told.lines().filter(|line| line.starts_with("E:")).collect();
    anyhow::ensure!(errors.is_empty(), "{errors:#?}");
    Ok(StepOutcome::Passed(format!("{} lines, no error", told.lines().count())))
}
