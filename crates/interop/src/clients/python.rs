//! Python with PyKCS11 (Debian: `python3-pykcs11`), which reads all attributes it knows of every object at once.

use anyhow::{Result, ensure};

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::expect_verifies;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["python3", "python3-pykcs11"];

const PROGRAM: &str = include_str!("python/sign.py");

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "Python, PyKCS11: reads all attributes, signs", sign)
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    let program = testbed.client.write("sign.py", PROGRAM)?;
    // Debian's Python, for which the package is; another may come first in PATH.
    let mut command = testbed.client.command("/usr/bin/python3");
    command.arg(program).arg(&testbed.client.module).env("CNS_PIN", &testbed.client.pin);
    let said = testbed.client.run(command)?.succeed()?.expect_output("signature verified")?;
    expect_verifies(testbed, 1)?;
    ensure!(testbed.card.signature_count() == 1, "{} signatures", testbed.card.signature_count());
    pass(said.stdout.lines().next().unwrap_or_default())
}
