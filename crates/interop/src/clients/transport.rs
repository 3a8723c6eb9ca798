//! The transport's own test (`crates/cns-card/tests/pcscd`): `cargo test` meets only this machine's pcscd, a run with `--on`
//! that of the other release.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::examples::prepared;
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};
use crate::{cargo, packages};

const NAME: &str = "transport: its own test, with this pcscd";
const PROGRAM: &str = "transport-test";

/// Most of it is waiting.
const LIMIT: Duration = Duration::from_secs(300);

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT], NAME, test)
}

/// Builds the test into the run's folder, where it is among the chosen checks.
pub fn prepare(folder: &Path, chosen: &[Check]) {
    if !chosen.iter().any(|check| check.name == NAME) {
        return;
    }
    let built = cargo::test_executable(&["--package", "cns-card", "--test", "pcscd"])
        .and_then(|test| Ok(fs::copy(test, folder.join(PROGRAM))?));
    if let Err(error) = built {
        println!("{NAME}: {error:#}");
    }
}

fn test(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = prepared(&testbed.client, PROGRAM);
    ensure!(program.exists(), "the test could not be built, see above");
    let mut command = testbed.client.command(&program.to_string_lossy());
    command.args(["through_a_real_pcscd", "--nocapture"]);
    let said = process::run(command, "", LIMIT)?.succeed()?.expect_output("1 passed")?;
    if let Some(reason) = said.stderr.lines().find_map(|line| line.strip_prefix("skipped: ")) {
        return Ok(StepOutcome::Skipped(reason.to_owned()));
    }
    pass(packages::version("pcscd"))
}
