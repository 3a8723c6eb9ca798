//! `cargo xtask soak`: the tests that are short forms in CI, long: every fault with every wait, the PIN property for so many
//! minutes, and fixed numbers of rounds of threads' signatures, forks, ends and programs on one card behind a real pcscd,
//! however long they take. One summary line.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use crate::SoakOptions;
use interop::cargo::workspace;
use interop::clients::concurrent_programs::SOAKED;
use interop::process;
use interop::report::{Report, StepOutcome};

/// What the tests begin their lines of figures with.
const FIGURES: &str = "figures: ";

/// The test programs with a long form.
const TESTS: [&str; 5] = ["faults", "pcsc_faults", "pin_property", "soak", "host_process"];

/// Runs them one after the other and says what each showed, then all of it in one line; answers the exit code.
pub fn run(options: &SoakOptions) -> Result<u8> {
    let started = Instant::now();
    let mut report = Report::default();
    let mut figures = Vec::new();
    for test in TESTS {
        let start = Instant::now();
        let outcome = soak(test, options.minutes);
        let outcome = outcome.map(|lines| {
            figures.extend(lines);
            StepOutcome::Passed(String::new())
        });
        report.line(test, start.elapsed(), outcome);
    }
    for name in SOAKED {
        let start = Instant::now();
        let outcome = soak_clients(name, options.minutes).map(|lines| {
            figures.extend(lines);
            StepOutcome::Passed(String::new())
        });
        report.line(name, start.elapsed(), outcome);
    }
    let minutes = started.elapsed().as_secs().div_ceil(60);
    println!("soak, {minutes} minutes: {}", figures.join("; "));
    Ok(report.close("soak tests"))
}

/// Runs one test program as `cargo xtask check` builds it, with every check that a release leaves out. The variable says
/// that this is the long form, and how long the PIN property goes on, which alone is open-ended; answers its figures.
fn soak(test: &str, minutes: u64) -> Result<Vec<String>> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command
        .args(["test", "--package", "cns-pkcs11", "--test", test, "--", "--nocapture"])
        .env("CNS_SOAK_MINUTES", minutes.to_string())
        .current_dir(workspace())
        .stderr(Stdio::piped());
    let mut running = interop::programs::start(&mut command)?;
    let said = BufReader::new(running.stderr.take().context("its standard error")?);
    let mut figures = Vec::new();
    for line in said.lines() {
        let line = line?;
        eprintln!("{line}");
        figures.extend(line.strip_prefix(FIGURES).map(str::to_owned));
    }
    if !running.wait()?.success() {
        bail!("see above");
    }
    Ok(figures)
}

/// Runs the client checks of this name in their long form; answers what they showed.
fn soak_clients(name: &str, minutes: u64) -> Result<Vec<String>> {
    let mut command = Command::new(process::own_executable()?);
    command.args(["clients", name]).env("CNS_SOAK_MINUTES", minutes.to_string()).stdout(Stdio::piped());
    let mut running = interop::programs::start(&mut command)?;
    let said = BufReader::new(running.stdout.take().context("its output")?);
    let mut figures = Vec::new();
    for line in said.lines() {
        let line = line?;
        println!("{line}");
        figures.extend(line.strip_prefix("ok ").map(|shown| shown.trim().to_owned()));
    }
    if !running.wait()?.success() {
        bail!("see above");
    }
    Ok(figures)
}
