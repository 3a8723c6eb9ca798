//! The licences of what is linked into module and command: they ask for their text to go along.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::tools::run_tool;
use crate::foreign::toolchain::WINDOWS as WINDOWS_TARGET;
use interop::cargo;

/// Programs and libraries that people install together.
pub struct Linked {
    names: &'static str,
    pub packages: &'static [&'static str],
    /// The system that they are for, where it is another.
    system: Option<&'static str>,
}

pub const LINUX: Linked = Linked {
    names: "libcns_pkcs11.so, cns and virtual-cns",
    packages: &["cns-pkcs11", "cns-tool", "virtual-cns"],
    system: None,
};
pub const WINDOWS: Linked = Linked {
    names: "cns_pkcs11.dll, cnscm.dll and cns.exe",
    packages: &["cns-pkcs11", "cns-tool", "cns-minidriver"],
    system: Some(WINDOWS_TARGET),
};

/// Every crate in them with its licence, then each text once.
pub fn third_party(of: &Linked) -> Result<String> {
    let linked = linked(of)?;
    let metadata = metadata()?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let mut list = format!("Linked into {}:\n\n", of.names);
    let mut texts = BTreeSet::new();
    for package in packages {
        let word = |name: &str| package[name].as_str().unwrap_or_default();
        let (name, version) = (word("name"), word("version"));
        // What has no source is of this project.
        if package["source"].is_null() || !linked.contains(&format!("{name} v{version}")) {
            continue;
        }
        list += &format!("{name} {version}: {} {}\n", word("license"), word("repository"));
        let folder = Path::new(word("manifest_path")).parent().map(Path::to_owned).unwrap_or_default();
        texts.extend(licence_files(&folder)?.iter().filter_map(|file| fs::read_to_string(file).ok()));
    }
    for text in texts {
        list += &format!("\n{}\n\n{}\n", "-".repeat(72), text.trim());
    }
    Ok(list)
}

/// `name vVERSION` of every crate that goes into them.
pub fn linked(of: &Linked) -> Result<BTreeSet<String>> {
    let mut command = Command::new("cargo");
    command
        .arg("tree")
        .args(of.packages.iter().flat_map(|package| ["--package", package]))
        .args(of.system.iter().flat_map(|system| ["--target", system]))
        .args(["--locked", "--edges", "normal"]);
    command.args(["--prefix", "none", "--format", "{p}"]).current_dir(cargo::workspace());
    let said = run_tool(command)?.stdout;
    let name = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(said.lines().map(name).collect())
}

/// What cargo knows of every crate of the workspace.
pub fn metadata() -> Result<Value> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--locked", "--format-version", "1"]).current_dir(cargo::workspace());
    Ok(serde_json::from_str(&run_tool(command)?.stdout)?)
}

fn licence_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        let licence = ["LICENSE", "LICENCE", "COPYING", "NOTICE"].iter().any(|word| name.starts_with(word));
        if licence && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}
