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

use super::check::{Check, on_each, pass};
use super::pkcs11_tool;
use crate::process::{self, Process, wait_until};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{ClientEnvironment, Mount};
use crate::testbed::{Testbed, card};

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
    fn start(testbed: &Testbed) -> Result<Self> {
        let client = &testbed.client;
        let mut list = client.command("ssh-keygen");
        list.arg("-D").arg(&client.module);
        let key = client.run(list)?.succeed()?.expect_output("ssh-rsa")?.stdout;
        pkcs11_tool::expect_verifies(testbed, 0)?;
        client.write("authorized_keys", &key)?;
        let mut make = client.command("ssh-keygen");
        make.args(["-q", "-t", "ed25519", "-N", "", "-f", "host_key"]);
        client.run(make)?.succeed()?;
        let host_key = process::read_lossy(&client.file("host_key.pub"))?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        client.write("known_hosts", &format!("[127.0.0.1]:{port} {host_key}"))?;
        let configuration = client.write("sshd_config", &configuration(client, port))?;
        // It demands a folder in /run for its privilege separation; ours stands in /run's place for it.
        let run = client.file("sshd-run");
        fs::create_dir_all(run.join("sshd"))?;
        let mut command = client.command_with(&[Mount::new(&run, "/run")], absolute("sshd")?);
        command.arg("-D").arg("-e").arg("-f").arg(&configuration).stdin(Stdio::null());
        let log = fs::File::create(client.file("sshd.log"))?.into_file();
        command.stdout(log.try_clone()?).stderr(log);
        let mut process = Process::start(command)?;
        wait_until("sshd", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("sshd ended at once");
            }
            Ok(TcpStream::connect(("127.0.0.1", port)).is_ok())
        })
        .with_context(|| process::read_lossy(&client.file("sshd.log")).unwrap_or_default())?;
        Ok(Self { _process: process, port })
    }

    /// `ssh` to this server, running `true there`.
    fn ssh(&self, client: &ClientEnvironment) -> Command {
        let mut command = client.command("ssh");
        command.args(["-F", "none", "-p", &self.port.to_string(), "-o", "StrictHostKeyChecking=yes"]);
        command.args(["-o", "UserKnownHostsFile=known_hosts", "-o", "PreferredAuthentications=publickey"]);
        command.args(["-o", "PubkeyAcceptedAlgorithms=rsa-sha2-512,rsa-sha2-256"]);
        command
    }
}

fn configuration(client: &ClientEnvironment, port: u16) -> String {
    format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {key}\nAuthorizedKeysFile {authorized}\nStrictModes no\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPidFile none\n\
         PermitRootLogin yes\nLogLevel VERBOSE\nRequiredRSASize 1024\n",
        key = client.file("host_key").display(),
        authorized = client.file("authorized_keys").display()
    )
}

/// sshd must be started by its whole path.
fn absolute(program: &str) -> Result<String> {
    let places = ["/usr/sbin", "/usr/bin"].iter().map(|place| format!("{place}/{program}"));
    places.into_iter().find(|path| Path::new(path).exists()).context("sshd is not installed")
}

/// A script that answers every question with the PIN, which ssh and ssh-add run when there is no terminal.
fn askpass(command: &mut Command, client: &ClientEnvironment) -> Result<()> {
    let script = client.write("askpass", &format!("#!/bin/sh\necho {}\n", client.pin))?;
    fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700))?;
    command.env("SSH_ASKPASS", script).env("SSH_ASKPASS_REQUIRE", "force");
    Ok(())
}

/// sshd gives up its rights to another user, and there is none in the sandbox of an account that is not root.
fn no_place_for_sshd(client: &ClientEnvironment) -> bool {
    let map = process::read_lossy(Path::new("/proc/self/uid_map")).unwrap_or_default();
    !client.private || map.split_whitespace().nth(2).is_some_and(|users| users == "1")
}

fn direct(testbed: &mut Testbed) -> Result<StepOutcome> {
    if no_place_for_sshd(&testbed.client) {
        return Ok(StepOutcome::Skipped("sshd needs root".into()));
    }
    let server = Server::start(testbed)?;
    let client = &testbed.client;
    let mut ssh = server.ssh(client);
    ssh.arg("-I").arg(&client.module).args(["127.0.0.1", "echo in"]);
    askpass(&mut ssh, client)?;
    client.run(ssh)?.succeed()?.expect_output("in\n")?;
    pkcs11_tool::expect_verifies(testbed, 1)?;
    ensure!(testbed.card.signature_count() == 1, "{} signatures", testbed.card.signature_count());
    pass("key listed without PIN, one PIN, one signature")
}

fn agent(testbed: &mut Testbed) -> Result<StepOutcome> {
    if no_place_for_sshd(&testbed.client) {
        return Ok(StepOutcome::Skipped("sshd needs root".into()));
    }
    let server = Server::start(testbed)?;
    let client = &testbed.client;
    let socket = client.file("agent");
    let mut command = client.command("ssh-agent");
    let module = client.module.to_str().context("the module's path")?;
    command.args(["-D", "-P", module]).arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
    let agent = Process::start(command)?;
    wait_until("the agent", Duration::from_secs(10), || Ok(process::listens(&socket)))?;
    let mut add = client.command("ssh-add");
    add.env("SSH_AUTH_SOCK", &socket).args(["-s", module]);
    askpass(&mut add, client)?;
    client.run(add)?.succeed()?.expect_output("Card added")?;
    let login = || {
        let mut ssh = server.ssh(client);
        ssh.env("SSH_AUTH_SOCK", &socket).args(["-o", "BatchMode=yes", "127.0.0.1", "echo in"]);
        client.run(ssh)?.succeed()?.expect_output("in\n")
    };
    login()?;
    let between = pkcs11_tool::tool(testbed, &["-l", "-p", &client.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
    process::run(between, "another program", Duration::from_secs(30))?.succeed()?;
    login()?;
    drop(agent);
    pass(format!("{} VERIFY, {} signatures", testbed.card.verify_count(), testbed.card.signature_count()))
}
