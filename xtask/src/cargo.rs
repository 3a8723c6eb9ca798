//! cargo, as the commands here use it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Runs cargo in the workspace with its output on our own streams.
pub fn cargo(arguments: &[&str]) -> Result<()> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(arguments).current_dir(workspace()).status()?;
    if !status.success() {
        bail!("`cargo {}` failed", arguments.join(" "));
    }
    Ok(())
}

/// Whether cargo has this subcommand.
pub fn has(subcommand: &str) -> bool {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program).args([subcommand, "--version"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Builds the module as users get it and answers its path.
pub fn release_module() -> Result<PathBuf> {
    cargo(&["build", "--release", "--package", "cns-pkcs11"])?;
    module_path()
}

/// Builds what the client checks use: the module, the command, and the reader with a keypad.
pub fn release_for_clients() -> Result<()> {
    let packages = ["cns-pkcs11", "cns-tool", "virtual-pinpad"];
    let mut arguments = vec!["build", "--release"];
    arguments.extend(packages.iter().flat_map(|package| ["--package", package]));
    cargo(&arguments)
}

/// The IFD handler of the reader with a keypad.
pub fn keypad_reader_path() -> Result<PathBuf> {
    let path = target().join("release/libifd_virtual_pinpad.so");
    path.canonicalize().with_context(|| format!("the reader was not built: {}", path.display()))
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    workspace().join(target)
}

/// Where [`release_module`] puts the module.
pub fn module_path() -> Result<PathBuf> {
    let path = target().join("release/libcns_pkcs11.so");
    path.canonicalize().with_context(|| format!("the module was not built: {}", path.display()))
}
