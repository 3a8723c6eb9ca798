//! `cargo xtask package --windows`: the installer, made with mingw and wixl, and tried under wine (decision 35).

mod install_test;
mod installer;
mod registry_file;
mod summary;
mod winget;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use fs_err as fs;

use super::notices;
use super::tools::{folder, run_tool, size, staged, version};
use crate::foreign::toolchain::{self, Toolchain, WINDOWS};
use crate::foreign::wine::WineSystem;
pub use install_test::run_inside;
use installer::Installer;
use interop::report::{Report, StepOutcome};
use interop::{cargo, packages, programs};

/// The crates that people install.
pub const INSTALLED: &[&str] = &["cns-pkcs11", "cns-tool", "cns-minidriver"];

/// To build and to pack them.
const PACKAGES: &[&str] = &["gcc-mingw-w64-x86-64", "wixl", "msitools"];

/// What is built.
const PROGRAMS: &[&str] = &["cns.exe", "cns_pkcs11.dll", "cnscm.dll"];

/// What is copied, and its name in Windows, where a double click opens a text.
const DOCUMENTS: &[(&str, &str)] = &[
    ("README.it.md", "LEGGIMI.txt"),
    ("README.md", "README.txt"),
    ("CHANGELOG.md", "CHANGELOG.txt"),
    ("LICENSE-MIT", "LICENSE-MIT.txt"),
    ("LICENSE-APACHE", "LICENSE-APACHE.txt"),
];

/// A version that every other one is newer than, for the test of upgrades.
const OLDER: &str = "0.0.1";

/// One line for each; what cannot be had here is skipped by name.
pub fn steps(report: &mut Report, test: bool) -> Result<()> {
    packages::ensure_available(PACKAGES.iter().copied())?;
    let missing = packages::missing(PACKAGES.iter().copied())?;
    if !missing.is_empty() {
        let reason = format!("not installed, and not to be had: {}", missing.join(", "));
        report.step("the installer for Windows", || Ok(StepOutcome::Skipped(reason)));
        return Ok(());
    }
    let mut built = false;
    report.step("cns_pkcs11.dll, cnscm.dll and cns.exe", || {
        let toolchain = match Toolchain::find(WINDOWS)? {
            Ok(toolchain) => toolchain,
            Err(why) => return Ok(StepOutcome::Skipped(why)),
        };
        build(&toolchain)?;
        built = true;
        Ok(StepOutcome::Passed(toolchain.name()))
    });
    if !built {
        return Ok(());
    }
    report.step("the installer", || {
        let (first, second) = (installer(version(), "installer")?, installer(version(), "installer-again")?);
        ensure!(
            fs::read(&first.path)? == fs::read(second.path)?,
            "made twice, it is not the same to the byte"
        );
        fs::copy(first.path, product().path)?;
        Ok(StepOutcome::Passed(format!("{}, twice the same to the byte", size(&product().path)?)))
    });
    report.step("winget manifest", || winget::write(&product()));
    report.step("checksums", super::checksums);
    if test {
        report
            .step("an older installer", || Ok(StepOutcome::Passed(size(&installer(OLDER, "older")?.path)?)));
        report.step("installed, repaired, upgraded and removed under wine", under_wine);
    }
    Ok(())
}

/// What is published.
fn product() -> Installer {
    Installer::of(version(), &folder())
}

/// What the test upgrades from.
fn older() -> Installer {
    Installer::of(OLDER, &folder().join("stage/older"))
}

fn build(toolchain: &Toolchain) -> Result<()> {
    let mut command = toolchain.cargo("build", WINDOWS, &toolchain::folder());
    command.arg("--release").args(INSTALLED.iter().flat_map(|package| ["--package", package]));
    // A library of mingw would have to be installed beside.
    ensure!(programs::status(&mut command)?.success(), "the Windows build failed");
    Ok(())
}

fn built() -> PathBuf {
    toolchain::folder().join(WINDOWS).join("release")
}

/// Puts the files together, and packs them.
fn installer(version: &str, stage: &str) -> Result<Installer> {
    let stage = staged(stage)?;
    for name in PROGRAMS {
        let mut strip = std::process::Command::new("x86_64-w64-mingw32-strip");
        strip.arg("--strip-unneeded").arg("-o").arg(stage.join(name)).arg(built().join(name));
        run_tool(strip)?;
    }
    for (from, to) in DOCUMENTS {
        fs::copy(cargo::workspace().join(from), stage.join(to))?;
    }
    fs::write(stage.join("THIRD-PARTY.txt"), notices::third_party(&notices::WINDOWS)?)?;
    let installer = Installer::of(version, &stage);
    installer.pack(&stage)?;
    Ok(installer)
}

/// Names of all files that are installed.
fn installed_files() -> impl Iterator<Item = &'static str> {
    let documents = DOCUMENTS.iter().map(|(_, name)| *name);
    PROGRAMS.iter().copied().chain(documents).chain(["THIRD-PARTY.txt"])
}

/// Where the test finds them as they were packed.
fn packed_file(name: &str) -> PathBuf {
    folder().join("stage/installer").join(name)
}

fn under_wine() -> Result<StepOutcome> {
    let system = match WineSystem::find(&[])? {
        Ok(system) => system,
        Err(why) => return Ok(StepOutcome::Skipped(why)),
    };
    match system.enter()? {
        0 => Ok(StepOutcome::Passed(system.name())),
        code => bail!("see above (exit code {code}; {})", system.name()),
    }
}

/// The text of a template of packaging/windows.
fn template(name: &str) -> Result<String> {
    Ok(fs::read_to_string(templates().join(name))?)
}

fn templates() -> PathBuf {
    Path::new("packaging/windows").to_owned()
}
