//! cargo, as the commands here use it.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::programs;

/// The folder of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}

/// Runs cargo in the workspace with its output on our own streams.
pub fn cargo(arguments: &[&str]) -> Result<()> {
    cargo_with(arguments, &[])
}

/// The same, with more in its environment.
pub fn cargo_with(arguments: &[&str], environment: &[(&str, &OsStr)]) -> Result<()> {
    let status = programs::status(command(arguments).envs(environment.iter().copied()))?;
    ensure!(status.success(), "`cargo {}` failed", arguments.join(" "));
    Ok(())
}

/// Runs cargo in the workspace and answers what it said, which is also what a failure says.
pub fn cargo_said(arguments: &[&str]) -> Result<String> {
    let output = programs::output(&mut command(arguments))?;
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    ensure!(output.status.success(), "{said}\n`cargo {}` failed", arguments.join(" "));
    Ok(said)
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(workspace());
    // `cargo run` names the package of this program. Build scripts look at that (ring's does): left there, each change
    // between `cargo build` and `cargo xtask` would compile the same things anew.
    for (name, _) in env::vars_os().filter(|(name, _)| is_about_this_package(name)) {
        command.env_remove(name);
    }
    command
}

fn is_about_this_package(variable: &OsStr) -> bool {
    let name = variable.to_string_lossy();
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME"]
        .iter()
        .any(|of| name.starts_with(of))
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

/// Builds what the client checks use: the module, the command, and the reader with a PIN pad.
pub fn release_for_clients() -> Result<()> {
    let packages = ["cns-pkcs11", "cns-tool", "virtual-cns", "virtual-pinpad"];
    let mut arguments = vec!["build", "--release"];
    arguments.extend(packages.iter().flat_map(|package| ["--package", package]));
    cargo(&arguments)
}

/// The IFD handler of the reader with a PIN pad.
pub fn pin_pad_reader_path() -> Result<PathBuf> {
    let path = target().join("release/libifd_virtual_pinpad.so");
    path.canonicalize().with_context(|| format!("the reader was not built: {}", path.display()))
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    workspace().join(target)
}

/// Where cargo keeps what it has fetched.
pub fn home() -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    home.context("neither CARGO_HOME nor HOME is set")
}

/// Where [`release_module`] puts the module.
pub fn module_path() -> Result<PathBuf> {
    let path = target().join("release/libcns_pkcs11.so");
    path.canonicalize().with_context(|| format!("the module was not built: {}", path.display()))
}

/// Builds one test executable, chosen by these arguments of `cargo test`, and answers its path.
pub fn test_executable(choice: &[&str]) -> Result<PathBuf> {
    let first = test_executables(choice)?.into_iter().next();
    Ok(first.with_context(|| format!("cargo test {} makes no executable", choice.join(" ")))?.path)
}

/// A test program as cargo built it.
#[derive(Debug)]
pub struct TestExecutable {
    pub path: PathBuf,
    /// The folder of its package, where cargo runs it.
    pub folder: PathBuf,
    /// The target's name: a file of `tests`, or the crate's own.
    pub name: String,
}

/// Builds the test programs chosen by these arguments of `cargo test`.
pub fn test_executables(choice: &[&str]) -> Result<Vec<TestExecutable>> {
    let mut command =
        command(&[&["test", "--no-run", "--message-format=json-render-diagnostics"], choice].concat());
    let output = programs::output(command.stderr(Stdio::inherit()))?;
    ensure!(output.status.success(), "`cargo test --no-run {}` failed", choice.join(" "));
    let messages = String::from_utf8(output.stdout)?;
    let programs = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        if !message["profile"]["test"].as_bool()? {
            return None;
        }
        Some(TestExecutable {
            path: message["executable"].as_str()?.into(),
            folder: Path::new(message["manifest_path"].as_str()?).parent()?.to_owned(),
            name: message["target"]["name"].as_str()?.to_owned(),
        })
    });
    Ok(programs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_builds_as_a_person_would_have_it_built() {
        // `cargo test` sets this one.
        assert!(env::var_os("CARGO_MANIFEST_DIR").is_some());
        let command = command(&["build"]);
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert!(removed.iter().any(|(name, _)| *name == "CARGO_MANIFEST_DIR"), "{removed:?}");
        assert!(
            ["CARGO_HOME", "CARGO_TARGET_DIR", "CARGO"]
                .iter()
                .all(|kept| !is_about_this_package(kept.as_ref()))
        );
    }
}
