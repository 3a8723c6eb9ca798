//! Node.js with pkcs11js (npm): `examples/sign.js`.

use std::path::Path;

use anyhow::Result;

use super::check::{Check, on_each, pass, wrong_pin};
use super::examples::{self, prepared};
use super::registries;
use crate::process::run;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};
use crate::testbed::{Testbed, card};

/// npm is used where it is: Debian's own brings 380 packages with it.
pub const PACKAGES: &[&str] = &["g++", "make", "nodejs", "openssl", "python3"];

const NAME: &str = "Node.js, pkcs11js: examples/sign.js signs, verified by openssl";

/// The package on npm, and what it is fetched as.
const PKCS11JS: &str = "pkcs11js";

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT, "idemia2021"], NAME, sign)
}

pub fn prepare(folder: &Path, chosen: &[Check]) {
    if chosen.iter().any(|check| check.name == NAME) {
        registries::npm(folder, PKCS11JS, PKCS11JS);
    }
}

fn node(client: &ClientEnvironment) -> std::process::Command {
    let mut command = client.command("node");
    command.env("NODE_PATH", prepared(client, PKCS11JS).join("node_modules"));
    command.arg(examples::example("sign.js"));
    command
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    if let Some(skipped) = registries::skip(&testbed.client, PKCS11JS)? {
        return Ok(skipped);
    }
    examples::signs(testbed, node)?;
    wrong_pin(testbed, |pin| {
        let mut command = node(&testbed.client);
        command.arg(&testbed.client.module).arg("text");
        run(command, &format!("{pin}\n"), CLIENT_LIMIT)
    })?;
    pass("PIN typed, signature verified; a wrong PIN cost one try")
}
