//! `cargo xtask constant-time`: what a decrypted block holds decides no instruction of the code that looks into it.
//!
//! Instructions can be counted on any machine: the release build of that code runs under valgrind (callgrind) for right
//! paddings and for each way of a wrong one, and must take exactly as many instructions for each. Times see what
//! instructions do not, and want a quiet machine: they are compared as dudect does it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use interop::cargo::{test_executable, workspace};
use interop::packages;
use interop::process;
use interop::report::{Report, StepOutcome};

/// What is counted: a function, by the pattern that valgrind knows it by, the test that calls it, and what for.
struct CountedFunction {
    function: &'static str,
    test: &'static str,
    cases: &'static [&'static str],
}

/// The paddings of `crates/cns-token/src/signature/implicit_rejection/tests.rs`.
const UNPADDING: CountedFunction = CountedFunction {
    function: "*implicit_rejection*opened*",
    test: "signature::implicit_rejection::tests::counted",
    cases: &[
        "0000",
        "0102",
        "0001",
        "7 bytes of padding",
        "0 bytes of padding",
        "no separator",
        "right, 38 bytes of padding",
        "right, 8 bytes of padding",
    ],
};

/// The blocks of `crates/cns-token/src/signature/rsa_public/tests.rs`.
const CONFIRMATION: CountedFunction = CountedFunction {
    function: "*RsaPublicKey*raw*",
    test: "signature::rsa_public::tests::counted",
    cases: &[
        "no zero byte",
        "0002",
        "8 zero bytes in front",
        "255 zero bytes in front",
        "zero",
        "128 zero bytes at the end",
        "zero bytes in the middle",
        "the modulus less 1",
    ],
};

const LIMIT: Duration = Duration::from_secs(120);
/// A quiet machine takes a minute.
const LIMIT_OF_TIMES: Duration = Duration::from_secs(15 * 60);

/// What the measurement begins its lines with.
const FIGURES: &str = "dudect: ";

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    let mut report = Report::default();
    report
        .step("constant time: instructions of the PKCS#1 v1.5 unpadding of C_Decrypt", || count(&UNPADDING));
    report.step("constant time: instructions of the check with the public key", || count(&CONFIRMATION));
    report.step("constant time: how long it takes (dudect)", times);
    Ok(report.close("steps"))
}

fn count(counted: &CountedFunction) -> Result<StepOutcome> {
    packages::ensure_available(["valgrind"])?;
    if !packages::missing(["valgrind"])?.is_empty() {
        return Ok(StepOutcome::Skipped("valgrind is not installed, and not to be had".into()));
    }
    let tests = release_tests()?;
    let mut counts = Vec::new();
    for (case, name) in counted.cases.iter().enumerate() {
        let count = instructions(&tests, counted, case)?;
        println!("{count:>10} instructions: {name}");
        counts.push(count);
    }
    ensure!(counts.iter().all(|count| *count == counts[0]), "the counts differ");
    ensure!(counts[0] > 1000, "nothing was counted");
    Ok(StepOutcome::Passed(format!("{} instructions for each of {} blocks", counts[0], counts.len())))
}

/// The test measures and judges; see `crates/cns-token/src/signature/implicit_rejection/timing.rs`.
fn times() -> Result<StepOutcome> {
    let mut command = Command::new(release_tests()?);
    command
        .args(["--ignored", "--exact", "signature::implicit_rejection::timing::timed", "--test-threads=1"])
        .current_dir(workspace());
    let said = process::run(command, "", LIMIT_OF_TIMES)?;
    let figures: Vec<String> =
        said.stderr.lines().filter_map(|line| line.strip_prefix(FIGURES)).map(str::to_owned).collect();
    figures.iter().for_each(|line| println!("  {line}"));
    said.succeed()?;
    Ok(StepOutcome::Passed(figures.last().context("nothing was measured")?.clone()))
}

fn release_tests() -> Result<PathBuf> {
    test_executable(&["--release", "--package", "cns-token", "--lib"])
}

fn instructions(tests: &Path, counted: &CountedFunction, case: usize) -> Result<u64> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no"])
        .arg(format!("--toggle-collect={}", counted.function))
        .arg(tests)
        .args(["--ignored", "--exact", counted.test, "--test-threads=1"])
        .env("CNS_TEST_CASE", case.to_string())
        .current_dir(workspace());
    let said = process::run(command, "", LIMIT)?.succeed()?;
    let line = said.stderr.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = line.with_context(|| format!("callgrind counted nothing: {}", said.stderr))?;
    count.trim().parse().with_context(|| format!("not a count: {count}"))
}
