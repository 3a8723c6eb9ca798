//! A clean system of the distribution to install into: made once, copied for each run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::{folder, run_tool};

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

/// Where the system is kept that is copied.
pub fn base() -> PathBuf {
    folder().join("clean-root")
}

/// Makes it, unless it is there; then fetches what `package` depends on, for a test that has no network.
pub fn prepare(package: &Path) -> Result<()> {
    let base = base();
    let done = base.join("var/lib/cns-test-programs");
    let programs = PROGRAMS.join("\n");
    if !fs::read_to_string(&done).is_ok_and(|made_with| made_with == programs) {
        let _ = fs::remove_dir_all(&base);
        fs::create_dir_all(&base)?;
        let (mirror, suite) = distribution()?;
        let mut command = Command::new("debootstrap");
        command.args(["--variant=minbase", &suite]).arg(&base).arg(mirror);
        run_tool(command)?;
        // Nothing starts services in a folder.
        fs::write(base.join("usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n")?;
        run_tool(inside(&base, "chmod", &["755", "/usr/sbin/policy-rc.d"]))?;
        run_tool(apt_get(&base, &[&["install"], PROGRAMS].concat()))?;
        // OpenSC is here as a program to test with; people's systems mostly lack it, and `cns doctor` would warn of it.
        fs::remove_file(base.join("usr/share/p11-kit/modules/opensc-pkcs11.module"))?;
        fs::write(&done, programs)?;
    }
    bring(package, &base)?;
    run_tool(apt_get(&base, &["install", "--download-only", IN_THERE])).map(|_| ())
}

/// Where the package lies in the clean system.
pub const IN_THERE: &str = "/cns-pkcs11.deb";

/// Puts the package there.
pub fn bring(package: &Path, root: &Path) -> Result<()> {
    fs::copy(package, root.join(IN_THERE.trim_start_matches('/')))?;
    Ok(())
}

/// A program of the system in `root`, as its administrator.
pub fn inside(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("chroot");
    command
        .arg(root)
        .arg(program)
        .args(arguments)
        .env("HOME", "/root")
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    for folder in
        ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "PCSCLITE_CSOCK_NAME"]
    {
        command.env_remove(folder);
    }
    command
}

/// `apt-get` in there, without questions.
pub fn apt_get(root: &Path, arguments: &[&str]) -> Command {
    let options = ["-y", "-qq", "--no-install-recommends", "-o", "APT::Sandbox::User=root"];
    let mut command = inside(root, "apt-get", &[&options, arguments].concat());
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Where this machine's own packages come from, and the name of its release.
fn distribution() -> Result<(String, String)> {
    let release = fs::read_to_string("/etc/os-release")?;
    let suite = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let suite = suite.context("/etc/os-release names no release")?.trim_matches('"').to_owned();
    let mut command = Command::new("apt-get");
    command.args([
        "indextargets",
        "--format",
        "$(CODENAME) $(COMPONENT) $(REPO_URI)",
        "Created-By: Packages",
    ]);
    let sources = run_tool(command)?.stdout;
    let wanted = format!("{suite} main ");
    let mirror = sources.lines().find_map(|line| line.strip_prefix(&wanted));
    let mirror = mirror.with_context(|| format!("this machine has no source of packages for {suite}"))?;
    ensure!(mirror.starts_with("http"), "the source of packages is not on the network: {mirror}");
    Ok((mirror.to_owned(), suite))
}
