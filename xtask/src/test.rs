//! `cargo xtask test`: everything, from a fresh clone. CI runs this and nothing else.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use fs_err::{self as fs, File};

use crate::process::{self, Process};
use crate::report::{Outcome, Report};
use crate::room::Room;
use crate::{cargo, check, clients, foreign, programs};

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    if let Some(room) = Room::current()? {
        return clients::run_inside(&room, &cargo::module_path()?, None);
    }
    let start = Instant::now();
    let mut report = Report::default();
    check::steps(&mut report);
    report.step("release build of module, command and test reader", || {
        cargo::release_for_clients()?;
        Ok(Outcome::Passed(cargo::module_path()?.display().to_string()))
    });
    report.step("release library: symbols, RELRO, bound at load, no executable stack, no rpath", || {
        cargo::cargo_with(
            &["test", "--package", "cns-pkcs11", "--test", "exports"],
            &[("CNS_PKCS11_SO", cargo::module_path()?.as_os_str())],
        )?;
        Ok(Outcome::Passed(String::new()))
    });
    report.step("packages for other systems", || {
        foreign::prepare()?;
        Ok(Outcome::Passed(String::new()))
    });
    let other_systems = Aside::start("foreign");
    // A command of its own: it makes another room than the clients'.
    report.step("packages, installed and used in a clean system", || {
        let status = programs::status(Command::new(process::myself()?).args(["package", "--test"]))?;
        match status.success() {
            true => Ok(Outcome::Passed(String::new())),
            false => bail!("see above (run it alone: {} package --test)", command()),
        }
    });
    report.step("packages for the client tests", || {
        clients::install(None)?;
        Ok(Outcome::Passed(String::new()))
    });
    // Each client's own line and the clients' own count come from inside the room.
    report.step("real programs with a virtual card", || {
        match Room::enter(|folder| clients::prepare(folder, None))? {
            0 => Ok(Outcome::Passed(String::new())),
            code => bail!("see above (exit code {code}; run them alone: {} clients)", command()),
        }
    });
    report.step("other systems: macOS type-checked, Windows built and run under wine", || {
        other_systems?.finish()
    });
    let minutes = start.elapsed().as_secs().div_ceil(60);
    println!("\nin all {minutes} minutes; on two processors it is to stay under {MOST_MINUTES}");
    Ok(report.close("steps"))
}

/// What the people who wait for it were promised.
const MOST_MINUTES: u32 = 30;

/// A command that mostly compiles, while the tests with real programs mostly wait for these and for cards. It gets the
/// processor when nobody else wants it.
struct Aside {
    name: &'static str,
    running: Process,
    said: PathBuf,
}

impl Aside {
    /// What the client tests leave it to do, on a machine that had no time for it meanwhile.
    const LIMIT: Duration = Duration::from_secs(30 * 60);

    fn start(name: &'static str) -> Result<Self> {
        let said = cargo::target().join(format!("xtask-{name}.txt"));
        let out = File::create(&said)?.into_file();
        let mut command = Command::new("nice");
        command.args(["-n", "19"]).arg(process::myself()?).arg(name);
        command.stderr(out.try_clone()?).stdout(out);
        Ok(Self { name, running: Process::start(command)?, said })
    }

    /// Waits, and tells all that it said.
    fn finish(mut self) -> Result<Outcome> {
        let status = self.running.wait(Self::LIMIT);
        print!("{}", fs::read_to_string(&self.said)?);
        match status?.success() {
            true => Ok(Outcome::Passed(String::new())),
            false => bail!("see above (run it alone: {} {})", command(), self.name),
        }
    }
}

fn command() -> &'static str {
    if env::var_os("CARGO").is_some() { "cargo xtask" } else { "xtask" }
}
