//! Packages of PyPI and npm: fetched into the run's folder before there is a sandbox, which has no network.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use fs_err as fs;

use crate::process::{self, run};
use crate::report::StepOutcome;
use crate::testbed::client_environment::ClientEnvironment;

/// They may compile; a machine without network must notice before the coffee is cold.
const LIMIT: Duration = Duration::from_secs(120);

/// Debian's Python, for which the packages are; another may come first in PATH.
pub const PYTHON: &str = "/usr/bin/python3";

/// Packages of PyPI in a virtual environment of this name.
pub fn pip(folder: &Path, name: &str, packages: &[&str]) {
    let place = folder.join(name);
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv"]).arg(&place);
    let mut install = Command::new(place.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    fetch(folder, name, [make, install]);
}

/// A package of npm in a folder of this name, compiled with the headers of the system's Node.
pub fn npm(folder: &Path, name: &str, package: &str) {
    let mut install = Command::new("npm");
    install.args(["install", "--no-audit", "--no-fund", "--nodedir=/usr", "--prefix"]);
    install.arg(folder.join(name)).arg(package);
    fetch(folder, name, [install]);
}

/// What fails here is told by the check that misses it.
fn fetch(folder: &Path, name: &str, commands: impl IntoIterator<Item = Command>) {
    let fetched: Result<()> =
        commands.into_iter().try_for_each(|command| run(command, "", LIMIT)?.succeed().map(|_| ()));
    if let Err(error) = fetched {
        let _ = fs::write(log(folder, name), format!("{error:#}"));
    }
}

fn log(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.log"))
}

/// Why a check goes without what was to be fetched under this name.
pub fn skip(client: &ClientEnvironment, name: &str) -> Result<Option<StepOutcome>> {
    let folder = client.file("..");
    if let Ok(log) = process::read_lossy(&log(&folder, name)) {
        let why = log.lines().rfind(|line| !line.is_empty()).unwrap_or_default();
        return Ok(Some(StepOutcome::Skipped(format!("{name} could not be fetched: {why}"))));
    }
    let environment = folder.join(name);
    if environment.join("pyvenv.cfg").exists() {
        let mut version = client.command(PYTHON);
        version.args(["-c", "import sys; print('lib/python%d.%d' % sys.version_info[:2])"]);
        let library = client.run(version)?.succeed()?.stdout;
        if !environment.join(library.trim()).exists() {
            let why = format!("pip ran with the other system's Python: there is no {}", library.trim());
            return Ok(Some(StepOutcome::Skipped(why)));
        }
    }
    Ok(None)
}
