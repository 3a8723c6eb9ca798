//! The crates that a distribution builds with, which has no network then.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

use super::tools::run_tool;
use interop::cargo;

/// What is built for: a crate that none of these needs is of another system.
const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-gnu",
    "i686-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "armv7-unknown-linux-gnueabihf",
    "riscv64gc-unknown-linux-gnu",
    "powerpc64le-unknown-linux-gnu",
];

/// Files of crates that no build needs: compiled ones, for other systems, which no distribution takes, and a manifest as
/// it was before it was published, which dpkg-source passes over by its name.
const NEEDLESS: [&str; 9] = ["a", "dll", "dylib", "exe", "lib", "o", "obj", "orig", "so"];

/// Lays the crates of `Cargo.lock` out in `folder`. Those of other systems are there by name, as cargo wants, and empty.
pub fn lay_out(folder: &Path) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["vendor", "--quiet", "--locked", "--versioned-dirs"]).arg(folder);
    command.current_dir(cargo::workspace());
    run_tool(command)?;
    let needed = needed()?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match needed.contains(&entry.file_name().to_string_lossy().into_owned()) {
            true => drop_needless(&entry.path())?,
            false => empty(&entry.path())?,
        }
    }
    Ok(())
}

/// `NAME-VERSION` of every crate that some Linux needs, tests included.
fn needed() -> Result<BTreeSet<String>> {
    let mut needed = BTreeSet::new();
    for target in TARGETS {
        let mut command = Command::new("cargo");
        command.args(["metadata", "--format-version", "1", "--locked", "--filter-platform", target]);
        command.current_dir(cargo::workspace());
        let metadata: Value = serde_json::from_str(&run_tool(command)?.stdout)?;
        let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
        let word = |package: &Value, name: &str| package[name].as_str().unwrap_or_default().to_owned();
        needed.extend(
            packages.iter().map(|package| format!("{}-{}", word(package, "name"), word(package, "version"))),
        );
    }
    Ok(needed)
}

fn drop_needless(folder: &Path) -> Result<()> {
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| NEEDLESS.iter().any(|needless| kind == *needless)) {
                fs::remove_file(path)?;
            }
        }
    }
    keep_sums(folder, |name| folder.join(name).exists())
}

fn empty(folder: &Path) -> Result<()> {
    let manifest = with_empty_library(&fs::read_to_string(folder.join("Cargo.toml"))?);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            fs::remove_dir_all(path)?;
        } else if path.file_name().is_some_and(|name| name != ".cargo-checksum.json") {
            fs::remove_file(path)?;
        }
    }
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::create_dir(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    keep_sums(folder, |_| false)
}

/// Cargo checks the files that are listed; the sum of the whole crate, which `Cargo.lock` has, stays.
fn keep_sums(folder: &Path, keep: impl Fn(&str) -> bool) -> Result<()> {
    let file = folder.join(".cargo-checksum.json");
    let mut sums: Value = serde_json::from_str(&fs::read_to_string(&file)?)?;
    sums["files"].as_object_mut().context("no sums of files")?.retain(|name, _| keep(name));
    Ok(fs::write(file, sums.to_string())?)
}

/// A manifest, as cargo writes it for the registry, with an empty library and nothing else to compile.
fn with_empty_library(manifest: &str) -> String {
    let mut of_target = false;
    let mut kept = String::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            let header = line.trim_matches(['[', ']']);
            of_target = ["lib", "bin", "example", "test", "bench"].contains(&header);
        }
        let file = ["build = ", "links = ", "readme = "].iter().any(|key| line.starts_with(key));
        if !of_target && !file {
            kept += line;
            kept.push('\n');
        }
    }
    kept + "\n[lib]\npath = \"src/lib.rs\"\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_emptied_crate_keeps_its_name_and_dependencies() {
        let manifest = "[package]\nname = \"a\"\nbuild = \"build.rs\"\n\n[lib]\nname = \"a\"\npath = \"lib.rs\"\n\n\
                        [[bin]]\nname = \"b\"\n\n[dependencies.c]\nversion = \"1\"\n\n[features]\nlib = []\n";
        let kept = "[package]\nname = \"a\"\n\n[dependencies.c]\nversion = \"1\"\n\n[features]\nlib = []\n\n\
                    [lib]\npath = \"src/lib.rs\"\n";
        assert_eq!(with_empty_library(manifest), kept);
    }

    #[test]
    fn what_is_dropped_is_not_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        fs::create_dir(file("lib")).unwrap();
        fs::write(file("lib/windows.o"), "compiled").unwrap();
        fs::write(file("lib.rs"), "").unwrap();
        fs::write(
            file(".cargo-checksum.json"),
            r#"{"files":{"lib.rs":"00","lib/windows.o":"22"},"package":"11"}"#,
        )
        .unwrap();
        drop_needless(folder.path()).unwrap();
        assert!(file("lib.rs").exists() && !file("lib/windows.o").exists());
        let sums: Value =
            serde_json::from_str(&fs::read_to_string(file(".cargo-checksum.json")).unwrap()).unwrap();
        assert_eq!(sums, json!({ "files": { "lib.rs": "00" }, "package": "11" }));
    }
}
