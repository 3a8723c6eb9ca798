//! curl with `--engine pkcs11`: how scripts call the services of the public administration.

use anyhow::Result;

use super::check::{Check, every_card, on_each, pass};
use super::openssl;
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "curl: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&cards, "curl: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
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
