//! Rust for another system: as rustup installs it; or with the standard library built from its sources, which rustup
//! (`rust-src`) or Debian's packages of a newer Rust bring.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::debian_rust::DebianRust;
use crate::rustup;
use interop::cargo::{target, workspace};

pub const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// Where all this is built.
pub fn folder() -> PathBuf {
    target().join("foreign")
}

/// A way to build for another system.
pub(crate) enum Toolchain {
    /// The target is installed.
    Installed,
    /// The standard library is built first, with this toolchain of rustup's.
    Sources(rustup::Toolchain),
    /// The same with Debian's compiler, unpacked here.
    Debian(DebianRust),
}

impl Toolchain {
    /// The nearest there is for a target, or why there is none.
    pub(crate) fn find(system: &str) -> Result<std::result::Result<Self, String>> {
        let (usual, nightly) = (rustup::Toolchain::Usual, rustup::Toolchain::Nightly);
        if usual.folder("target-libdir", &["--target", system]).is_some_and(|path| path.is_dir()) {
            return Ok(Ok(Self::Installed));
        }
        if let Some(with_sources) = [usual, nightly].into_iter().find(|toolchain| toolchain.has_sources()) {
            return Ok(Ok(Self::Sources(with_sources)));
        }
        Ok(DebianRust::unpacked()?.map(Self::Debian).ok_or_else(|| {
            format!(
                "no standard library for it (rustup target add {system}, or rustup component add rust-src)"
            )
        }))
    }

    /// For the report.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Installed => "the installed target".into(),
            Self::Sources(rustup::Toolchain::Usual) => "standard library from rust-src".into(),
            Self::Sources(rustup::Toolchain::Nightly) => "standard library from nightly's rust-src".into(),
            Self::Debian(_) => "Debian's compiler, standard library from its sources".into(),
        }
    }

    /// `cargo check`, `build`… for the target.
    pub(crate) fn cargo(&self, task: &str, system: &str, folder: &Path) -> Command {
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
        if let Self::Debian(compiler) = self {
            compiler.compiles_for(&mut command);
        }
        command
    }
}
