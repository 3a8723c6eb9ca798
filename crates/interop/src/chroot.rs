//! Programs of a system in a folder, run as its administrator runs them.

use std::path::Path;
use std::process::Command;

/// A program of the system in `root`, as its administrator.
pub fn inside(root: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("chroot");
    command.arg(root).arg(program).args(arguments);
    as_administrator(&mut command);
    command
}

/// `apt-get` in there, without questions. What packages do while they are installed may need /proc.
pub fn apt_get(root: &Path, arguments: &[&str]) -> Command {
    let mut command = in_own_mounts(r#"mount --rbind /proc "$0/proc" && exec chroot "$0" "$@""#);
    command.arg(root).args(["apt-get", "-y", "-qq", "--no-install-recommends"]);
    // What a power cut would leave is made anew.
    command.args(["-o", "APT::Sandbox::User=root", "-o", "DPkg::Options::=--force-unsafe-io"]);
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
    as_administrator(&mut command);
    command
}

/// A shell's script whose mounts nobody else sees, and that go with it.
pub fn in_own_mounts(script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--propagation", "private", "--", "sh", "-c", script]);
    command
}

fn as_administrator(command: &mut Command) {
    command.env("HOME", "/root").env("LC_ALL", "C.UTF-8").current_dir("/");
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    for folder in
        ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "PCSCLITE_CSOCK_NAME"]
    {
        command.env_remove(folder);
    }
}
