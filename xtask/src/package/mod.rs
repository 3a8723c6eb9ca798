//! `cargo xtask package`: what people install, made from one layout of files.
//!
//! The `.deb` is put together by `dpkg-deb` and not by `cargo deb`, for three reasons: the same staged files make the
//! tarball and are what the install test looks at; the folder of the machine's triplet and the link in `pkcs11/` need
//! no second description; and nothing has to be built before a package can be (docs/decisions/0022).

mod clean_root;
mod deb;
mod install_test;
mod layout;
mod notices;
mod pictures;
mod snapshot;
mod tarball;
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use fs_err as fs;

pub use install_test::wishes;
use interop::cargo;
use interop::packages;
use interop::process;
use interop::report::{Report, StepOutcome};
use interop::sandbox::Sandbox;
use tools::{TIMEOUT, folder, run_tool, version};

/// To put a `.deb` together, and to read the RPM spec.
const PACKAGES: &[&str] = &["dpkg-dev", "xz-utils", "git", "rpm"];

/// What lintian finds and we know: programs look for the library by its name, nobody links with it.
const KNOWN_TAG: &str = "sharedobject-in-library-directory-missing-soname";

/// The options of `cargo xtask package`.
#[derive(Debug, clap::Args)]
pub struct PackageOptions {
    /// Also install the .deb in a clean system, log in, and remove it again
    #[arg(long)]
    test: bool,
    /// While testing, take the pictures of README.md and README.it.md anew
    #[arg(long, requires = "test")]
    pictures: bool,
    /// Only make the .deb and test it, in a clean system of this release of Debian (bookworm, trixie)
    #[arg(long, value_name = "SUITE", requires = "test")]
    on: Option<String>,
}

/// `cargo xtask package`.
pub fn run(options: &PackageOptions) -> Result<u8> {
    if let Some(sandbox) = Sandbox::current()? {
        return install_test::run_inside(&sandbox, options.pictures);
    }
    let mut report = Report::default();
    report.step("packages to make packages", || {
        packages::ensure(packages::BUILD.iter().chain(PACKAGES).copied())
    });
    report.step("release build of module and command", cargo::release_for_clients);
    report.step("Debian package", || passed(&deb::build(&staged("debian")?)?));
    if options.on.is_none() {
        report.step("lintian", lintian);
        report.step("tarball", || passed(&tarball::build(&staged("tarball")?)?));
        report.step("checksums", checksums);
        report.step("RPM spec", spec);
    }
    if options.test {
        install_test::steps(&mut report, options.pictures, options.on.as_deref());
    }
    Ok(report.close("steps"))
}

fn passed(made: &Path) -> Result<StepOutcome> {
    let length = fs::metadata(made)?.len();
    Ok(StepOutcome::Passed(format!("{} ({} KiB)", made.display(), length / 1024)))
}

/// A fresh folder for the files of one package.
fn staged(name: &str) -> Result<PathBuf> {
    let stage = folder().join("stage").join(name);
    let _ = fs::remove_dir_all(&stage);
    fs::create_dir_all(&stage)?;
    Ok(stage)
}

/// SHA-256 of what people download, in the format of `sha256sum -c`.
fn checksums() -> Result<StepOutcome> {
    let mut names: Vec<String> = fs::read_dir(folder())?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".deb") || name.ends_with(".tar.gz"))
        .collect();
    names.sort();
    let mut command = Command::new("sha256sum");
    command.args(&names).current_dir(folder());
    let sums = run_tool(command)?.stdout;
    fs::write(folder().join("SHA256SUMS"), &sums)?;
    Ok(StepOutcome::Passed(format!("{} files", names.len())))
}

/// Errors of the Debian package, where Debian's own judge is installed.
fn lintian() -> Result<StepOutcome> {
    if Command::new("lintian").arg("--version").output().is_err() {
        return Ok(StepOutcome::Skipped("lintian is not installed".into()));
    }
    let mut command = Command::new("lintian");
    command.args(["--tag-display-limit", "0"]).arg(install_test::package()?);
    let told = process::run(command, "", TIMEOUT)?.stdout;
    let others: Vec<&str> =
        told.lines().filter(|line| line.starts_with("E:") && !line.contains(KNOWN_TAG)).collect();
    anyhow::ensure!(others.is_empty(), "{others:#?}");
    Ok(StepOutcome::Passed(format!("{} lines, no error but the known one", told.lines().count())))
}

/// The spec is read by `rpmspec`; building from it needs a system with RPMs of Rust.
fn spec() -> Result<StepOutcome> {
    let spec = cargo::workspace().join("packaging/cns-pkcs11.spec");
    fs::copy(&spec, folder().join("cns-pkcs11.spec"))?;
    if Command::new("rpmspec").arg("--version").output().is_err() {
        return Ok(StepOutcome::Skipped(
            "rpmspec is not installed (package rpm): the spec was copied, not read".into(),
        ));
    }
    let mut command = Command::new("rpmspec");
    command.args(["--query", "--queryformat", "%{name}-%{version} "]).arg(&spec);
    let names = run_tool(command)?.stdout;
    anyhow::ensure!(
        names.contains(&format!("cns-pkcs11-{}", version())),
        "another version in the spec: {names}"
    );
    Ok(StepOutcome::Passed(names.trim().to_owned()))
}
