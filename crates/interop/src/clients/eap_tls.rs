//! wpa_supplicant's EAP-TLS, as in a Wi-Fi of an office or a wired network with 802.1X: `eapol_test` is wpa_supplicant
//! without a network card, hostapd the RADIUS server that lets cards of their CA in.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass, wrong_pin};
use crate::process::{self, Process, ProgramOutput, wait_until};
use crate::report::StepOutcome;
use crate::testbed::certificates::{self, ServerCertificate};
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Mount};
use crate::testbed::{Testbed, card, display};

pub const PACKAGES: &[&str] = &["eapoltest", "hostapd", "libengine-pkcs11-openssl", "openssl"];

const SECRET: &str = "between-access-point-and-server";
const ENGINE: &str = "pkcs11.so";

pub fn checks() -> Vec<Check> {
    on_each(
        &[card::DEFAULT, "idemia2021"],
        "wpa_supplicant: EAP-TLS, let in by hostapd's RADIUS server",
        enter,
    )
}

fn enter(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    if !client.private {
        return Ok(StepOutcome::Skipped(
            "no mounts of our own here, and it loads modules of /usr/lib only".into(),
        ));
    }
    let server = Server::start(testbed)?;
    wrong_pin(testbed, |pin| supplicant(client, &server, pin, 3))?;
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    let said = supplicant(client, &server, &client.pin, 20)?;
    let said = said.succeed().with_context(|| server.log())?.expect_output("EAP authentication completed")?;
    // Both ends have the same keys: what would open the Wi-Fi.
    said.expect_output("MPPE keys OK: 1  mismatch: 0")?;
    let (tax_code, card_id) = testbed.card.identity();
    let log = server.log();
    let mut peers =
        log.lines().filter(|line| line.contains("preverify_ok=1 err=0") && line.contains("depth=0"));
    let verified = peers.any(|line| line.contains(&tax_code) && line.contains(&card_id));
    ensure!(verified && log.contains("Sending Access-Accept"), "{log}");
    let after = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(after == (before.0 + 1, before.1 + 1), "VERIFY and signatures: {before:?}, then {after:?}");
    pass(format!("{tax_code}, card {card_id}, one PIN; a wrong PIN cost one try"))
}

/// wpa_supplicant, once; without a key it waits as many seconds as it is given. Since CVE-2024-5290 it loads the engine
/// and the module from /usr/lib only: a copy of both stands there for it.
fn supplicant(client: &ClientEnvironment, server: &Server, pin: &str, seconds: u8) -> Result<ProgramOutput> {
    let engines = engines()?;
    let copies = client.fresh_folder("engines")?;
    fs::copy(engines.join(ENGINE), copies.join(ENGINE))?;
    let name = client.module.file_name().context("the module's name")?;
    fs::copy(&client.module, copies.join(name))?;
    let configuration = client.write(
        "wpa_supplicant.conf",
        &format!(
            r#"pkcs11_engine_path={engine}
pkcs11_module_path={module}
openssl_ciphers=DEFAULT@SECLEVEL=0
network={{
    key_mgmt=IEEE8021X
    eap=TLS
    identity="cns"
    ca_cert="{ca}"
    client_cert="{certificate}"
    engine=1
    engine_id="pkcs11"
    key_id="{key}"
    pin="{pin}"
}}
"#,
            engine = engines.join(ENGINE).display(),
            module = engines.join(name).display(),
            ca = server.certificate.ca.display(),
            certificate = client.certificate_file()?.display(),
            key = client.key_uri(),
        ),
    )?;
    let mut command = client.command_with(&[Mount::new(&copies, &engines)], "eapol_test");
    command.arg("-c").arg(configuration).args([
        "-s",
        SECRET,
        "-p",
        &server.port.to_string(),
        "-t",
        &seconds.to_string(),
    ]);
    client.run(command)
}

/// Where OpenSSL has its engines.
fn engines() -> Result<PathBuf> {
    let mut command = Command::new("openssl");
    command.args(["version", "-e"]);
    let said = process::run(command, "", CLIENT_LIMIT)?.succeed()?;
    let folder = said.stdout.split('"').nth(1).with_context(|| said.report("names no folder"))?;
    Ok(Path::new(folder).to_owned())
}

/// hostapd with its own EAP and RADIUS servers, and no access point.
#[derive(Debug)]
struct Server {
    _process: Process,
    certificate: ServerCertificate,
    port: u16,
    output: PathBuf,
}

impl Server {
    fn start(testbed: &Testbed) -> Result<Self> {
        let client = &testbed.client;
        let folder = client.fresh_folder("radius")?;
        let certificate = ServerCertificate::make(&folder)?;
        let ca = client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
        let port = UdpSocket::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let clients = client.write("radius-clients", &format!("127.0.0.1/32 {SECRET}\n"))?;
        let users = client.write("eap-users", "* TLS\n")?;
        let configuration = client.write(
            "hostapd.conf",
            &format!(
                "driver=none\nradius_server_clients={clients}\nradius_server_auth_port={port}\n\
                 eap_server=1\neap_user_file={users}\nca_cert={ca}\nserver_cert={chain}\nprivate_key={key}\n\
                 openssl_ciphers=DEFAULT@SECLEVEL=0\n",
                clients = clients.display(),
                users = users.display(),
                ca = ca.display(),
                chain = certificate.chain.display(),
                key = certificate.key.display(),
            ),
        )?;
        let mut command = client.command("hostapd");
        command.arg("-d").arg(configuration);
        let output = folder.join("hostapd.out");
        let mut process = Process::start(display::log_output(command, &output)?)?;
        let log = || process::read_lossy(&output).unwrap_or_default();
        wait_until("hostapd", Duration::from_secs(10), || {
            if !process.runs()? {
                bail!("hostapd ended at once");
            }
            Ok(log().contains("AP-ENABLED"))
        })
        .with_context(log)?;
        Ok(Self { _process: process, certificate, port, output })
    }

    fn log(&self) -> String {
        process::read_lossy(&self.output).unwrap_or_default()
    }
}
