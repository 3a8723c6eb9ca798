//! curl with `--engine pkcs11`: how scripts call the services of the public administration.

use anyhow::Result;

use super::{Check, every_card, on_each, openssl, shown};
use crate::process;
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Tls};
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["curl", "libengine-pkcs11-openssl"];

pub fn checks() -> Vec<Check> {
    let cards = every_card();
    [
        on_each(&cards, "curl: logs in with TLS 1.2", |stack| login(stack, Tls::V1_2)),
        on_each(&cards, "curl: logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
    ]
    .concat()
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    shown(stack.login(tls, visit)?.to_string())
}

/// One page.
pub fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    desk.visit(tls, |portal| {
        let mut command = desk.client("curl");
        command.env("OPENSSL_CONF", openssl::configuration(desk)?);
        command.args(["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
        command.args(["--tls-max", tls.number(), &format!("--tlsv{}", tls.number())]);
        command.args(["--key-type", "ENG", "--key", &desk.key_uri()]);
        command.arg("--cert").arg(desk.certificate_file()?);
        command.arg("--cacert").arg(portal.ca_file()).arg(portal.url());
        process::run(command, "", CLIENT_LIMIT)
    })
}
