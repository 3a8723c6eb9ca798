//! `cargo xtask sanitize`: the tests of the C functions with the compiler's memory checks built in.
//!
//! A nightly compiler is needed. What is already built of the standard library is not instrumented; our own code, all
//! of its crates and the C side of every call are. A sanitizer that cannot be had here is skipped by name.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use crate::cargo::{target, workspace};
use crate::process;
use crate::report::{Outcome, Report};
use crate::rustup::{NO_NIGHTLY, Toolchain};

/// The only target that the sanitizers are built for here.
const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The unit tests of the C side, and what drives all C functions. The process tests fork with threads running, the
/// memory scan reads what no program should: both are the sanitizers' own affair.
const TESTS: [&str; 4] = ["--lib", "--test=arguments", "--test=conformance", "--test=abi"];

/// The longest that all of them together may take under one sanitizer, which slows them down.
const LIMIT: Duration = Duration::from_secs(30 * 60);

/// What leaks on purpose: the value of a panic, whose destructor could panic again (`src/abi/panics.rs`). The tests plant
/// one in each C function.
const LEAKED_ON_PURPOSE: &str = "leak:__rust_start_panic\n";

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    let mut report = Report::default();
    report.step("AddressSanitizer (with leaks) over the tests of the C functions", || sanitized("address"));
    report.step("ThreadSanitizer over the tests of the C functions", || sanitized("thread"));
    report.step("miri over the C boundary", miri);
    Ok(report.close("steps"))
}

fn sanitized(sanitizer: &str) -> Result<Outcome> {
    if !Toolchain::Nightly.has("rustc", &["--version"]) {
        return Ok(Outcome::Skipped(NO_NIGHTLY.into()));
    }
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        return Ok(Outcome::Skipped(format!("only for {TARGET}")));
    }
    if sanitizer == "thread" && !Toolchain::Nightly.has_sources() {
        let why = "the standard library must be built with it (rustup +nightly component add rust-src)";
        return Ok(Outcome::Skipped(why.into()));
    }
    fs::create_dir_all(target())?;
    fs::write(suppressions(), LEAKED_ON_PURPOSE)?;
    if !sanitized_tests(sanitizer, &["--no-run"]).status()?.success() {
        bail!("the tests do not build with -Zsanitizer={sanitizer}, see above");
    }
    let said = process::run(sanitized_tests(sanitizer, &[]), "", LIMIT)?.succeed()?.stdout;
    print!("{said}");
    Ok(Outcome::Passed(format!("{} tests of {} programs", passed(&said)?, TESTS.len())))
}

/// `cargo test` of the chosen programs, with a sanitizer built in.
fn sanitized_tests(sanitizer: &str, options: &[&str]) -> Command {
    let mut command = Toolchain::Nightly.program("cargo");
    command.args(["test", "--package", "cns-pkcs11", "--target", TARGET]).args(TESTS).args(options);
    if sanitizer == "thread" {
        command.arg("-Zbuild-std");
    }
    command
        .env("RUSTFLAGS", format!("-Zsanitizer={sanitizer}"))
        .env("CARGO_TARGET_DIR", target().join(format!("sanitize-{sanitizer}")))
        .env("ASAN_OPTIONS", "detect_leaks=1")
        .env("LSAN_OPTIONS", format!("print_suppressions=0:suppressions={}", suppressions().display()))
        .current_dir(workspace());
    command
}

fn suppressions() -> PathBuf {
    target().join("sanitize-leaks.txt")
}

/// How many tests passed in all programs.
fn passed(said: &str) -> Result<usize> {
    let counts = said.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    let counts: Vec<usize> = counts.map(str::parse).collect::<Result<_, _>>()?;
    ensure!(counts.len() == TESTS.len(), "{} of {} programs told their count", counts.len(), TESTS.len());
    Ok(counts.iter().sum())
}

/// Miri where it is installed; the reason where it is not.
pub fn miri() -> Result<Outcome> {
    if !Toolchain::Nightly.has("cargo", &["miri", "--version"]) {
        let why = "miri is not installed (rustup +nightly component add miri rust-src)";
        return Ok(Outcome::Skipped(why.into()));
    }
    // No card, no reader, no file: the rooms where C pointers become Rust values.
    let mut command = Toolchain::Nightly.program("cargo");
    command
        .args(["miri", "test", "--package", "cns-pkcs11", "--lib", "--"])
        .args(["abi::pointers", "abi::template", "abi::mechanism"])
        .env("CARGO_TARGET_DIR", target().join("miri"))
        .current_dir(workspace());
    if !command.status()?.success() {
        bail!("miri found something, see above");
    }
    Ok(Outcome::Passed("abi::pointers, abi::template, abi::mechanism".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_programs_must_tell_how_many_tests_passed() {
        let line = "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(passed(&line.repeat(TESTS.len())).unwrap(), 7 * TESTS.len());
        assert!(passed(line).is_err(), "one of several");
    }
}
