//! OpenVPN on both ends of the loopback: the client's key is the card's, through pkcs11-helper. The client goes into
//! the background, loads the module there, and is told the PIN by whoever manages it, as a desktop's applet does.
//!
//! `--dev null`: no tunnel is set up, for that needs more of the machine than a handshake does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::UdpSocket;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use rustix::process::{Pid, Signal, kill_process};

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::expect_verifies;
use crate::process::{self, Process, wait_until};
use crate::report::StepOutcome;
use crate::testbed::certificates::{self, ServerCertificate};
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::portal::identity;
use crate::testbed::{Testbed, card, display};

pub const PACKAGES: &[&str] = &["openssl", "openvpn"];

const LIMIT: Duration = Duration::from_secs(30);

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "OpenVPN: in the background, PIN by management, TLS 1.2", |testbed| {
            connect(testbed, Tls::V1_2)
        }),
        on_each(&cards, "OpenVPN: in the background, PIN by management, TLS 1.3", |testbed| {
            connect(testbed, Tls::V1_3)
        }),
    ]
    .concat()
}

fn connect(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    let client = &testbed.client;
    let server = Server::start(testbed, tls)?;
    let vpn = Client::start(client, &server)?;
    expect_verifies(testbed, 0)?;
    let question = vpn.answer(&client.pin).with_context(|| vpn.log())?;
    let (tax_code, card_id) = testbed.card.identity();
    let line = wait_until("a peer", LIMIT, || Ok(server.peer()?.is_some())).and_then(|()| server.peer());
    let peer = line.with_context(|| format!("{}\n{}", server.log(), vpn.log()))?.unwrap_or_default();
    ensure!(peer == (tax_code.clone(), card_id), "the server saw {peer:?}");
    wait_until("the client's side", LIMIT, || Ok(vpn.log().contains("Initialization Sequence Completed")))
        .with_context(|| vpn.log())?;
    let version = format!("Control Channel: TLSv{}", tls.number());
    ensure!(server.log().contains(&version), "{}", server.log());
    let counts = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(counts == (1, 1), "{counts:?} VERIFY and signatures for one connection");
    vpn.end()?;
    pass(format!("{tax_code}, TLSv{}, asked for {question:?}", tls.number()))
}

/// What both ends agree on.
fn openvpn(client: &ClientEnvironment, port: u16) -> Command {
    let mut command = client.command("/usr/sbin/openvpn");
    command.args(["--dev", "null", "--proto", "udp", "--verb", "3", "--ifconfig-noexec"]);
    command.args(["--port", &port.to_string(), "--data-ciphers", "AES-256-GCM"]);
    // 1024-bit keys.
    command.args(["--tls-cert-profile", "insecure"]);
    command
}

/// The other end: takes the cards of their CA only.
#[derive(Debug)]
struct Server {
    _process: Process,
    certificate: ServerCertificate,
    port: u16,
    output: PathBuf,
}

impl Server {
    fn start(testbed: &Testbed, tls: Tls) -> Result<Self> {
        let client = &testbed.client;
        let folder = client.fresh_folder("vpn")?;
        let certificate = ServerCertificate::make(&folder)?;
        let ca = client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let mut command = openvpn(client, port);
        command.args(["--local", "127.0.0.1", "--tls-server", "--dh", "none"]);
        command.args(["--tls-version-min", tls.number(), "--tls-version-max", tls.number()]);
        command.arg("--ca").arg(ca).arg("--cert").arg(&certificate.chain).arg("--key").arg(&certificate.key);
        let output = folder.join("server.out");
        let process = Process::start(display::log_output(command, &output)?)?;
        let server = Self { _process: process, certificate, port, output };
        wait_until("the VPN server", LIMIT, || Ok(server.log().contains("UDPv4 link remote")))
            .with_context(|| server.log())?;
        Ok(server)
    }

    fn log(&self) -> String {
        process::read_lossy(&self.output).unwrap_or_default()
    }

