//! stunnel, which does TLS for a program that does none: its key is the card's, through the engine. As a daemon it
//! cannot ask, so the PIN is in its configuration.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::check::{Check, on_each, pass, wrong_pin};
use crate::process::{self, Process, wait_until};
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{card, display};

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl", "stunnel4"];

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    on_each(&cards, "stunnel: logs in for curl, which speaks plain HTTP to it, TLS 1.2 and 1.3", |testbed| {
        wrong_pin(testbed, |pin| {
            let (command, _) = stunnel(&testbed.client, Tls::V1_3, pin)?;
            testbed.client.run(command)
        })?;
        let old = testbed.login(Tls::V1_2, visit)?;
        let new = testbed.login(Tls::V1_3, visit)?;
        pass(format!("{old}; {new}; a wrong PIN cost one try"))
    })
}

/// stunnel in the foreground, and where it listens.
fn stunnel(client: &ClientEnvironment, tls: Tls, pin: &str) -> Result<(Command, u16)> {
    let listens = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    client.certificate_file()?;
    let portal = client.portal()?;
    let file = client.write(
        "stunnel.conf",
        &format!(
            "foreground = yes\nsyslog = no\ndebug = info\npid =\nengine = pkcs11\nengineCtrl = MODULE_PATH:{module}\n\
             engineCtrl = PIN:{pin}\n\
             [portal]\nclient = yes\naccept = 127.0.0.1:{listens}\nconnect = {portal}\n\
             engineId = pkcs11\nkey = {key}\ncert = card.pem\n\
             CAfile = {ca}\nverifyChain = yes\ncheckHost = localhost\n\
             sslVersion = TLSv{version}\nciphers = DEFAULT@SECLEVEL=0\n",
            module = client.module.display(),
            portal = portal.host_and_port(),
            key = client.key_uri(),
            ca = portal.ca_file().display(),
            version = tls.number(),
        ),
    )?;
    let mut command = client.command("stunnel");
    command.arg(file);
    Ok((command, listens))
}

fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    let (command, port) = stunnel(client, tls, &client.pin)?;
    let log = client.file(&format!("stunnel-{}.log", tls.number()));
    let mut process = Process::start(display::log_output(command, &log)?)?;
    // Not by a visit, which it would take to the portal.
    wait_until("stunnel", Duration::from_secs(20), || {
        if !process.runs()? {
            bail!("stunnel ended at once");
        }
        Ok(process::read_lossy(&log)?.contains("Accepting new connections"))
    })
    .with_context(|| process::read_lossy(&log).unwrap_or_default())?;
    client.visit(tls, |_| {
        let mut page = client.command("curl");
        page.args(["--silent", "--show-error", "--fail", &format!("http://127.0.0.1:{port}/")]);
        client.run(page)
    })
}
