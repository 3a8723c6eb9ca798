//! `cargo xtask check`: what can be known in a minute, without any other program.

use std::path::Path;

use anyhow::{Result, ensure};
use fs_err as fs;

use crate::{clocks, fuzz, sanitize};
use interop::cargo::{cargo, cargo_said, has, home};
use interop::packages;
use interop::report::{Report, StepOutcome};

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    let mut report = Report::default();
    steps(&mut report);
    Ok(report.close("steps"))
}

/// Formatting, clippy with warnings as errors, and every test of the workspace.
pub fn steps(report: &mut Report) {
    report.step("packages to build the module", || packages::ensure(packages::BUILD.iter().copied()));
    report.step("cargo fmt", || cargo(&["fmt", "--all", "--check"]));
    report
        .step("cargo clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    report.step("cargo deny: licences, banned crates, sources", licences);
    report.step("cargo deny: advisories (RustSec)", advisories);
    report.step("cargo test", || cargo(&["test", "--workspace", "--no-fail-fast"]));
    for (what, program, test) in MAY_SKIP {
        report.step(&format!("cargo test: {what}"), || may_skip(program, test));
    }
    report.step("cargo test: on other days", clocks::tests_on_other_days);
    report.step("miri over the C boundary", sanitize::miri);
    report.step("fuzz targets: formatting and clippy", fuzz::lint);
    report.step("replay of the fuzz inputs", || fuzz::replay(&[]));
}

/// What a test says, at the beginning of a line, that cannot run here. Cargo keeps it to itself and calls the test passed:
/// those that may say so run once more, each as a step of its own.
const SKIPPED: &str = "skipped: ";

/// What it is about, the test program, and a piece of the tests' names.
const MAY_SKIP: [(&str, &str, &str); 12] = [
    ("a set-user-id program", "--test=setuid", "a_set_user_id_program_is_led_nowhere"),
    ("a core file", "--test=secrets", "a_core_file_holds_no_waiting_puk"),
    ("a log of another user", "--lib", "a_file_of_another_user_stays_as_it_is"),
    ("sizes by a C compiler", "--test=layout", "a_c_compiler_agrees"),
    ("our header beside p11-kit's", "--test=layout", "our_header_compiles_alone_and_after_another"),
    ("borrowed rights", "--test=environment", "a_program_with_borrowed_rights_remembers_nothing"),
    ("remembered cards of another user", "--test=store", "files_of_another_user_are_not_believed"),
    ("the transport on a real pcscd", "--test=pcscd", "through_a_real_pcscd"),
    ("a list of modules of the administrator", "--test=doctor", "a_list_of_the_administrator"),
    ("the administrator sets up programs", "--test=setup", "everybody::"),
    ("a home that cannot be written", "--test=setup", "a_home_that_cannot_be_written"),
    ("a home of somebody else", "--test=setup", "a_home_of_somebody_else"),
];

/// As `cargo test` built them: with the features of the whole workspace.
fn may_skip(program: &str, test: &str) -> Result<StepOutcome> {
    test_outcome(&cargo_said(&["test", "--workspace", program, test, "--", "--nocapture"])?)
}

fn test_outcome(said: &str) -> Result<StepOutcome> {
    let some = |line: &str| line.starts_with("test result: ok. ") && !line.contains(" 0 passed");
    ensure!(said.lines().any(some), "no test of this name");
    let reasons: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix(SKIPPED)).collect();
    match reasons.is_empty() {
        true => Ok(().into()),
        false => Ok(StepOutcome::Skipped(reasons.join("; "))),
    }
}

/// Needs a program that is not a Debian package, and no network.
fn licences() -> Result<StepOutcome> {
    if !has("deny") {
        return Ok(StepOutcome::Skipped(NO_DENY.into()));
    }
    cargo(&["deny", "--workspace", "check", "licenses", "bans", "sources"]).map(Into::into)
}

/// Against the database that somebody fetched here: a check that depends on the day's network is none.
fn advisories() -> Result<StepOutcome> {
    if !has("deny") {
        return Ok(StepOutcome::Skipped(NO_DENY.into()));
    }
    if !home().is_ok_and(|home| holds_a_folder(&home.join("advisory-dbs"))) {
        return Ok(StepOutcome::Skipped("no advisory database here (cargo deny fetch)".into()));
    }
    cargo(&["deny", "--offline", "--workspace", "check", "advisories"]).map(Into::into)
}

/// A fetch that failed leaves a lock file there, and no database.
fn holds_a_folder(place: &Path) -> bool {
    fs::read_dir(place)
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}

const NO_DENY: &str = "cargo-deny is not installed (cargo install --locked cargo-deny)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_says_it_was_skipped_is() {
        let result = "running 1 test\ntest a ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";
        let none = "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 1 filtered out\n";
        assert_eq!(test_outcome(&format!("{none}{result}")).unwrap(), StepOutcome::Passed(String::new()));
        let skipped = test_outcome(&format!("skipped: a: only root may\n{result}")).unwrap();
        assert_eq!(skipped, StepOutcome::Skipped("a: only root may".into()));
        assert!(test_outcome(none).is_err(), "a test that was renamed is not passed");
    }
}
