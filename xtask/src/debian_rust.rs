//! The newest Rust that Debian has, which comes with the sources of its standard library.
//!
//! Debian's `rustc-web` excludes a person's own `rustc` package, so it is unpacked under `target/` and not installed.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::rustup::has_sources;
use interop::cargo::target;
use interop::packages;

/// Its names are for the sake of web browsers, which are built with it.
const COMPILER: &str = "rustc-web";
const SOURCES: &str = "rust-web-src";
const LIBRARIES: &str = "libstd-rust-web-dev";

/// The compiler, unpacked here.
pub struct DebianRust {
    root: PathBuf,
}

impl DebianRust {
    /// Unpacks it unless that was done; `None` where it cannot be had.
    pub fn unpacked() -> Result<Option<Self>> {
        let place = target().join("debian-rust");
        let root = place.join("usr");
        if !has_sources(&root) && !unpack(&place)? {
            return Ok(None);
        }
        let compiler = Self { root };
        if !compiler.starts() {
            // A small system lacks what LLVM itself is linked with: that comes with its package, which excludes nothing.
            packages::ensure_available(llvm().map(|name| &*name.leak()))?;
        }
        Ok(compiler.starts().then_some(compiler))
    }

    fn starts(&self) -> bool {
        let mut command = Command::new(self.root.join("bin/rustc"));
        command.arg("--version").env("LD_LIBRARY_PATH", self.own_libraries());
        command.output().is_ok_and(|output| output.status.success())
    }

    fn own_libraries(&self) -> PathBuf {
        self.root.join("lib/x86_64-linux-gnu")
    }

    /// Has a cargo command compile with it. What is unstable is allowed: building the standard library is.
    pub fn compiles_for(&self, command: &mut Command) {
        let mut libraries = OsString::from(self.own_libraries());
        if let Some(others) = env::var_os("LD_LIBRARY_PATH") {
            libraries.push(":");
            libraries.push(others);
        }
        command.env("RUSTC", self.root.join("bin/rustc")).env("LD_LIBRARY_PATH", libraries);
        command.env("RUSTC_BOOTSTRAP", "1");
    }

    /// Where the compiler looks for libraries of a target.
    pub fn libraries(&self, target: &str) -> PathBuf {
        self.root.join("lib/rustlib").join(target).join("lib")
    }
}

/// Fetches and unpacks the packages; `false` where there are none.
fn unpack(root: &Path) -> Result<bool> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || !Path::new("/usr/bin/apt-get").exists() {
        return Ok(false);
    }
    let Some(packages) = names() else { return Ok(false) };
    println!("Fetching from the distribution, to unpack and not to install: {}", packages.join(" "));
    let fetched = root.with_extension("fetched");
    let _ = fs::remove_dir_all(&fetched);
    fs::create_dir_all(&fetched)?;
    let mut download = Command::new("apt-get");
    download.args(["download", "-qq"]).args(&packages).current_dir(&fetched);
    if !interop::programs::status(&mut download)?.success() {
        return Ok(false);
    }
    // Beside its place first: what is in its place is whole.
    let unfinished = root.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    for package in fs::read_dir(&fetched)? {
        let mut unpacking = Command::new("dpkg-deb");
        unpacking.arg("-x").arg(package?.path()).arg(&unfinished);
        ensure!(interop::programs::status(&mut unpacking)?.success(), "a package cannot be unpacked");
    }
    fs::rename(&unfinished, root).context("the unpacked compiler cannot be put in its place")?;
    fs::remove_dir_all(&fetched)?;
    Ok(has_sources(&root.join("usr")))
}

/// The compiler, its libraries of this version, its LLVM, and the sources.
fn names() -> Option<Vec<String>> {
    Some(vec![COMPILER.into(), SOURCES.into(), LIBRARIES.into(), library()?, llvm()?])
}

fn library() -> Option<String> {
    dependency(LIBRARIES, "libstd-rust-web-")
}

fn llvm() -> Option<String> {
    dependency(&library()?, "libllvm")
}

/// What a package depends on that begins so.
fn dependency(package: &str, beginning: &str) -> Option<String> {
    // In another language it is "Dipende:".
    let output = Command::new("apt-cache").args(["depends", package]).env("LC_ALL", "C").output().ok()?;
    let listing = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found = listing.lines().filter_map(|line| line.trim().strip_prefix("Depends: "));
    found.find(|name| name.starts_with(beginning)).map(str::to_owned)
}
