//! OpenSSH: the CNS as an SSH key, against an sshd on the loopback.
//!
//! `ssh-keygen -D` lists the public key, `ssh -I` logs in once, `ssh-add -s` hands the card to an agent, which then
//! logs in twice with another program using the card in between. OpenSSH keeps one session open for the life of
//! its helper and never repairs it, so the module must not drop one needlessly.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use super::{Check, on_each, pkcs11_tool, shown};
use crate::process::{self, Process, wait_until};
use crate::report::Outcome;
use crate::testbed::desk::{Desk, Mount};
use crate::testbed::{Stack, card};

pub const PACKAGES: &[&str] = &["openssh-client", "openssh-server"];

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "OpenSSH ssh -I: logs in", direct),
        on_each(&cards, "OpenSSH ssh-add -s: two logins, another program in between", agent),
    ]
    .concat()
}

/// An sshd that takes the card's key only.
#[derive(Debug)]
struct Server {
    _process: Process,
    port: u16,
}

impl Server {
    fn start(stack: &Stack) -> Result<Self> {
        let desk = &stack.desk;
        let mut list = desk.client("ssh-keygen");
        list.arg("-D").arg(&desk.module);
        let key = desk.run(list)?.succeed()?.says("ssh-rsa")?.stdout;
        pkcs11_tool::expect_verifies(stack, 0)?;
        desk.write("authorized_keys", &key)?;
        let mut make = desk.client("ssh-keygen");
        make.args(["-q", "-t", "ed25519", "-N", "", "-f", "host_key"]);
        desk.run(make)?.succeed()?;
        let host_key = process::lossy(&desk.file("host_key.pub"))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        desk.write("known_hosts", &format!("[127.0.0.1]:{port} {host_key}"))?;
        let configuration = desk.write("sshd_config", &configuration(desk, port))?;
        // It demands a folder in /run for its privilege separation; ours stands in /run's place for it.
        let run = desk.file("sshd-run");
        fs::create_dir_all(run.join("sshd"))?;
        let mut command = desk.client_with(&[Mount::new(&run, "/run")], absolute("sshd")?);
        command.arg("-D").arg("-e").arg("-f").arg(&configuration).stdin(Stdio::null());
        let log = fs::File::create(desk.file("sshd.log"))?.into_file();
        command.stdout(log.try_clone()?).stderr(log);
        let mut process = Process::start(command)?;
        wait_until("sshd", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("sshd ended at once");
            }
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })
        .with_context(|| process::lossy(&desk.file("sshd.log")).unwrap_or_default())?;
        Ok(Self { _process: process, port })
    }

    /// `ssh` to this server, running `true there`.
    fn ssh(&self, desk: &Desk) -> Command {
        let mut command = desk.client("ssh");
        command.args(["-F", "none", "-p", &self.port.to_string(), "-o", "StrictHostKeyChecking=yes"]);
        command.args(["-o", "UserKnownHostsFile=known_hosts", "-o", "PreferredAuthentications=publickey"]);
        command.args(["-o", "PubkeyAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256"]);
        command
    }
}

fn configuration(desk: &Desk, port: u16) -> String {
    format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {key}\nAuthorizedKeysFile {authorized}\nStrictModes no\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPidFile none\n\
         PermitRootLogin yes\nLogLevel VERBOSE\nRequiredRSASize 1024\n",
        key = desk.file("host_key").display(),
        authorized = desk.file("authorized_keys").display()
    )
}

/// sshd must be started by its whole path.
fn absolute(program: &str) -> Result<String> {
    let places = ["/usr/sbin", "/usr/bin"].iter().map(|place| format!("{place}/{program}"));
    places.into_iter().find(|path| Path::new(path).exists()).context("sshd is not installed")
}

/// A script that answers every question with the PIN, which ssh and ssh-add run when there is no terminal.
fn askpass(command: &mut Command, desk: &Desk) -> Result<()> {
    let script = desk.write("askpass", &format!("#!/bin/sh\necho {}\n", desk.pin))?;
    fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700))?;
    command.env("SSH_ASKPASS", script).env("SSH_ASKPASS_REQUIRE", "force");
    Ok(())
}

/// sshd gives up its rights to another user, and there is none in the room of an account that is not root.
fn no_place_for_sshd(desk: &Desk) -> bool {
    let map = process::lossy(Path::new("/proc/self/uid_map")).unwrap_or_default();
    !desk.private || map.split_whitespace().nth(2).is_some_and(|users| users == "1")
}

fn direct(stack: &mut Stack) -> Result<Outcome> {
    if no_place_for_sshd(&stack.desk) {
        return Ok(Outcome::Skipped("sshd needs root".into()));
    }
    let server = Server::start(stack)?;
    let desk = &stack.desk;
    let mut ssh = server.ssh(desk);
    ssh.arg("-I").arg(&desk.module).args(["127.0.0.1", "echo in"]);
    askpass(&mut ssh, desk)?;
    desk.run(ssh)?.succeed()?.says("in\n")?;
    pkcs11_tool::expect_verifies(stack, 1)?;
    ensure!(stack.card.signature_count() == 1, "{} signatures", stack.card.signature_count());
    shown("key listed without PIN, one PIN, one signature")
}

fn agent(stack: &mut Stack) -> Result<Outcome> {
    if no_place_for_sshd(&stack.desk) {
        return Ok(Outcome::Skipped("sshd needs root".into()));
    }
    let server = Server::start(stack)?;
    let desk = &stack.desk;
    let socket = desk.file("agent");
    let mut command = desk.client("ssh-agent");
    let module = desk.module.to_str().context("the module's path")?;
    command.args(["-D", "-P", module]).arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
    let agent = Process::start(command)?;
    wait_until("the agent", Duration::from_secs(10), || Ok(process::listens(&socket)))?;
    let mut add = desk.client("ssh-add");
    add.env("SSH_AUTH_SOCK", &socket).args(["-s", module]);
    askpass(&mut add, desk)?;
    desk.run(add)?.succeed()?.says("Card added")?;
    let login = || {
        let mut ssh = server.ssh(desk);
        ssh.env("SSH_AUTH_SOCK", &socket).args(["-o", "BatchMode=yes", "127.0.0.1", "echo in"]);
        desk.run(ssh)?.succeed()?.says("in\n")
    };
    login()?;
    let between = pkcs11_tool::tool(stack, &["-l", "-p", &desk.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
    process::run(between, "another program", Duration::from_secs(30))?.succeed()?;
    login()?;
    drop(agent);
    shown(format!("{} VERIFY, {} signatures", stack.card.verify_count(), stack.card.signature_count()))
}
