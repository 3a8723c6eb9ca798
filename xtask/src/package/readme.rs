//! README's way from nothing to a package, word by word, on a fresh Debian that has a person with sudo and the network.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::tools::{folder, run_tool};
use super::{account, deb, local_test};
use interop::chroot::{apt_get, in_own_mounts};
use interop::debian_root::{self, DebianRoot};
use interop::report::{Report, StepOutcome};
use interop::{cargo, packages, programs};

const README: &str = "README.md";
/// What stands in the block for the address of the repository.
const ADDRESS: &str = "ADDRESS-OF-THIS-PAGE";
/// The copy of the repository that is there instead, in the person's home.
const REPOSITORY: &str = "repository.git";
/// What the block makes, in the person's home.
const CLONE: &str = "cns-pkcs11";
/// What Debian 12 has for `cargo`, and README's sentence that says so.
const ON_BOOKWORM: (&str, &str) =
    ("cargo-web rustc-web", "On Debian 12 write `cargo-web rustc-web` for `cargo`");

/// Where the package is that was built on this release.
pub fn package(suite: &str) -> Result<PathBuf> {
    let package = deb::path("cns-pkcs11")?;
    Ok(place(suite).join(package.file_name().context("a package has a name")?))
}

/// Where the files are that it installed below /usr/local.
pub fn installed(suite: &str) -> PathBuf {
    place(suite).join("local")
}

fn place(suite: &str) -> PathBuf {
    folder().join(format!("readme-{suite}"))
}

/// The steps. The package and what was installed stay, the system goes.
pub fn steps(report: &mut Report, suite: &str) {
    let root = debian_root::folder(suite, "readme-run");
    let _ = fs::remove_dir_all(place(suite));
    report.step("a fresh system with a person who has sudo", || fresh(&root, suite));
    report.step("README's source-package, word by word", || {
        at_home(&root, &source_package(suite)?)?;
        keep(&root, suite)
    });
    report.step("README's source, word by word: below /usr/local", || {
        let block = account::block_of(README, "source")?;
        at_home(&root, &format!("cd {CLONE}\n{block}"))?;
        keep_installed(&root, suite)
    });
    report.step("the fresh system is removed", || fs::remove_dir_all(&root).map_err(Into::into));
}

/// Made anew: an earlier run would have left what it needed.
fn fresh(root: &Path, suite: &str) -> Result<StepOutcome> {
    if let Some(reason) = debian_root::unavailable(suite)? {
        anyhow::bail!(reason);
    }
    packages::ensure(["git"])?;
    let base = DebianRoot::with_packages(suite, "readme", &["sudo"])?;
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    let mut copy = Command::new("cp");
    copy.arg("--archive").arg(base.folder()).arg(root);
    run_tool(copy)?;
    run_tool(apt_get(root, &["update"]))?;
    account::add(root)?;
    let repository = root.join(account::HOME).join(REPOSITORY);
    let mut clone = Command::new("git");
    clone.args(["clone", "--quiet", "--bare"]).arg(cargo::workspace()).arg(&repository);
    run_tool(clone)?;
    account::take_over(root, REPOSITORY)?;
    if let Some(certificates) = env::var_os("SSL_CERT_FILE") {
        fs::copy(certificates, root.join(&CERTIFICATES[1..]))?;
    }
    Ok(().into())
}

/// Whom this machine trusts, where a variable says so: behind a proxy the person's cargo must do so, too.
const CERTIFICATES: &str = "/etc/certificates-of-this-machine.pem";

/// The block, as it is typed on this release.
fn source_package(suite: &str) -> Result<String> {
    let block = account::block_of(README, "source-package")?;
    let text = fs::read_to_string(cargo::workspace().join(README))?;
    let (instead, sentence) = ON_BOOKWORM;
    ensure!(text.contains(sentence), "{README} says no more: {sentence}");
    let block = block.replace(ADDRESS, REPOSITORY);
    Ok(if suite == "bookworm" { block.replace("gcc cargo\n", &format!("gcc {instead}\n")) } else { block })
}

/// Lines of shell, typed by the person at home, who answers apt's question with yes.
fn at_home(root: &Path, lines: &str) -> Result<()> {
    let mount =
        r#"mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && echo y | chroot "$0" "$@""#;
    let mut command = in_own_mounts(mount);
    let shell = account::shell(root, &format!("set -x\n{lines}"));
    command.arg(root).args(shell.get_args().skip(1)).env_clear().current_dir("/");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.env("HOME", format!("/{}", account::HOME)).env("LC_ALL", "C.UTF-8");
    for proxy in ["http_proxy", "https_proxy", "no_proxy"] {
        if let Some(value) = env::var_os(proxy) {
            command.env(proxy, value);
        }
    }
    if root.join(&CERTIFICATES[1..]).exists() {
        command.env("CARGO_HTTP_CAINFO", CERTIFICATES);
    }
    ensure!(programs::status(&mut command)?.success(), "see above");
    Ok(())
}

/// What the `source` block has installed is kept.
fn keep_installed(root: &Path, suite: &str) -> Result<StepOutcome> {
    let (from, to) = (root.join(local_test::PREFIX), installed(suite));
    for file in local_test::FILES {
        let place = to.join(file);
        fs::create_dir_all(place.parent().context("a file has a folder")?)?;
        fs::copy(from.join(file), place)?;
    }
    Ok(StepOutcome::Passed(to.display().to_string()))
}

/// The package is kept.
fn keep(root: &Path, suite: &str) -> Result<StepOutcome> {
    let package = package(suite)?;
    let name = package.file_name().context("a package has a name")?;
    fs::create_dir_all(place(suite))?;
    fs::copy(root.join(account::HOME).join(CLONE).join("target/package").join(name), &package)?;
    Ok(StepOutcome::Passed(package.display().to_string()))
}
