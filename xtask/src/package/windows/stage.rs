//! The files of the installer, put together, and the installers that are made of them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

use super::super::notices;
use super::super::tools::{date_of_change, folder, run_tool, staged, version};
use super::installer::Installer;
use crate::foreign::toolchain::{self, WINDOWS};
use interop::cargo;

/// What is built.
const PROGRAMS: &[&str] = &["cns.exe", "cns_pkcs11.dll", "cnscm.dll"];

/// What is copied, and its name in Windows, where a double click opens a text.
const DOCUMENTS: &[(&str, &str)] = &[
    ("README.it.md", "LEGGIMI.txt"),
    ("README.md", "README.txt"),
    ("docs/windows.it.md", "windows.it.txt"),
    ("docs/windows.md", "windows.txt"),
    ("CHANGELOG.md", "CHANGELOG.txt"),
    ("LICENSE-MIT", "LICENSE-MIT.txt"),
    ("LICENSE-APACHE", "LICENSE-APACHE.txt"),
];

/// A version that every other one is newer than, for the test of upgrades.
pub const OLDER: &str = "0.0.1";

/// What is published.
pub fn product() -> Installer {
    Installer::of(version(), &folder())
}

/// What the test upgrades from.
pub fn older() -> Installer {
    Installer::of(OLDER, &folder().join("stage/older"))
}

fn built() -> PathBuf {
    toolchain::folder().join(WINDOWS).join("release")
}

/// Puts the files together, and packs them.
pub fn installer(version: &str, stage: &str) -> Result<Installer> {
    let stage = staged(stage)?;
    for name in PROGRAMS {
        let mut strip = Command::new("x86_64-w64-mingw32-strip");
        strip
            .env("SOURCE_DATE_EPOCH", date_of_change()?)
            .arg("--strip-unneeded")
            .arg("-o")
            .arg(stage.join(name))
            .arg(built().join(name));
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
pub fn installed_files() -> impl Iterator<Item = &'static str> {
    let documents = DOCUMENTS.iter().map(|(_, name)| *name);
    PROGRAMS.iter().copied().chain(documents).chain(["THIRD-PARTY.txt"])
}

/// Where the test finds them as they were packed.
pub fn packed_file(name: &str) -> PathBuf {
    folder().join("stage/installer").join(name)
}

#[cfg(test)]
mod tests {
    use super::super::installer::templates;
    use super::*;

    #[test]
    fn the_installer_names_every_file_once() {
        let text = fs::read_to_string(templates().join("cns-pkcs11.wxs")).unwrap();
        let mut packed: Vec<&str> =
            text.split("Source=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let mut files: Vec<&str> = installed_files().collect();
        packed.sort_unstable();
        files.sort_unstable();
        assert_eq!(packed, files);
    }
}
