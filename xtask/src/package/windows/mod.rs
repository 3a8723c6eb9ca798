//! `cargo xtask package --windows`: the installer, made with mingw and wixl, and tried under wine (decision 35).

mod install_test;
mod installer;
mod keys;
mod registry_file;
mod stage;
mod summary;
mod winget;

use anyhow::{Result, bail, ensure};
use fs_err as fs;

use super::notices;
use super::tools::{checksums, date_of_change, size, version};
use crate::foreign::toolchain::{self, Toolchain, WINDOWS};
use crate::foreign::wine::WineSystem;
pub use install_test::run_inside;
use interop::report::{Report, StepOutcome};
use interop::{packages, programs};
use stage::{OLDER, installer, product};

/// To build and to pack them.
const PACKAGES: &[&str] = &["gcc-mingw-w64-x86-64", "wixl", "msitools"];

/// One line for each; what cannot be had here is skipped by name.
pub fn steps(report: &mut Report, test: bool) -> Result<()> {
    packages::ensure_available(PACKAGES.iter().copied())?;
    let missing = packages::missing(PACKAGES.iter().copied())?;
    if !missing.is_empty() {
        let reason = format!("not installed, and not to be had: {}", missing.join(", "));
        report.step("the installer for Windows", || Ok(StepOutcome::Skipped(reason)));
        return Ok(());
    }
    let (mut built, mut made) = (false, false);
    report.step("cns_pkcs11.dll, cnscm.dll and cns.exe", || {
        let toolchain = match Toolchain::find(WINDOWS)? {
            Ok(toolchain) => toolchain,
            Err(why) => return Ok(StepOutcome::Skipped(why)),
        };
        build(&toolchain)?;
        built = true;
        Ok(StepOutcome::Passed(toolchain.name()))
    });
    if built {
        report.step("the installer", || {
            let [first, second] =
                [installer(version(), "installer")?, installer(version(), "installer-again")?];
            ensure!(
                fs::read(&first.path)? == fs::read(second.path)?,
                "made twice, it is not the same to the byte"
            );
            fs::copy(first.path, product().path)?;
            made = true;
            Ok(StepOutcome::Passed(format!("{}, twice the same to the byte", size(&product().path)?)))
        });
    }
    if made {
        report.step("winget manifest", || winget::write(&product()));
        report.step("checksums", checksums);
    }
    if made && test {
        report
            .step("an older installer", || Ok(StepOutcome::Passed(size(&installer(OLDER, "older")?.path)?)));
        report.step("installed, repaired, upgraded and removed under wine", under_wine);
    }
    Ok(())
}

fn build(toolchain: &Toolchain) -> Result<()> {
    let mut command = toolchain.cargo("build", WINDOWS, &toolchain::folder());
    command
        .arg("--release")
        .args(notices::WINDOWS.packages.iter().flat_map(|package| ["--package", package]));
    // What the linker writes into them instead of the hour.
    command.env("SOURCE_DATE_EPOCH", date_of_change()?);
    ensure!(programs::status(&mut command)?.success(), "the Windows build failed");
    Ok(())
}

fn under_wine() -> Result<StepOutcome> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        return Ok(StepOutcome::Skipped("wine runs these on x86_64 Linux only".into()));
    }
    let system = match WineSystem::find(&[])? {
        Ok(system) => system,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    match system.enter()? {
        0 => Ok(StepOutcome::Passed(system.name())),
        code => bail!("see above (exit code {code}; {})", system.name()),
    }
}
