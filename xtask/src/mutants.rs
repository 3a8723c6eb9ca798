//! `cargo xtask mutants`: cargo-mutants breaks the code in small ways, and a test must notice each.
//!
//! Hours for all of it; a file at a time while one works on it. Which survivors are known, and why they may live, stands
//! in docs/mutants.md.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::MutantOptions;
use crate::cargo::{has, target, workspace};
use crate::report::{Outcome, Report};

/// The version whose figures docs/mutants.md gives; another one breaks the code in other ways.
const VERSION: &str = "27.1.0";

/// The code that talks to cards, and the C boundary.
const FILES: [&str; 13] = [
    "crates/cns-card/src/pin.rs",
    "crates/cns-card/src/card/pin_commands.rs",
    "crates/cns-card/src/iso7816/body.rs",
    "crates/cns-card/src/iso7816/command.rs",
    "crates/cns-card/src/iso7816/exchange.rs",
    "crates/cns-card/src/iso7816/status.rs",
    "crates/cns-card/src/iso7816/tlv.rs",
    "src/abi/pointers.rs",
    "src/abi/rv.rs",
    "src/abi/template.rs",
    "src/model/implicit_rejection.rs",
    "src/model/padding.rs",
    "src/model/rsa_public.rs",
];

/// The steps of this command, and its exit code.
pub fn run(options: &MutantOptions) -> Result<u8> {
    let mut report = Report::default();
    report.step("mutants", || survivors(options));
    Ok(report.close("steps"))
}

fn survivors(options: &MutantOptions) -> Result<Outcome> {
    if !has("mutants") {
        let why = format!("cargo-mutants is not installed (cargo install --locked cargo-mutants@{VERSION})");
        return Ok(Outcome::Skipped(why));
    }
    let chosen: Vec<&str> = match options.file.is_empty() {
        true => FILES.to_vec(),
        false => options.file.iter().map(String::as_str).collect(),
    };
    let output = target().join("mutants");
    let mut command = Command::new("cargo");
    command.args(["mutants", "--timeout", "300", "--output"]).arg(&output).current_dir(workspace());
    for file in chosen {
        ensure!(workspace().join(file).exists(), "no such file: {file}");
        command.args(["--file", file]);
    }
    let status = command.status()?;
    let count = |name: &str| -> Result<usize> {
        let path = output.join("mutants.out").join(name);
        Ok(fs::read_to_string(&path).with_context(|| path.display().to_string())?.lines().count())
    };
    let (caught, missed, timeout) = (count("caught.txt")?, count("missed.txt")?, count("timeout.txt")?);
    let killed = caught + timeout;
    let all = killed + missed;
    // 2: some survived, which docs/mutants.md explains; anything else is no result.
    ensure!(matches!(status.code(), Some(0 | 2 | 3)), "cargo mutants ended with {status}");
    if all == 0 || killed * 100 < all * 85 {
        bail!("{killed} of {all} killed: fewer than 85 %");
    }
    Ok(Outcome::Passed(format!("{killed} of {all} killed ({} %), {missed} live", killed * 100 / all)))
}
