//! The tests of the workspace on other days and in other time zones: what passes today must pass tomorrow, on a leap
//! day, and when the synthetic certificates with fixed years have ended. The programs that `cargo test` built are run
//! with libfaketime's clock; nothing is compiled for it.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};

use interop::cargo::{self, TestExecutable};
use interop::report::StepOutcome;
use interop::{packages, process, programs};

const PACKAGES: &[&str] = &["faketime"];

/// What faketime says where one that was killed, and had the same process number, has left its semaphore.
const LEFT_BEHIND: &str = "sem_open: File exists";

/// A clock as faketime takes it, and a time zone of POSIX, for which no list of zones has to be installed.
const DAYS: [(&str, &str, &str); 4] = [
    ("tomorrow, 14 hours before UTC", "+1d", "XXX-14"),
    ("a year ahead", "+366d", "UTC0"),
    ("29 February, 8 hours behind UTC", "@2028-02-29 23:30:00", "PST8"),
    ("after the certificates' end", "@2031-06-01 12:00:00", "CET-1CEST"),
];

/// The crates that look at the clock or at the times of files, on every day; what a program sees of the module, on the
/// last one.
const EVERY_DAY: [&str; 2] = ["cns-tool", "cns-cache"];
const ON_THE_LAST: [&str; 2] = ["abi", "conformance"];

/// One run takes seconds.
const LIMIT: Duration = Duration::from_secs(300);

/// A step of `cargo xtask check`.
pub fn tests_on_other_days() -> Result<StepOutcome> {
    packages::ensure_available(PACKAGES.iter().copied())?;
    if !programs::is_installed("faketime") {
        return Ok(StepOutcome::Skipped(
            "faketime is not installed, and not to be had (package faketime)".into(),
        ));
    }
    // As `cargo test` built them: with the features of the whole workspace.
    let tests = cargo::test_executables(&["--workspace"])?;
    let of = |package: &str| {
        let folder = cargo::workspace().join("crates").join(package);
        tests.iter().filter(move |test| test.folder == folder)
    };
    check_faked_clock()?;
    let mut runs = 0;
    for (number, day) in DAYS.iter().enumerate() {
        let last = number + 1 == DAYS.len();
        let more = tests.iter().filter(|test| last && ON_THE_LAST.contains(&&*test.name));
        let chosen: Vec<&TestExecutable> =
            EVERY_DAY.iter().flat_map(|package| of(package)).chain(more).collect();
        ensure!(chosen.len() > EVERY_DAY.len(), "the test programs have other names now");
        for test in chosen {
            run(test, day)?;
            runs += 1;
        }
    }
    let days: Vec<&str> = DAYS.iter().map(|(name, ..)| *name).collect();
    Ok(StepOutcome::Passed(format!("{runs} runs of test programs: {}", days.join("; "))))
}

fn run(test: &TestExecutable, day: &(&str, &str, &str)) -> Result<()> {
    let run = || {
        let mut command = at(day);
        command.arg(&test.path).arg("--quiet").current_dir(&test.folder);
        command.env("CARGO_MANIFEST_DIR", &test.folder).env("INSTA_UPDATE", "no");
        process::run(command, "", LIMIT)
    };
    let first = run()?;
    // The next process has another number.
    let run = if first.stderr.contains(LEFT_BEHIND) { run()? } else { first };
    let passed = run.status.is_some_and(|status| status.success());
    ensure!(passed, "{}", run.report(&format!("{}, {}: failed", test.name, day.0)));
    Ok(())
}

/// A program that ignores the library (a static one) would pass on any day.
fn check_faked_clock() -> Result<()> {
    let now = |mut command: Command| -> Result<i64> {
        command.args(["date", "+%s"]);
        Ok(process::run(command, "", LIMIT)?.succeed()?.stdout.trim().parse()?)
    };
    let moved = now(at(&("a probe", "+3d", "UTC0")))? - now(Command::new("env"))?;
    ensure!(moved > 2 * 86_400, "faketime does not move the clock here: {moved} s, not three days");
    Ok(())
}

/// A command line that another program follows. Time limits go by the monotonic clock, which stays.
fn at((_, clock, zone): &(&str, &str, &str)) -> Command {
    let mut command = Command::new("faketime");
    command.env("TZ", zone).env("FAKETIME_DONT_FAKE_MONOTONIC", "1").args(["-f", clock]);
    command
}
