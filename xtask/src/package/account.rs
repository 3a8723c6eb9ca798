//! A person who uses the clean system and may become its administrator by sudo, as README.md's reader.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};
use fs_err as fs;
use interop::cargo;
use interop::chroot::inside;

use super::tools::run_tool;

const NAME: &str = "mario";
/// The home, below the folder that is the system's root.
pub const HOME: &str = "home/mario";

/// Makes the account. sudo asks for no password, for there is none, and finds the name of the machine.
pub fn add(root: &Path) -> Result<()> {
    let hosts = root.join("etc/hosts");
    let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
    fs::write(&hosts, format!("{}127.0.1.1 {name}", fs::read_to_string(&hosts)?))?;
    run_tool(inside(root, "useradd", &["--create-home", "--shell", "/bin/bash", NAME]))?;
    let rule = format!("{NAME} ALL=(ALL:ALL) NOPASSWD: ALL\n");
    fs::write(root.join("etc/sudoers.d").join(NAME), rule).map_err(Into::into)
}

/// What somebody else has made in the home becomes the person's.
pub fn take_over(root: &Path, folder: &str) -> Result<()> {
    let owner = format!("{NAME}:{NAME}");
    run_tool(inside(root, "chown", &["--recursive", &owner, &format!("/{HOME}/{folder}")])).map(drop)
}

/// Lines of shell, typed by the person at home.
pub fn shell(root: &Path, lines: &str) -> Command {
    let lines = format!("cd /{HOME}\n{lines}");
    let mut command = inside(root, "runuser", &["-u", NAME, "--", "sh", "-ec", &lines]);
    command.env("HOME", format!("/{HOME}")).env("USER", NAME).env("LOGNAME", NAME);
    command.env_remove("CNS_PKCS11_LOG").env_remove("NO_COLOR");
    command
}

/// The block of a README whose fence says so (` ```sh NAME `), word by word.
pub fn block_of(document: &str, name: &str) -> Result<String> {
    let text = fs::read_to_string(cargo::workspace().join(document))?;
    let fence = format!("```sh {name}");
    let mut lines = text.lines().skip_while(|line| *line != fence);
    lines.next().with_context(|| format!("{document} has no block {fence}"))?;
    Ok(lines.take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect())
}

/// A command as the words of a terminal, with the environment that it gets.
pub fn words(command: &Command) -> Vec<OsString> {
    let mut words = vec![OsString::from("env")];
    for (name, _) in command.get_envs().filter(|(_, value)| value.is_none()) {
        words.extend([OsStr::new("-u"), name].map(OsString::from));
    }
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            words.push([name, OsStr::new("="), value].into_iter().collect());
        }
    }
    words.push(command.get_program().to_owned());
    words.extend(command.get_args().map(OsString::from));
    words
}
