//! `cargo xtask soak`: the tests that are short forms in CI, long: every fault with every wait, the PIN property for so many
//! minutes, and fixed numbers of rounds of threads' signatures, forks, ends and programs on one card behind a real pcscd,
//! however long they take. One summary line.

use std::env;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use interop::cargo::workspace;
use interop::clients::concurrent_programs::SOAKED;
use interop::programs;
use interop::report::Report;

#[derive(Debug, clap::Args)]
pub struct SoakOptions {
    /// How long the PIN property goes on, each of its runs at the same time as the others, a pass that was begun is
    /// finished; nothing else looks at it: the other tests do fixed numbers of rounds
    #[arg(long, default_value_t = 10)]
    minutes: u64,
}

/// What the tests begin their lines of figures with.
const FIGURES: &str = "figures: ";

/// The test programs with a long form.
const TESTS: [&str; 5] = ["faults", "pcsc_faults", "pin_property", "soak", "host_process"];

/// Runs them one after the other and says what each showed, then all of it in one line; answers the exit code.
pub fn run(options: &SoakOptions) -> Result<u8> {
    let started = Instant::now();
    let mut report = Report::default();
    let mut figures = Vec::new();
    let tests = TESTS.iter().map(|name| (*name, soak as fn(&str, u64) -> Result<Vec<String>>));
    for (name, run) in tests.chain(SOAKED.iter().map(|name| (*name, soak_clients as _))) {
        let start = Instant::now();
        let outcome = run(name, options.minutes).map(|lines| {
            figures.extend(lines);
            ().into()
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
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["test", "--package", "cns-pkcs11", "--test", test, "--", "--nocapture"]);
    command.env("CNS_SOAK_MINUTES", minutes.to_string()).current_dir(workspace()).stderr(Stdio::piped());
    let mut running = programs::start(&mut command)?;
    let stderr = running.stderr.take().context("its standard error")?;
    lines_that_begin(FIGURES, running, stderr, |line| eprintln!("{line}"))
}

/// Runs the client checks of this name in their long form; answers what they showed.
fn soak_clients(name: &str, minutes: u64) -> Result<Vec<String>> {
    let mut command = Command::new(programs::own_executable()?);
    command.args(["clients", name]).env("CNS_SOAK_MINUTES", minutes.to_string()).stdout(Stdio::piped());
    let mut running = programs::start(&mut command)?;
    let stdout = running.stdout.take().context("its output")?;
    lines_that_begin("ok ", running, stdout, |line| println!("{line}"))
}

/// Passes on all that it writes, to its end; answers the rest of the lines that begin like this.
fn lines_that_begin(
    beginning: &str,
    mut running: Child,
    output: impl Read,
    pass_on: fn(&str),
) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        pass_on(&line);
        lines.extend(line.strip_prefix(beginning).map(|rest| rest.trim().to_owned()));
    }
    ensure!(running.wait()?.success(), "see above");
    Ok(lines)
}
