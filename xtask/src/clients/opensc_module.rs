//! OpenSC's own module on the classic cards: proof that the virtual card was not made to fit ours.
//!
//! OpenSC 0.23 knows CNS cards since 2010 and shares no line with this project. It does not know the IDEMIA 2021
//! cards, so these are not run.
//!
//! It is told that the reader carries extended commands (`max_send_size`): for a reader that does not say so, as
//! vpcd, it chains, which ST 2021 cards answer with 6E00, the virtual one like the real ones (OpenSC #2371).

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use super::pkcs11_tool::{expect_verifies, tool};
use super::{Check, on_each, shown};
use crate::process;
use crate::report::Outcome;
use crate::stack::desk::CLIENT_LIMIT;
use crate::stack::{Stack, card};

pub const PACKAGES: &[&str] = &["opensc", "opensc-pkcs11"];

pub fn checks() -> Vec<Check> {
    on_each(&card::classic_personalities(), "OpenSC's module: lists and signs", list_and_sign)
}

/// Where the package put the module, whatever the architecture.
fn opensc_module() -> Result<PathBuf> {
    let mut command = Command::new("dpkg");
    command.args(["-L", "opensc-pkcs11"]);
    let files = process::run(command, "", CLIENT_LIMIT)?.succeed()?.stdout;
    let module = files.lines().find(|file| file.ends_with("/opensc-pkcs11.so") && !file.contains("/pkcs11/"));
    module.map(PathBuf::from).context("the package opensc-pkcs11 holds no module")
}

const CONFIGURATION: &str =
    "app default { reader_driver pcsc { max_send_size = 65535; max_recv_size = 65536; } }\n";

fn list_and_sign(stack: &mut Stack) -> Result<Outcome> {
    stack.desk.module = opensc_module()?;
    let configuration = stack.desk.write("opensc.conf", CONFIGURATION)?;
    let opensc = |arguments: &[&str]| {
        let mut command = tool(stack, arguments);
        command.env("OPENSC_CONF", &configuration);
        stack.desk.run(command)?.succeed()
    };
    opensc(&["-O"])?.says("Certificate Object")?;
    let listing = stack.card.transcript().len();
    expect_verifies(stack, 0)?;
    opensc(&["-l", "-p", &stack.desk.pin, "-t"])?.says("No errors")?;
    shown(format!("lists in {listing} commands; self-test: {} signatures", stack.card.signature_count()))
}