    /// Tax code and card of the peer whose handshake is complete.
    fn peer(&self) -> Result<Option<(String, String)>> {
        let log = self.log();
        if !log.contains("Peer Connection Initiated") {
            return Ok(None);
        }
        let subject = log.lines().find_map(|line| line.split_once("VERIFY OK: depth=0, "));
        let (_, subject) = subject.with_context(|| format!("no certificate was verified\n{log}"))?;
        identity(subject).with_context(|| format!("no card: {subject}")).map(Some)
    }
}

/// The end that has the card; in the background once it is started.
#[derive(Debug)]
struct Client {
    pid: Pid,
    management: PathBuf,
    output: PathBuf,
}

impl Client {
    fn start(client: &ClientEnvironment, server: &Server) -> Result<Self> {
        let (management, pid_file) = (client.file("vpn.socket"), client.file("vpn.pid"));
        let output = client.file("vpn.log");
        let mut command = openvpn(client, server.port);
        command.args(["--remote", "127.0.0.1", "--nobind", "--tls-client", "--remote-cert-tls", "server"]);
        command.arg("--ca").arg(&server.certificate.ca);
        command
            .arg("--pkcs11-providers")
            .arg(&client.module)
            .args(["--pkcs11-id", &identity_of_key(client)?]);
        command.arg("--management").arg(&management).arg("unix").arg("--management-query-passwords");
        command.arg("--daemon").arg("--writepid").arg(&pid_file).arg("--log").arg(&output);
        client.run(command)?.succeed()?;
        let mut pid = None;
        wait_until("the process in the background", LIMIT, || {
            let text = fs::read_to_string(&pid_file).unwrap_or_default();
            pid = text.trim().parse().ok().and_then(Pid::from_raw);
            Ok(pid.is_some())
        })
        .with_context(|| process::read_lossy(&output).unwrap_or_default())?;
        Ok(Self { pid: pid.context("a process id")?, management, output })
    }

    fn log(&self) -> String {
        process::read_lossy(&self.output).unwrap_or_default()
    }

    /// Waits until it asks for the PIN and types it; answers what it asked for.
    fn answer(&self, pin: &str) -> Result<String> {
        wait_until("the management socket", LIMIT, || Ok(process::listens(&self.management)))?;
        let mut socket = UnixStream::connect(&self.management)?;
        socket.set_read_timeout(Some(LIMIT))?;
        let mut lines = BufReader::new(socket.try_clone()?).lines();
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            let line = lines.next().context("the management socket was closed")??;
            if let Some(question) = line.strip_prefix(">PASSWORD:Need '") {
                let what = question.split('\'').next().unwrap_or_default();
                writeln!(socket, "password \"{what}\" {pin}")?;
                return Ok(what.to_owned());
            }
        }
        bail!("it never asks for the PIN")
    }

    /// Ends it as a person would, and sees that it went.
    fn end(self) -> Result<()> {
        let _ = kill_process(self.pid, Signal::TERM);
        // Dead, and maybe not buried yet: then it has no command line any more.
        let line = format!("/proc/{}/cmdline", self.pid.as_raw_nonzero());
        wait_until("the end of OpenVPN", LIMIT, || Ok(fs::read(&line).unwrap_or_default().is_empty()))
            .with_context(|| self.log())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = kill_process(self.pid, Signal::TERM);
    }
}

/// The only identity in OpenVPN's own listing.
fn identity_of_key(client: &ClientEnvironment) -> Result<String> {
    let mut list = client.command("/usr/sbin/openvpn");
    list.arg("--show-pkcs11-ids").arg(&client.module);
    let listing = client.run(list)?.succeed()?;
    let id = listing.stdout.lines().find_map(|line| line.trim().strip_prefix("Serialized id:"));
    Ok(id.with_context(|| listing.report("lists no identity"))?.trim().to_owned())
}
