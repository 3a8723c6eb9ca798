//! `cargo xtask test`: everything, from a fresh clone. CI runs this and nothing else.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use fs_err::{self as fs, File};

use crate::{check, debian_build, foreign, other_release};
use interop::process::Process;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use interop::{cargo, clients, programs};

#[derive(Debug, clap::Args)]
pub struct TestOptions {
    /// Only the short set of real programs, those of this release of Debian (bookworm, trixie), and the package there
    #[arg(long, value_name = "SUITE")]
    on: Option<String>,
    /// Only the build with the oldest Rust that counts, in a clean Debian 13
    #[arg(long, conflicts_with = "on")]
    oldest_rust: bool,
}

/// The steps of this command, and its exit code.
pub fn run(options: &TestOptions) -> Result<u8> {
    if let Some(sandbox) = Sandbox::current()? {
        return clients::run_inside(&sandbox, &cargo::module_path()?, &[]);
    }
    let start = Instant::now();
    let mut report = Report::default();
    if let Some(suite) = &options.on {
        other_release::steps(&mut report, suite, true);
        return Ok(report.close("steps"));
    }
    if options.oldest_rust {
        report.step(OLDEST_RUST, debian_build::step_of_test);
        return Ok(report.close("steps"));
    }
    check::steps(&mut report);
    report.step("release build of module, command and test reader", || {
        cargo::release_for_clients()?;
        Ok(StepOutcome::Passed(cargo::module_path()?.display().to_string()))
    });
    report.step("release library: symbols, RELRO, bound at load, no executable stack, no rpath", || {
        cargo::cargo_with(
            &["test", "--package", "cns-pkcs11", "--test", "exports"],
            &[("CNS_PKCS11_SO", cargo::module_path()?.as_os_str())],
        )
    });
    report.step("packages for other systems", foreign::prepare);
    let other_systems = BackgroundTask::start("foreign", foreign::SHORT);
    // A command of its own: it makes another sandbox than the clients'.
    report.step("packages, installed and used in a clean system", || {
        let status = programs::status(Command::new(programs::own_executable()?).args(["package", "--test"]))?;
        match status.success() {
            true => Ok(()),
            false => bail!("see above (run it alone: {} package --test)", programs::own_command()),
        }
    });
    report.step("packages for the client tests", || clients::install(&[]));
    // Each client's own line and the clients' own count come from inside the sandbox.
    report.step("real programs with a virtual card", || {
        match Sandbox::enter(|folder| clients::prepare(folder, &[]))? {
            0 => Ok(()),
            code => {
                bail!("see above (exit code {code}; run them alone: {} clients)", programs::own_command())
            }
        }
    });
    other_release::step_of_test(&mut report);
    report.step(OLDEST_RUST, debian_build::step_of_test);
    report.step(OTHER_SYSTEMS, || other_systems?.finish());
    let minutes = start.elapsed().as_secs().div_ceil(60);
    println!("\nin all {minutes} minutes; on two processors it is to stay under {MOST_MINUTES}");
    Ok(report.close("steps"))
}

const OLDEST_RUST: &str = "module and command with the Rust of Debian 13";

const OTHER_SYSTEMS: &str =
    "other systems: macOS type-checked, Windows run under wine with some kinds of card";

/// What the people who wait for it were promised.
const MOST_MINUTES: u32 = 45;

/// A command that mostly compiles, while the tests with real programs mostly wait for these and for cards. It gets the
/// processor when nobody else wants it.
struct BackgroundTask {
    command: String,
    running: Process,
    output: PathBuf,
}

impl BackgroundTask {
    /// What the client tests leave it to do, on a machine that had no time for it meanwhile.
    const LIMIT: Duration = Duration::from_secs(30 * 60);

    fn start(name: &str, arguments: &[&str]) -> Result<Self> {
        let output = cargo::target().join(format!("xtask-{name}.txt"));
        let out = File::create(&output)?.into_file();
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(programs::own_executable()?).arg(name).args(arguments);
        command.stderr(out.try_clone()?).stdout(out);
        Ok(Self {
            command: format!("{name} {}", arguments.join(" ")),
            running: Process::start(command)?,
            output,
        })
    }

    /// Waits, and tells all that it output.
    fn finish(mut self) -> Result<()> {
        let status = self.running.wait(Self::LIMIT);
        print!("{}", fs::read_to_string(&self.output)?);
        match status?.success() {
            true => Ok(()),
            false => bail!("see above (run it alone: {} {})", programs::own_command(), self.command),
        }
    }
}
