//! `cargo xtask check`: what can be known in a minute, without any other program.

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
    report.step("cargo test", || cargo(&["test", "--workspace", "--no-fail-fast"]).and_then(|()| passed()));
    report.step("miri over the C boundary", sanitize::miri);
    report.step("fuzz targets: formatting and clippy", fuzz::lint);
    report.step("replay of the fuzz corpora", || fuzz::replay(&[]));
}

/// Needs a program that is not a Debian package, and no network: the advisories are left to who has one.
fn licences() -> Result<Outcome> {
    if !has("deny") {
        return Ok(Outcome::Skipped("cargo-deny is not installed (cargo install cargo-deny)".into()));
    }
    cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"]).and_then(|()| passed())
}

fn passed() -> Result<Outcome> {
    Ok(Outcome::Passed(String::new()))
}
