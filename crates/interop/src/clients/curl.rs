//! curl with `--engine pkcs11`, and with a provider, from 8.12: how scripts call the services of the public administration.

use anyhow::Result;

use super::check::{Check, every_card, on_each, pass};
use super::openssl;
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl"];
pub const PROVIDER_PACKAGES: &[&str] = &["curl", "pkcs11-provider"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "curl: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&cards, "curl: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
    ]
    .concat()
}

pub fn provider_checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "curl, provider: logs in with TLS 1.2", |testbed| {
            login_with_provider(testbed, Tls::V1_2)
        }),
        on_each(&cards, "curl, provider: logs in with TLS 1.3", |testbed| {
            login_with_provider(testbed, Tls::V1_3)
        }),
    ]
    .concat()
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, visit)?.to_string())
}

/// One page.
pub fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        let mut command = client.command("curl");
        command.env("OPENSSL_CONF", openssl::configuration(client)?);
        command.args(["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
        command.args(["--tls-max", tls.number(), &format!("--tlsv{}", tls.number())]);
        command.args(["--key-type", "ENG", "--key", &client.key_uri()]);
        command.arg("--cert").arg(client.certificate_file()?);
        command.arg("--cacert").arg(portal.ca_file()).arg(portal.url());
        process::run(command, "", CLIENT_LIMIT)
    })
}

fn login_with_provider(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    let mut version = testbed.client.command("curl");
    version.arg("--version");
    let said = testbed.client.run(version)?.stdout;
    let numbers = said.split([' ', '.']).skip(1).map_while(|number| number.parse::<u32>().ok());
    if numbers.lt([8, 12]) {
        return Ok(StepOutcome::Skipped("curl takes a provider from 8.12 on".into()));
    }
    pass(testbed.login(tls, visit_with_provider)?.to_string())
}

/// curl reads no openssl.cnf for its provider: the module is in a variable. Without the type of key and certificate it
/// wants the engine.
fn visit_with_provider(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        let mut command = client.command("curl");
        command.env("PKCS11_PROVIDER_MODULE", &client.module);
        command.args(["--silent", "--show-error", "--fail"]);
        command.args(["--tls-max", tls.number(), &format!("--tlsv{}", tls.number())]);
        command.args(["--key-type", "PROV", "--key", &openssl::key_uri_with_pin(client)?]);
        command.args(["--cert-type", "PROV", "--cert", &format!("pkcs11:{}type=cert", client.token)]);
        command.arg("--cacert").arg(portal.ca_file()).arg(portal.url());
        process::run(command, "", CLIENT_LIMIT)
    })
}
