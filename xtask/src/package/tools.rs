//! What the making of every package needs: where packages go, their version and date, tools of the system.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use fs_err as fs;
use interop::cargo;
use interop::process::{self, ProgramOutput};
use interop::report::StepOutcome;

/// Packing takes seconds; installing in a clean system a minute.
pub const TIMEOUT: Duration = Duration::from_secs(600);

/// Where the packages go.
pub fn folder() -> PathBuf {
    cargo::target().join("package")
}

/// A fresh folder for the files of one package.
pub fn staged(name: &str) -> Result<PathBuf> {
    let stage = folder().join("stage").join(name);
    let _ = fs::remove_dir_all(&stage);
    fs::create_dir_all(&stage)?;
    Ok(stage)
}

/// The version of everything here.
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// When the newest change was made, in seconds since 1970: packages of the same change have the same times in them.
pub fn date_of_change() -> Result<String> {
    if let Ok(date) = env::var("SOURCE_DATE_EPOCH") {
        return Ok(date);
    }
    let mut command = Command::new("git");
    command.args(["log", "-1", "--format=%ct"]).current_dir(cargo::workspace());
    Ok(run_tool(command)?.stdout.trim().to_owned())
}

/// Packs `name`, which is in `folder`, into the archive: the same files give the same archive, whoever packs them and when.
pub fn pack(archive: &Path, folder: &Path, name: &str) -> Result<()> {
    let compress = if archive.extension().is_some_and(|kind| kind == "xz") { "xz -T1" } else { "gzip -9n" };
    let mut command = Command::new("tar");
    command.args(["--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner"]);
    command.args(["--mode=u=rwX,go=rX", "--use-compress-program", compress]);
    command.arg(format!("--mtime=@{}", date_of_change()?)).arg("--create").arg("--file").arg(archive);
    command.arg("--directory").arg(folder).arg(name);
    run_tool(command).map(|_| ())
}

/// A file with its size.
pub fn size(made: &Path) -> Result<String> {
    Ok(format!("{} ({} KiB)", made.display(), fs::metadata(made)?.len() / 1024))
}

/// SHA-256 of what people download, in the format of `sha256sum -c`.
pub fn checksums() -> Result<StepOutcome> {
    let mut names: Vec<String> = fs::read_dir(folder())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| [".deb", ".rpm", ".tar.gz", ".msi"].iter().any(|kind| name.ends_with(kind)))
        .collect();
    names.sort();
    let mut command = Command::new("sha256sum");
    command.args(&names).current_dir(folder());
    let sums = run_tool(command)?.stdout;
    fs::write(folder().join("SHA256SUMS"), &sums)?;
    Ok(StepOutcome::Passed(format!("{} files", names.len())))
}

/// The step's answer where a tool is missing.
pub fn not_installed(tool: &str) -> Option<StepOutcome> {
    let missing = Command::new(tool).arg("--version").output().is_err();
    missing.then(|| StepOutcome::Skipped(format!("{tool} is not installed")))
}

/// Runs a tool to its end; its failure shows what it said.
pub fn run_tool(command: Command) -> Result<ProgramOutput> {
    process::run(command, "", TIMEOUT)?.succeed()
}

/// What dpkg calls this machine's architecture, or its folder for libraries.
pub fn dpkg_architecture(of: &str) -> Result<String> {
    let mut command = Command::new("dpkg-architecture");
    command.args(["-q", of]);
    let said = run_tool(command).context("dpkg-architecture (package dpkg-dev)")?;
    Ok(said.stdout.trim().to_owned())
}
