//! `cargo xtask test`: everything, from a fresh clone. CI runs this and nothing else.

use std::env;
use std::process::Command;

use anyhow::{Result, bail};

use crate::report::{Outcome, Report};
use crate::room::Room;
use crate::{cargo, check, clients, foreign, process};

/// The steps of this command, and its exit code.
pub fn run() -> Result<u8> {
    if let Some(room) = Room::current()? {
        return clients::run_inside(&room, &cargo::module_path()?, None);
    }
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
    foreign::steps(&mut report);
    // A command of its own: it makes another room than the clients'.
    report.step("packages, installed and used in a clean system", || {
        let status = Command::new(process::myself()?).args(["package", "--test"]).status()?;
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
    Ok(report.close("steps"))
}

fn command() -> &'static str {
    if env::var_os("CARGO").is_some() { "cargo xtask" } else { "xtask" }
}
