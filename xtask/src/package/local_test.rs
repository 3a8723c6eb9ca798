//! What README's `source` block installs below /usr/local, in a clean system: from `cns start` to the login, and back.

use std::path::Path;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::clean_root;
use super::clean_system::{CleanSystem, output, passed, prepared, typed};
use super::guided_start::{self, ITALIAN};
use super::layout::MODULE;
use super::tools::version;
use interop::debian_root;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;

/// Where the block puts everything.
pub const PREFIX: &str = "usr/local";
/// The files of the block, below that.
pub const FILES: [&str; 2] = ["lib/libcns_pkcs11.so", "bin/cns"];
/// What README says a reader wants, beside them.
const SERVICE: &str = "sudo apt install pcscd libccid";

/// The test of the files in `kept`, in a sandbox of its own.
pub fn run_inside(sandbox: &Sandbox, kept: &Path) -> Result<u8> {
    let mut report = Report::default();
    if !sandbox.private {
        report.step("from source", || Ok(StepOutcome::Skipped("no mounts of our own here".into())));
        return Ok(report.close("from source"));
    }
    let root = sandbox.overlay(&clean_root::base(&debian_root::own_release()?), "local-root")?;
    report.step("what README's source installed, and the reader's service", || install(&root, kept));
    let module = format!("/{PREFIX}/lib/{MODULE}");
    let mut system = CleanSystem::with_cards(&mut report, sandbox, root, &module)?;
    report.step("cns inizia in a terminal, as README.it.md says: one PIN, to the sites", || {
        passed(&guided_start::answer(&system.root, &mut system.testbed, &ITALIAN)?)
    });
    report.step("cns setup --remove: every file as it was", || system.as_before());
    system.start_and_log_in(&mut report, false);
    system.end();
    Ok(report.close("from source"))
}

fn install(root: &Path, kept: &Path) -> Result<StepOutcome> {
    prepared(root)?;
    for file in FILES {
        fs::copy(kept.join(file), root.join(PREFIX).join(file))?;
    }
    ensure!(!root.join("usr/sbin/pcscd").exists(), "pcscd is there already");
    typed(root, SERVICE)?;
    let said = output(root, "cns", &["--version"])?.expect_output(version())?;
    passed(said.stdout.trim())
}
