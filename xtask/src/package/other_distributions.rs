//! What systems other than Debian build from, as far as this machine can judge it: each by its own tool, where that is
//! installed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::tools::{TIMEOUT, date_of_change, folder, not_installed, run_tool, size, version};
use interop::report::{Report, StepOutcome};
use interop::{cargo, process, programs};

/// One line for each.
pub fn steps(report: &mut Report) {
    report.step("RPM packages", rpm);
    report.step("PKGBUILD of Arch", pkgbuild);
    report.step("Nix expression", nix);
    report.step("Homebrew formula", homebrew);
    report.step("AppStream data", app_stream);
    report.step("menu entry", menu_entry);
}

fn file(name: &str) -> PathBuf {
    cargo::workspace().join("packaging").join(name)
}

/// Packed of what was built already; that it is built with Fedora's compiler is not shown by this.
fn rpm() -> Result<StepOutcome> {
    if let Some(skipped) = not_installed("rpmbuild") {
        return Ok(skipped);
    }
    // Not below the source: rpm unpacks in no folder with a space in its name.
    let stage = tempfile::tempdir()?;
    let stage = stage.path();
    let name = format!("cns-pkcs11-{}", version());
    fs::create_dir(stage.join("SOURCES"))?;
    let mut archive = Command::new("git");
    archive.args(["archive", "--format=tar.gz", &format!("--prefix={name}/"), "--output"]);
    archive.arg(stage.join("SOURCES").join(format!("{name}.tar.gz"))).arg("HEAD");
    archive.current_dir(cargo::workspace());
    run_tool(archive)?;
    let mut build = Command::new("rpmbuild");
    build.args(["-bb", "--nodeps", "--define"]).arg(format!("_topdir {}", stage.display()));
    build.arg("--define").arg(format!("cns_xtask {}", programs::own_executable()?.display()));
    build.arg(file("cns-pkcs11.spec"));
    build.env("CARGO_TARGET_DIR", cargo::target()).env("SOURCE_DATE_EPOCH", date_of_change()?);
    run_tool(build)?;
    // Their names tell the distribution's release: another's would stay beside them.
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "rpm") {
            fs::remove_file(path)?;
        }
    }
    let mut packages = Vec::new();
    for architecture in fs::read_dir(stage.join("RPMS"))? {
        for package in fs::read_dir(architecture?.path())? {
            let package = package?;
            let place = folder().join(package.file_name());
            fs::copy(package.path(), &place)?;
            packages.push(size(&place)?);
        }
    }
    packages.sort();
    ensure!(packages.len() == 2, "other packages than the two: {packages:?}");
    fs::copy(file("cns-pkcs11.spec"), folder().join("cns-pkcs11.spec"))?;
    Ok(StepOutcome::Passed(packages.join(", ")))
}

/// Its shell is read, and by makepkg its fields; only Arch can build it.
fn pkgbuild() -> Result<StepOutcome> {
    for name in ["PKGBUILD", "cns-pkcs11.install"] {
        let mut shell = Command::new("bash");
        shell.arg("-n").arg(file(name));
        run_tool(shell)?;
    }
    if not_installed("makepkg").is_some() || rustix::process::geteuid().is_root() {
        return Ok(StepOutcome::Passed(
            "read by bash; makepkg is not installed, or root may not start it".into(),
        ));
    }
    let mut fields = Command::new("makepkg");
    fields.arg("--printsrcinfo").current_dir(cargo::workspace().join("packaging"));
    run_tool(fields)?.expect_output(&format!("pkgver = {}", version()))?;
    Ok(StepOutcome::Passed("read by bash and by makepkg".into()))
}

fn nix() -> Result<StepOutcome> {
    if let Some(skipped) = not_installed("nix-instantiate") {
        return Ok(skipped);
    }
    let mut parse = Command::new("nix-instantiate");
    parse.arg("--parse").arg(file("default.nix"));
    run_tool(parse)?;
    Ok(StepOutcome::Passed("read by nix-instantiate, not built".into()))
}

fn homebrew() -> Result<StepOutcome> {
    if let Some(skipped) = not_installed("ruby") {
        return Ok(skipped);
    }
    let mut parse = Command::new("ruby");
    parse.arg("-c").arg(file("homebrew/cns-pkcs11.rb"));
    run_tool(parse)?;
    Ok(StepOutcome::Passed("read by ruby, not built".into()))
}

fn app_stream() -> Result<StepOutcome> {
    if let Some(skipped) = not_installed("appstreamcli") {
        return Ok(skipped);
    }
    let mut validate = Command::new("appstreamcli");
    validate.args(["validate", "--no-net"]).arg(file("io.github.cns_pkcs11.cns.metainfo.xml"));
    let told = process::run(validate, "", TIMEOUT)?.stdout;
    let problem = |line: &&str| line.starts_with("E:") || line.starts_with("W:");
    // The project has no address yet; only newer versions miss it.
    let problems: Vec<&str> =
        told.lines().filter(problem).filter(|line| !line.contains("url-homepage-missing")).collect();
    ensure!(told.contains("Validation") && problems.is_empty(), "{told}");
    Ok(().into())
}

fn menu_entry() -> Result<StepOutcome> {
    if let Some(skipped) = not_installed("desktop-file-validate") {
        return Ok(skipped);
    }
    let mut validate = Command::new("desktop-file-validate");
    validate.arg(file("cns-pkcs11.desktop"));
    run_tool(validate)?;
    Ok(().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each packaging names the version, and cannot take it from `Cargo.toml`.
    #[test]
    fn every_packaging_is_of_this_version() {
        for (path, line) in [
            ("debian/changelog", "cns-pkcs11 (VERSION-1)"),
            ("packaging/cns-pkcs11.spec", "\nVersion:        VERSION\n"),
            ("packaging/PKGBUILD", "\npkgver=VERSION\n"),
            ("README.md", "packaging/cns-pkcs11-VERSION.tar.gz HEAD\n"),
            ("README.it.md", "packaging/cns-pkcs11-VERSION.tar.gz HEAD\n"),
            ("packaging/default.nix", "version = \"VERSION\";"),
            ("packaging/homebrew/cns-pkcs11.rb", "/cns-pkcs11-VERSION.tar.gz\"\n"),
            ("packaging/io.github.cns_pkcs11.cns.metainfo.xml", "<release version=\"VERSION\""),
        ] {
            let content = fs::read_to_string(cargo::workspace().join(path)).unwrap();
            assert!(content.contains(&line.replace("VERSION", version())), "{path}");
        }
    }

    /// What all say before the package goes, word by word.
    #[test]
    fn every_packaging_says_the_same_before_it_goes() {
        let read = |path: &str| fs::read_to_string(cargo::workspace().join(path)).unwrap();
        let debian = read("debian/cns-pkcs11.prerm");
        let sentences: Vec<&str> =
            debian.lines().map(str::trim).filter(|line| line.starts_with("echo")).collect();
        assert_eq!(sentences.len(), 2);
        for path in ["packaging/cns-pkcs11.spec", "packaging/cns-pkcs11.install"] {
            let other = read(path);
            assert!(sentences.iter().all(|sentence| other.contains(sentence)), "{path}");
        }
    }
}
