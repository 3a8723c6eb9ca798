//! Builds in a clean Debian 13, which has the oldest compiler that the product is to be built with, and no network.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use interop::debian_root::{self, DebianRoot};
use interop::report::StepOutcome;
use interop::{cargo, packages, programs};

/// The release whose Rust is the oldest that counts (docs/decisions/0030).
const SUITE: &str = "trixie";

/// What the step of `cargo xtask test` needs in there.
const COMPILER: &[&str] = &["cargo", "rustc", "gcc", "libc6-dev", "libpcsclite-dev", "pkg-config"];

/// Mounts, and a loopback device, for the script that comes last.
const PREPARATION: &str = r#"set -e
root=$1; script=$2; shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
ip link set lo up
while [ $# -gt 0 ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    shift 2
done
exec chroot "$root" sh -ec "$script""#;

/// A Debian 13 with these packages, or why there is none.
pub fn root(purpose: &str, wishes: &[&'static str]) -> Result<Result<DebianRoot, String>> {
    if let Some(reason) = debian_root::unavailable(SUITE)? {
        return Ok(Err(reason));
    }
    packages::ensure(["util-linux", "iproute2"])?;
    Ok(Ok(DebianRoot::with_packages(SUITE, purpose, wishes)?))
}

/// Runs a script in there, with these folders of this machine at these places.
pub fn run_in(root: &DebianRoot, folders: &[(&Path, &str)], script: &str) -> Result<()> {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--propagation", "private", "--", "sh", "-c", PREPARATION, "sh"]);
    command.arg(root.folder()).arg(script);
    for (folder, place) in folders {
        command.arg(folder).arg(place);
    }
    command.env_clear().current_dir("/");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    command.env("HOME", "/root").env("LC_ALL", "C.UTF-8");
    ensure!(programs::status(&mut command)?.success(), "see above");
    Ok(())
}

/// The step of `cargo xtask test`: module and command with Debian's compiler. Their unit tests, whose crates take longer to
/// compile than these two, run with it in `cargo xtask package --debian-source --test`.
pub fn step_of_test() -> Result<StepOutcome> {
    let root = match root("compiler", COMPILER)? {
        Ok(root) => root,
        Err(reason) => return Ok(StepOutcome::Skipped(reason)),
    };
    cargo::cargo(&["fetch", "--locked", "--quiet"])?;
    let built = cargo::target().join("debian-compiler");
    fs_err::create_dir_all(&built)?;
    run_in(
        &root,
        &[
            (cargo::workspace(), "/src"),
            (&cargo::home()?.join("registry"), "/root/.cargo/registry"),
            (&built, "/built"),
        ],
        "cd /src
        export CARGO_TARGET_DIR=/built CARGO_NET_OFFLINE=true CARGO_INCREMENTAL=0
        cargo build --locked --package cns-pkcs11 --package cns-tool
        rustc --version",
    )?;
    Ok(().into())
}
