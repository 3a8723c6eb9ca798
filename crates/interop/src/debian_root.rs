//! A release of Debian in a folder below `target/`, made by debootstrap and kept: a clean system to install a package in,
//! and the other release, whose programs meet the same module. What is in its place is whole.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, bail};
use fs_err::{self as fs, File};
use rustix::fs::{FlockOperation, flock};

use crate::chroot::{apt_get, in_own_mounts};
use crate::process::{self, ProgramOutput};
use crate::sandbox::{self, Sandbox};
use crate::{cargo, packages, programs};

/// To make one.
pub const PACKAGES: &[&str] = &["debootstrap", "util-linux"];

/// Browsers and Java, fetched and installed on a slow line.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// A Debian without any services, in a folder.
#[derive(Debug)]
pub struct DebianRoot {
    suite: String,
    folder: PathBuf,
    /// Shared by those who use it: nobody changes it under them.
    lock: File,
}

impl DebianRoot {
    /// That of this release and for this purpose, with what can be had of `wishes`: made unless it is there, then kept.
    pub fn with_packages(suite: &str, purpose: &str, wishes: &[&'static str]) -> Result<Self> {
        let folder = folder(suite, purpose);
        let root = Self { suite: suite.to_owned(), lock: lock_file(&folder)?, folder };
        flock(&root.lock, FlockOperation::LockShared)?;
        if root.lacks(wishes) {
            flock(&root.lock, FlockOperation::LockExclusive)?;
            // Perhaps somebody else did it meanwhile.
            if root.lacks(wishes) {
                root.install(wishes)?;
            }
            flock(&root.lock, FlockOperation::LockShared)?;
        }
        Ok(root)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn lacks(&self, wishes: &[&'static str]) -> bool {
        !self.folder.exists() || !packages::obtainable(&self.folder, wishes).is_empty()
    }

    /// Makes it unless it is there, and installs what is missing.
    fn install(&self, wishes: &[&'static str]) -> Result<()> {
        let unfinished = self.folder.with_extension("unfinished");
        remove(&unfinished)?;
        if self.folder.exists() {
            fs::rename(&self.folder, &unfinished)?;
        } else {
            let mut copy = Command::new("cp");
            copy.arg("--archive").arg(smallest(&self.suite)?).arg(&unfinished);
            run_tool(copy)?;
        }
        run_tool(apt_get(&unfinished, &["update"]))?;
        let obtainable = packages::obtainable(&unfinished, wishes);
        println!("Installing into {}: {}", self.folder.display(), obtainable.join(" "));
        run_tool(apt_get(&unfinished, &[&["install"], &obtainable[..]].concat()))?;
        run_tool(apt_get(&unfinished, &["clean"]))?;
        fs::rename(&unfinished, &self.folder).map_err(Into::into)
    }

    /// Why programs and libraries that were built here cannot be used there, if so: a newer Debian runs what an older
    /// one built, and the other way round it depends.
    pub fn cannot_load(&self) -> Result<Option<String>> {
        for built in [programs::own_executable()?, cargo::module_path()?] {
            let folder = built.parent().context("a folder of what was built")?;
            // The folder's own place does not exist in there, /mnt does.
            let there = Path::new("/mnt").join(built.file_name().context("a name of what was built")?);
            let mount = r#"mount --bind "$1" "$0/mnt" && shift && exec chroot "$0" "$@""#;
            let mut command = in_own_mounts(mount);
            command.arg(&self.folder).arg(folder).args(["ldd"]).arg(there);
            let said = process::run(command, "", TIMEOUT)?;
            let missing =
                said.stdout.lines().chain(said.stderr.lines()).find(|line| line.contains("not found"));
            if let Some(missing) = missing {
                return Ok(Some(format!(
                    "what is built here does not load in {}: {}",
                    self.suite,
                    missing.trim()
                )));
            }
            said.succeed()?;
        }
        Ok(None)
    }
}

/// The root in which the programs of this release meet what is built here, or why there is none.
pub fn for_clients(suite: &str, wishes: &[&'static str]) -> Result<Result<DebianRoot, String>> {
    if let Some(reason) = unavailable(suite)? {
        return Ok(Err(reason));
    }
    packages::ensure(packages::BUILD.iter().copied())?;
    cargo::release_for_clients()?;
    let root = DebianRoot::with_packages(suite, "clients", wishes)?;
    Ok(root.cannot_load()?.map_or(Ok(root), Err))
}

/// Runs this very command again where the system is that of `suite`, with these packages; answers the exit code. That
/// there is no such system is a failure: it was asked for.
pub fn enter(suite: &str, wishes: &[&'static str], prepare: impl FnOnce(&Path)) -> Result<u8> {
    match for_clients(suite, wishes)? {
        Ok(root) => Sandbox::enter_root(root.folder(), prepare),
        Err(reason) => bail!("on {suite}: {reason}"),
    }
}

/// The release whose programs this machine's own tests do not meet.
pub fn other_release() -> Result<Option<&'static str>> {
    own_release().map(|own| other_than(&own))
}

fn other_than(own: &str) -> Option<&'static str> {
    match own {
        "bookworm" => Some("trixie"),
        "trixie" => Some("bookworm"),
        _ => None,
    }
}

/// The name of this machine's release.
pub fn own_release() -> Result<String> {
    let release = fs::read_to_string("/etc/os-release")?;
    let suite = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(suite.context("/etc/os-release names no release")?.trim_matches('"').to_owned())
}

/// Why there can be no root of this release here, if so.
pub fn unavailable(suite: &str) -> Result<Option<String>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(Some("only root can make a system in a folder (debootstrap)".into()));
    }
    if !Path::new("/usr/bin/apt-get").exists() {
        return Ok(Some("this is no Debian, which has other Debians' packages".into()));
    }
    if !sandbox::private_namespaces_allowed() {
        return Ok(Some("no mounts of our own here".into()));
    }
    if roots().join(suite).exists() {
        return Ok(None);
    }
    let mirror = match mirror()? {
        Ok(mirror) => mirror,
        Err(reason) => return Ok(Some(reason)),
    };
    if own_release()? == suite {
        return Ok(None);
    }
    let index = format!("{}/dists/{suite}/InRelease", mirror.trim_end_matches('/'));
    let folder = tempfile::tempdir()?;
    let mut fetch = Command::new("/usr/lib/apt/apt-helper");
    fetch.args(["download-file", &index]).arg(folder.path().join("InRelease"));
    let fetched = process::run(fetch, "", TIMEOUT)?.succeed();
    Ok(fetched.is_err().then(|| format!("this machine's source of packages has no {suite}: {index}")))
}

/// Where it is, once it was made.
pub fn folder(suite: &str, purpose: &str) -> PathBuf {
    roots().join(format!("{suite}-{purpose}"))
}

fn roots() -> PathBuf {
    cargo::target().join("roots")
}

/// What those lock who use or make this root; those of other purposes go on meanwhile.
fn lock_file(root: &Path) -> Result<File> {
    fs::create_dir_all(roots())?;
    Ok(File::create(root.with_extension("lock"))?)
}

/// The release with what it cannot be without: made once, copied for each purpose.
fn smallest(suite: &str) -> Result<PathBuf> {
    let root = roots().join(suite);
    let lock = lock_file(&root)?;
    flock(&lock, FlockOperation::LockExclusive)?;
    if root.exists() {
        return Ok(root);
    }
    packages::ensure(PACKAGES.iter().copied())?;
    let unfinished = root.with_extension("unfinished");
    remove(&unfinished)?;
    fs::create_dir_all(&unfinished)?;
    println!("Making a Debian {suite} in {}", root.display());
    // What it mounts must not outlive it: a folder with somebody's /proc in it cannot be removed.
    let mut command = in_own_mounts(r#"exec debootstrap "$0" "$@""#);
    command.args(["--variant=minbase", suite]).arg(&unfinished).arg(mirror()?.map_err(Error::msg)?);
    run_tool(command)?;
    // Nothing starts services in a folder.
    let policy = unfinished.join("usr/sbin/policy-rc.d");
    fs::write(&policy, "#!/bin/sh\nexit 101\n")?;
    fs::set_permissions(&policy, Permissions::from_mode(0o755))?;
    fs::write(unfinished.join("etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n")?;
    fs::rename(&unfinished, &root)?;
    Ok(root)
}

/// Where this machine's own packages come from, or why debootstrap cannot fetch others there.
fn mirror() -> Result<Result<String, String>> {
    let mut command = Command::new("apt-get");
    let format = "$(CODENAME) $(COMPONENT) $(REPO_URI)";
    command.args(["indextargets", "--format", format, "Created-By: Packages"]);
    Ok(mirror_for(&own_release()?, &run_tool(command)?.stdout))
}

/// By the lines of `apt-get indextargets`.
fn mirror_for(suite: &str, sources: &str) -> Result<String, String> {
    let wanted = format!("{suite} main ");
    let mut mirrors = sources.lines().filter_map(|line| line.strip_prefix(&wanted)).peekable();
    let first = *mirrors.peek().ok_or(format!("this machine has no source of packages for {suite}"))?;
    let mirror = mirrors.find(|mirror| mirror.starts_with("http"));
    mirror
        .map(str::to_owned)
        .ok_or(format!("this machine's source of packages is none for debootstrap: {first}"))
}

fn run_tool(command: Command) -> Result<ProgramOutput> {
    process::run(command, "", TIMEOUT)?.succeed()
}

fn remove(folder: &Path) -> Result<()> {
    match folder.exists() {
        true => fs::remove_dir_all(folder).map_err(Into::into),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_debootstrap_cannot_use_is_a_reason() {
        let source = |mirror: &str| format!("bookworm contrib http://other/\nbookworm main {mirror}\n");
        assert_eq!(mirror_for("bookworm", &source("http://deb/debian/")), Ok("http://deb/debian/".into()));
        for other in ["mirror+file:/etc/apt/mirrors.list", "cdrom://disc/"] {
            let reason = mirror_for("bookworm", &source(other)).unwrap_err();
            assert!(reason.contains(other), "{reason}");
        }
        let two = source("mirror+file:/etc/apt/mirrors.list") + &source("https://deb/debian/");
        assert_eq!(mirror_for("bookworm", &two), Ok("https://deb/debian/".into()));
        assert!(mirror_for("trixie", &two).unwrap_err().contains("trixie"));
    }

    #[test]
    fn each_release_has_the_other_one() {
        let [bookworm, trixie, ubuntu] = ["bookworm", "trixie", "noble"].map(other_than);
        assert_eq!((bookworm, trixie, ubuntu), (Some("trixie"), Some("bookworm"), None));
    }
}
