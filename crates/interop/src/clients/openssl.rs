//! OpenSSL 3 through libp11's engine (Debian: `libengine-pkcs11-openssl`): TLS in both versions, plain and CMS
//! signatures.
//!
//! The engine learns module and PIN from an openssl.cnf of our own, so nothing on the system changes and no PIN is
//! on a command line. 1024-bit cards need `@SECLEVEL=0` there: OpenSSL's default refuses such keys.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use super::{Check, every_card, every_supported_card, on_each, shown};
use crate::process;
use crate::report::Outcome;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Stack, certificates};

pub const PACKAGES: &[&str] = &["openssl", "libengine-pkcs11-openssl"];

pub fn checks() -> Vec<Check> {
    // TLS 1.2 signs with PKCS#1 v1.5, TLS 1.3 with PSS: every family must do both.
    let (cards, supported) = (every_card(), every_supported_card());
    [
        on_each(&supported, "openssl s_client: logs in with TLS 1.2", |stack| login(stack, Tls::V1_2)),
        on_each(&supported, "openssl s_client: logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
        on_each(&cards, "openssl dgst -sign: verified with the certificate", sign),
        on_each(&cards, "openssl cms -sign: verified", sign_message),
    ]
    .concat()
}

/// Writes the openssl.cnf that makes a program find engine, module and PIN.
pub fn configuration(desk: &Desk) -> Result<PathBuf> {
    let (module, pin) = (desk.module.display(), &desk.pin);
    desk.write(
        "openssl.cnf",
        &format!(
            "openssl_conf = main\n[main]\nengines = engines\nssl_conf = tls\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n\
             engine_id = pkcs11\nMODULE_PATH = {module}\nPIN = {pin}\ninit = 0\n\
             [tls]\nsystem_default = tls_defaults\n[tls_defaults]\nCipherString = DEFAULT@SECLEVEL=0\n"
        ),
    )
}

/// `openssl` with the engine at hand.
fn openssl(desk: &Desk, arguments: &[&str]) -> Result<Command> {
    let mut command = desk.client("openssl");
    command.env("OPENSSL_CONF", configuration(desk)?).args(arguments);
    Ok(command)
}

/// One page through s_client.
pub fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    desk.visit(tls, |portal| {
        let version = if tls == Tls::V1_2 { "-tls1_2" } else { "-tls1_3" };
        let mut command = openssl(desk, &["s_client", version, "-connect", &portal.host_and_port()])?;
        command.args(["-engine", "pkcs11", "-keyform", "engine", "-key", &desk.key_uri()]);
        command.arg("-cert").arg(desk.certificate_file()?).arg("-CAfile").arg(portal.ca_file());
        command.args(["-verify_return_error", "-ign_eof"]);
        process::run(command, "GET / HTTP/1.0\r\n\r\n", CLIENT_LIMIT)
    })
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    shown(stack.login(tls, visit)?.to_string())
}

fn sign(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    desk.certificate_file()?;
    desk.write("text", "Un testo da firmare\n")?;
    let key_file = openssl(desk, &["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"])?;
    desk.run(key_file)?.succeed()?;
    let schemes: &[(&str, &[&str])] = &[
        ("-sha256", &[]),
        ("-sha1", &[]),
        ("-sha512", &[]),
        ("-sha256", &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]),
    ];
    for (digest, options) in schemes {
        let mut sign = openssl(desk, &["dgst", "-engine", "pkcs11", "-keyform", "engine", digest])?;
        sign.args(*options).args(["-sign", &desk.key_uri(), "-out", "signature", "text"]);
        desk.run(sign)?.succeed()?;
        let mut verify = desk.client("openssl");
        verify.args(["dgst", digest]).args(*options);
        verify.args(["-verify", "key.pem", "-signature", "signature", "text"]);
        desk.run(verify)?.succeed()?.says("Verified OK")?;
    }
    ensure!(stack.card.signature_count() >= schemes.len(), "the card made fewer signatures");
    shown("PKCS#1 with SHA-1, SHA-256, SHA-512, and PSS")
}

fn sign_message(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    desk.certificate_file()?;
    desk.write("message", "Un messaggio da firmare\n")?;
    desk.write("cns-ca.pem", &certificates::pem(&stack.card.ca_certificate())?)?;
    let mut sign = openssl(desk, &["cms", "-sign", "-engine", "pkcs11", "-keyform", "engine"])?;
    sign.args(["-inkey", &desk.key_uri(), "-signer", "card.pem", "-in", "message", "-out", "message.cms"]);
    desk.run(sign)?.succeed()?;
    let mut verify = desk.client("openssl");
    verify.args(["cms", "-verify", "-in", "message.cms", "-CAfile", "cns-ca.pem", "-purpose", "any"]);
    // The certificate is checked at level 0 for the sake of 1024-bit keys.
    verify.args(["-auth_level", "0"]);
    desk.run(verify)?.succeed()?.says("Un messaggio da firmare")?;
    shown("signed and verified")
}
