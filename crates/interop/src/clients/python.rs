//! Python with PyKCS11 (Debian: `python3-pykcs11`), which reads all attributes it knows of every object at once.

use anyhow::{Result, ensure};

use super::pkcs11_tool::expect_verifies;
use super::{Check, on_each, shown};
use crate::report::Outcome;
use crate::testbed::{Stack, card};

pub const PACKAGES: &[&str] = &["python3", "python3-pykcs11"];

const PROGRAM: &str = include_str!("python/sign.py");

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], "Python, PyKCS11: reads all attributes, signs", sign)
}

fn sign(stack: &mut Stack) -> Result<Outcome> {
    let program = stack.desk.write("sign.py", PROGRAM)?;
    // Debian's Python, for which the package is; another may come first in PATH.
    let mut command = stack.desk.client("/usr/bin/python3");
    command.arg(program).arg(&stack.desk.module).env("CNS_PIN", &stack.desk.pin);
    let said = stack.desk.run(command)?.succeed()?.says("signature verified")?;
    expect_verifies(stack, 1)?;
    ensure!(stack.card.signature_count() == 1, "{} signatures", stack.card.signature_count());
    shown(said.stdout.lines().next().unwrap_or_default())
}
