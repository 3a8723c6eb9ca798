//! `cargo xtask check`: what can be known in a minute, without any other program.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cargo::{cargo, has};
use crate::report::{Outcome, Report};
use crate::{fuzz, packages, sanitize};

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    let mut report = Report::default();
    steps(&mut report);
    Ok(report.close("steps"))
}

/// Formatting, clippy with warnings as errors, and every test of the workspace.
pub fn steps(report: &mut Report) {
    report.step("packages to build the module", || {
        packages::ensure(packages::BUILD.iter().copied())?;
        passed()
    });
    report.step("cargo fmt", || cargo(&["fmt", "--all", "--check"]).and_then(|()| passed()));
    report.step("cargo clippy", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]).and_then(|()| passed())
    });
    report.step("cargo deny: licences, banned crates, sources", licences);
    report.step("cargo deny: advisories (RustSec)", advisories);
    report.step("cargo test", || cargo(&["test", "--workspace", "--no-fail-fast"]).and_then(|()| passed()));
    report.step("miri over the C boundary", sanitize::miri);
    report.step("fuzz targets: formatting and clippy", fuzz::lint);
    report.step("replay of the fuzz corpora", || fuzz::replay(&[]));
}

/// Needs a program that is not a Debian package, and no network.
fn licences() -> Result<Outcome> {
    if !has("deny") {
        return Ok(Outcome::Skipped(NO_DENY.into()));
    }
    cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"]).and_then(|()| passed())
}

/// Against the database that somebody fetched here: a check that depends on the day's network is none.
fn advisories() -> Result<Outcome> {
    if !has("deny") {
        return Ok(Outcome::Skipped(NO_DENY.into()));
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    if !home.is_some_and(|home| holds_a_folder(&home.join("advisory-dbs"))) {
        return Ok(Outcome::Skipped("no advisory database here (cargo deny fetch)".into()));
    }
    cargo(&["deny", "--offline", "--workspace", "check", "advisories"]).and_then(|()| passed())
}

/// A fetch that failed leaves a lock file there, and no database.
fn holds_a_folder(place: &Path) -> bool {
    fs::read_dir(place)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}

const NO_DENY: &str = "cargo-deny is not installed (cargo install --locked cargo-deny)";

fn passed() -> Result<Outcome> {
    Ok(Outcome::Passed(String::new()))
}
