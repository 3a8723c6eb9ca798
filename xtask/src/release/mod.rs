//! `cargo xtask release`: what is published of one commit. Everything is built twice, in folders of different names, and
//! must be the same to the byte.

mod apt_repository;
mod sbom;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::package::{self, date_of_change, run_tool, version};
use interop::report::{Report, StepOutcome};
use interop::{cargo, packages, programs};

/// To unpack, pack and sign.
const PACKAGES: &[&str] = &["dpkg-dev", "debhelper", "xz-utils", "git", "gnupg"];

/// Names of different lengths: a path that gets into a file moves all that follows.
const FOLDERS: [&str; 2] = ["first", "the-second-one"];

/// The options of `cargo xtask release`.
#[derive(Debug, clap::Args)]
pub struct ReleaseOptions {
    /// The key of gpg that signs the checksums and the apt repository
    #[arg(long, required_unless_present_any = ["test", "build"])]
    key: Option<String>,
    /// Sign with a key made for this run, and install from the repository in a clean Debian 13
    #[arg(long, conflicts_with = "key")]
    test: bool,
    /// Only build the artefacts of this folder: what the two builds are made with
    #[arg(long, hide = true)]
    build: bool,
}

/// The steps of this command, and its exit code.
pub fn run(options: &ReleaseOptions) -> Result<u8> {
    let mut report = Report::default();
    if options.build {
        report.step("artefacts", build);
        return Ok(report.close("steps"));
    }
    report.step("packages to make a release", || {
        packages::ensure(packages::BUILD.iter().chain(PACKAGES).copied())
    });
    let _ = fs::remove_dir_all(place());
    fs::create_dir_all(place())?;
    for folder in FOLDERS {
        report.step(&format!("built in the folder {folder}"), || build_in(&place().join(folder)));
    }
    report.step("the same to the byte", compare);
    report.step("header, source and checksums", collect);
    let mut key = options.key.clone().map(|name| apt_repository::Key { name, home: None });
    if options.test {
        report.step("a key for this run", || {
            key = Some(apt_repository::Key::throw_away(&place().join("gnupg"))?);
            Ok(())
        });
    }
    report.step("apt repository, signed", || {
        apt_repository::build(&artefacts(), &repository(), key.as_ref().context("no key: see above")?)
    });
    if options.test {
        report.step("the agent of that key is ended", || {
            apt_repository::Key::end_agent(&place().join("gnupg"))
        });
        report.step("apt in a clean Debian 13 installs from it", || apt_repository::install(&repository()));
    }
    Ok(report.close("steps"))
}

fn place() -> PathBuf {
    cargo::target().join("release-artefacts")
}

fn artefacts() -> PathBuf {
    place().join(format!("cns-pkcs11-{}", version()))
}

fn repository() -> PathBuf {
    place().join("apt")
}

/// The source of the commit, packed.
fn archive(path: &Path) -> Result<()> {
    let mut archive = Command::new("git");
    archive.args(["-c", "tar.tar.gz.command=gzip -9n", "archive", "--format=tar.gz"]);
    archive.arg(format!("--prefix=cns-pkcs11-{}/", version())).arg("--output").arg(path).arg("HEAD");
    archive.current_dir(cargo::workspace());
    run_tool(archive).map(|_| ())
}

/// From the source as it is published, which has no git; with the time of the commit, and no path of this machine.
fn build_in(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let packed = folder.join("source.tar.gz");
    archive(&packed)?;
    let mut unpack = Command::new("tar");
    unpack.arg("--extract").arg("--file").arg(&packed).arg("--directory").arg(folder);
    run_tool(unpack)?;
    let source = folder.join(format!("cns-pkcs11-{}", version()));
    let mut build = Command::new("cargo");
    build.args(["run", "--quiet", "--locked", "--package", "xtask", "--", "release", "--build"]);
    build.current_dir(&source).env_remove("CARGO_TARGET_DIR");
    build.env("CARGO_ENCODED_RUSTFLAGS", without_paths(&source, &cargo::home()?));
    build.env("SOURCE_DATE_EPOCH", date_of_change()?);
    ensure!(programs::status(&mut build)?.success(), "see above");
    Ok(())
}

/// The compiler's options that keep these places out of what it makes, as cargo takes them with spaces in a path.
fn without_paths(source: &Path, home: &Path) -> String {
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    [remap(source, "/usr/src/cns-pkcs11"), remap(home, "/usr/share/cargo")].join("\x1f")
}

/// Packages, tarball and bill of materials, in the source that this program was built in.
fn build() -> Result<StepOutcome> {
    cargo::cargo(&[
        "build",
        "--release",
        "--locked",
        "--package",
        "cns-pkcs11",
        "--package",
        "cns-tool",
        "--package",
        "virtual-cns",
    ])?;
    let made = package::artefacts()?;
    fs::write(package::folder().join(sbom::file_name()), sbom::bill_of_materials()?)?;
    Ok(StepOutcome::Passed(format!("{} and the bill of materials", made.join(", "))))
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

fn built(folder: &str) -> PathBuf {
    place().join(folder).join(format!("cns-pkcs11-{}/target/package", version()))
}

fn compare() -> Result<StepOutcome> {
    let (first, second) = (files(&built(FOLDERS[0]))?, files(&built(FOLDERS[1]))?);
    let names = |files: &[PathBuf]| -> Vec<_> {
        files.iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect()
    };
    ensure!(!first.is_empty() && names(&first) == names(&second), "other files: {first:?}, {second:?}");
    for (one, other) in first.iter().zip(&second) {
        ensure!(
            fs::read(one)? == fs::read(other)?,
            "not the same: {} and {}",
            one.display(),
            other.display()
        );
    }
    Ok(StepOutcome::Passed(format!("{} files", first.len())))
}

fn collect() -> Result<StepOutcome> {
    fs::create_dir_all(artefacts())?;
    for file in files(&built(FOLDERS[0]))? {
        fs::copy(&file, artefacts().join(file.file_name().context("a file has a name")?))?;
    }
    fs::copy(cargo::workspace().join("include/cns_pkcs11.h"), artefacts().join("cns_pkcs11.h"))?;
    archive(&artefacts().join(format!("cns-pkcs11-{}.tar.gz", version())))?;
    let files = files(&artefacts())?;
    let mut sums = Command::new("sha256sum");
    sums.args(files.iter().filter_map(|path| path.file_name())).current_dir(artefacts());
    fs::write(artefacts().join("SHA256SUMS"), run_tool(sums)?.stdout)?;
    Ok(StepOutcome::Passed(format!("{} files in {}", files.len(), artefacts().display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_spaces_is_one_option() {
        let flags = without_paths(Path::new("/home/a b/cns"), Path::new("/home/a b/.cargo"));
        let flags: Vec<&str> = flags.split('\x1f').collect();
        assert_eq!(
            flags,
            [
                "--remap-path-prefix=/home/a b/cns=/usr/src/cns-pkcs11",
                "--remap-path-prefix=/home/a b/.cargo=/usr/share/cargo"
            ]
        );
    }
}
