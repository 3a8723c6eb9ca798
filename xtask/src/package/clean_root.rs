//! A clean system of the distribution to install into: made once; what a run changes goes with the run.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;
use interop::chroot::apt_get;
use interop::debian_root::{self, DebianRoot};

use super::tools::run_tool;

const PURPOSE: &str = "clean";

/// What a test needs in there besides the package: programs that use it.
const PROGRAMS: &[&str] = &[
    "opensc",
    "curl",
    "sudo",
    "libengine-pkcs11-openssl",
    "p11-kit",
    "firefox-esr",
    "firefox-esr-l10n-it",
    "chromium",
    "fonts-dejavu-core",
];

/// Where the system is, once it was made.
pub fn base(suite: &str) -> PathBuf {
    debian_root::folder(suite, PURPOSE)
}

/// Makes it, unless it is there; then fetches what `package` depends on, for a test that has no network.
pub fn prepare(suite: &str, package: &Path) -> Result<DebianRoot> {
    let base = DebianRoot::with_packages(suite, PURPOSE, PROGRAMS)?;
    // OpenSC is here as a program to test with; people's systems mostly lack it, and `cns doctor` would warn of it.
    let registered = base.folder().join("usr/share/p11-kit/modules/opensc-pkcs11.module");
    if registered.exists() {
        fs::remove_file(registered)?;
    }
    bring(package, base.folder())?;
    let fetch = || {
        run_tool(apt_get(base.folder(), &["install", "--install-recommends", "--download-only", IN_THERE]))
    };
    // A root that was kept may know only of packages that have been replaced since.
    if fetch().is_err() {
        run_tool(apt_get(base.folder(), &["update"]))?;
        fetch()?;
    }
    Ok(base)
}

/// Where the package lies in the clean system.
const IN_THERE: &str = "/cns-pkcs11.deb";

/// Puts the package there.
fn bring(package: &Path, root: &Path) -> Result<()> {
    fs::copy(package, root.join(IN_THERE.trim_start_matches('/')))?;
    Ok(())
}
