//! Rust for another system: as rustup installs it; or with the standard library built from its sources, which rustup
//! (`rust-src`) or Debian's packages of a newer Rust bring.
//!
//! Debian's `rustc-web` excludes a person's own `rustc` package, so it is unpacked under `target/` and not installed.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cargo::{target, workspace};
use crate::rustup::{self, has_sources};

/// A way to build for another system.
pub(super) enum Toolchain {
    /// The target is installed.
    Installed,
    /// The standard library is built first, with this toolchain of rustup's.
    Sources(rustup::Toolchain),
    /// The same with Debian's compiler, unpacked here.
    Debian(PathBuf),
}

/// The newest compiler that Debian has, under the names that it has for web browsers' sake.
const COMPILER: &str = "rustc-web";
const SOURCES: &str = "rust-web-src";
const LIBRARIES: &str = "libstd-rust-web-dev";

impl Toolchain {
    /// The nearest there is for a target, or why there is none.
    pub(super) fn find(system: &str) -> Result<std::result::Result<Self, String>> {
        let (usual, nightly) = (rustup::Toolchain::Usual, rustup::Toolchain::Nightly);
        if usual.folder("target-libdir", &["--target", system]).is_some_and(|path| path.is_dir()) {
            return Ok(Ok(Self::Installed));
        }
        if let Some(with_sources) = [usual, nightly].into_iter().find(|toolchain| toolchain.has_sources()) {
            return Ok(Ok(Self::Sources(with_sources)));
        }
        let root = target().join("debian-rust");
        if !has_sources(&root.join("usr")) && !unpack(&root)? {
            return Ok(Err(format!(
                "no standard library for it (rustup target add {system}, or rustup component add rust-src)"
            )));
        }
        Ok(Ok(Self::Debian(root.join("usr"))))
    }

    /// For the report.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Installed => "the installed target".into(),
            Self::Sources(rustup::Toolchain::Usual) => "standard library from rust-src".into(),
            Self::Sources(rustup::Toolchain::Nightly) => "standard library from nightly's rust-src".into(),
            Self::Debian(_) => "Debian's compiler, standard library from its sources".into(),
        }
    }

    /// `cargo check`, `build`… for the target.
    pub(super) fn cargo(&self, task: &str, system: &str, folder: &Path) -> Command {
        let mut command = match self {
            Self::Sources(toolchain) => toolchain.program("cargo"),
            _ => rustup::Toolchain::Usual.program("cargo"),
        };
        command.args([task, "--target", system]).current_dir(workspace()).env("CARGO_TARGET_DIR", folder);
        // Nothing here is about speed.
        command.args([
            "--config",
            "profile.dev.package.\"*\".opt-level=0",
            "--config",
            "profile.dev.debug=0",
        ]);
        if !matches!(self, Self::Installed) {
            command.arg("-Zbuild-std=std,panic_unwind").env("RUSTC_BOOTSTRAP", "1");
        }
        if let Self::Debian(root) = self {
            let mut libraries = OsString::from(root.join("lib/x86_64-linux-gnu"));
            if let Some(others) = env::var_os("LD_LIBRARY_PATH") {
                libraries.push(":");
                libraries.push(others);
            }
            command.env("RUSTC", root.join("bin/rustc")).env("LD_LIBRARY_PATH", libraries);
        }
        command
    }
}

/// Fetches and unpacks Debian's packages; `false` where there are none.
fn unpack(root: &Path) -> Result<bool> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !Path::new("/usr/bin/apt-get").exists() {
        return Ok(false);
    }
    let Some(packages) = packages() else { return Ok(false) };
    println!("Fetching from the distribution, to unpack and not to install: {}", packages.join(" "));
    let fetched = root.with_extension("fetched");
    let _ = fs::remove_dir_all(&fetched);
    fs::create_dir_all(&fetched)?;
    let mut download = Command::new("apt-get");
    download.args(["download", "-qq"]).args(&packages).current_dir(&fetched);
    if !download.status()?.success() {
        return Ok(false);
    }
    // Beside its place first: what is in its place is whole.
    let unfinished = root.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    for package in fs::read_dir(&fetched)? {
        let mut unpacking = Command::new("dpkg-deb");
        unpacking.arg("-x").arg(package?.path()).arg(&unfinished);
        ensure!(unpacking.status()?.success(), "a package cannot be unpacked");
    }
    fs::rename(&unfinished, root).context("the unpacked compiler cannot be put in its place")?;
    fs::remove_dir_all(&fetched)?;
    Ok(has_sources(&root.join("usr")))
}

/// The compiler, its libraries of this version, its LLVM, and the sources.
fn packages() -> Option<Vec<String>> {
    let library = dependency(LIBRARIES, "libstd-rust-web-")?;
    let llvm = dependency(&library, "libllvm")?;
    Some(vec![COMPILER.into(), SOURCES.into(), LIBRARIES.into(), library, llvm])
}

/// What a package depends on that begins so.
fn dependency(package: &str, beginning: &str) -> Option<String> {
    let output = Command::new("apt-cache").args(["depends", package]).output().ok()?;
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found = listing.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    found.find(|name| name.starts_with(beginning)).map(str::to_owned)
}
