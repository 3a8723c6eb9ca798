//! A clean system of the distribution to install into: made once, copied for each run.

use std::path::Path;

use anyhow::Result;
use fs_err as fs;
use interop::debian_root::{DebianRoot, apt_get};

use super::tools::run_tool;

/// What a test needs in there besides the package: programs that use it.
const PROGRAMS: &[&str] = &[
    "opensc",
    "curl",
    "libengine-pkcs11-openssl",
    "p11-kit",
    "firefox-esr",
    "firefox-esr-l10n-it",
    "chromium",
    "fonts-dejavu-core",
];

/// The system that is copied.
pub fn base(suite: &str) -> DebianRoot {
    DebianRoot::new(suite, "clean")
}

/// Makes it, unless it is there; then fetches what `package` depends on, for a test that has no network.
pub fn prepare(suite: &str, package: &Path) -> Result<()> {
    let base = base(suite);
    let done = base.folder().join("var/lib/cns-test-programs");
    let programs = PROGRAMS.join("\n");
    if !fs::read_to_string(&done).is_ok_and(|made_with| made_with == programs) {
        base.remove()?;
        base.install(PROGRAMS)?;
        // OpenSC is here as a program to test with; people's systems mostly lack it, and `cns doctor` would warn of it.
        fs::remove_file(base.folder().join("usr/share/p11-kit/modules/opensc-pkcs11.module"))?;
        fs::write(&done, programs)?;
    }
    bring(package, base.folder())?;
    run_tool(apt_get(base.folder(), &["install", "--download-only", IN_THERE])).map(|_| ())
}

/// Where the package lies in the clean system.
pub const IN_THERE: &str = "/cns-pkcs11.deb";

/// Puts the package there.
pub fn bring(package: &Path, root: &Path) -> Result<()> {
    fs::copy(package, root.join(IN_THERE.trim_start_matches('/')))?;
    Ok(())
}
