//! Debian's source package: what git has, the crates it is built with, and `debian/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;

use super::tools::{folder, pack, run_tool, size, staged, version};
use super::vendored;
use crate::debian_build;
use interop::cargo;
use interop::report::{Report, StepOutcome};

/// What `debian/control` asks for, and what every Debian package is built with.
const TO_BUILD: &[&str] = &["build-essential", "debhelper", "cargo", "rustc", "libpcsclite-dev", "pkgconf"];

/// Makes it; with `test` also builds it, and judges what comes out.
pub fn steps(report: &mut Report, test: bool) {
    report.step("Debian source package", || Ok(StepOutcome::Passed(size(&build(&staged("source")?)?)?)));
    if test {
        let built = folder().join("source-built");
        report
            .step("built in a clean Debian 13, with its Rust and without a network", || build_again(&built));
        report.step("lintian of Debian 13, over source and packages", || lintian(&built));
    }
}

/// Where the files of the source package go.
fn place() -> PathBuf {
    folder().join("source")
}

/// Makes the source package in `stage`, of what is committed; answers its `.dsc`.
fn build(stage: &Path) -> Result<PathBuf> {
    let name = format!("cns-pkcs11-{}", version());
    let upstream = |kind: &str| stage.join(format!("cns-pkcs11_{}.orig{kind}.tar.xz", version()));
    let head = stage.join("head.tar");
    let mut archive = Command::new("git");
    archive.args(["archive", "--format=tar", &format!("--prefix={name}/"), "--output"]).arg(&head);
    archive.arg("HEAD").current_dir(cargo::workspace());
    run_tool(archive)?;
    let mut unpack = Command::new("tar");
    unpack.arg("--extract").arg("--file").arg(&head).arg("--directory").arg(stage);
    run_tool(unpack)?;
    let (source, crates) = (stage.join(&name), stage.join("vendor"));
    fs::rename(source.join("debian"), stage.join("debian"))?;
    pack(&upstream(""), stage, &name)?;
    vendored::lay_out(&crates)?;
    pack(&upstream("-vendor"), stage, "vendor")?;
    fs::rename(&crates, source.join("vendor"))?;
    fs::rename(stage.join("debian"), source.join("debian"))?;
    let mut make = Command::new("dpkg-source");
    make.args(["--build", &name]).current_dir(stage);
    run_tool(make)?;
    let _ = fs::remove_dir_all(place());
    fs::create_dir_all(place())?;
    for entry in fs::read_dir(stage)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("cns-pkcs11_") {
            fs::rename(entry.path(), place().join(entry.file_name()))?;
        }
    }
    let dsc = fs::read_dir(place())?.filter_map(|entry| Some(entry.ok()?.path()));
    dsc.into_iter()
        .find(|path| path.extension().is_some_and(|kind| kind == "dsc"))
        .context("no .dsc was made")
}

fn build_again(built: &Path) -> Result<StepOutcome> {
    let root = match debian_build::root("build", TO_BUILD)? {
        Ok(root) => root,
        Err(reason) => return Ok(StepOutcome::Skipped(reason)),
    };
    let _ = fs::remove_dir_all(built);
    fs::create_dir_all(built)?;
    debian_build::run_in(
        &root,
        &[(&place(), "/source"), (built, "/built")],
        "cd /built
        dpkg-source --extract /source/*.dsc source
        cp /source/*.tar.xz .
        cd source
        dpkg-buildpackage --no-sign > ../build.log 2>&1 || { tail -n 60 ../build.log; exit 1; }
        cd .. && rm -r source",
    )?;
    Ok(StepOutcome::Passed(built.display().to_string()))
}

fn lintian(built: &Path) -> Result<StepOutcome> {
    let root = match debian_build::root("lintian", &["lintian"])? {
        Ok(root) => root,
        Err(reason) => return Ok(StepOutcome::Skipped(reason)),
    };
    debian_build::run_in(
        &root,
        &[(built, "/built")],
        "lintian --allow-root --fail-on error --tag-display-limit 20 /built/*.changes",
    )?;
    Ok(().into())
}
