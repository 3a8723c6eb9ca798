//! OpenSSL 3 through libp11's engine (Debian: `libengine-pkcs11-openssl`): TLS in both versions, plain and CMS
//! signatures.
//!
//! The engine learns module and PIN from an openssl.cnf of our own, so nothing on the system changes and no PIN is
//! on a command line. 1024-bit cards need `@SECLEVEL=0` there: OpenSSL's default refuses such keys.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use super::check::{Check, every_card, every_supported_card, on_each, pass};
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, certificates};

pub const PACKAGES: &[&str] = &["openssl", "libengine-pkcs11-openssl"];

pub fn checks() -> Vec<Check> {
    // TLS 1.2 signs with PKCS#1 v1.5, TLS 1.3 with PSS: every family must do both.
    let (cards, supported) = (every_card(), every_supported_card());
    [
        on_each(&supported, "openssl s_client: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&supported, "openssl s_client: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
        on_each(&cards, "openssl dgst -sign: verified with the certificate", sign),
        on_each(&cards, "openssl cms -sign: verified", sign_message),
    ]
    .concat()
}

/// Writes the openssl.cnf that makes a program find engine, module and PIN.
pub fn configuration(client: &ClientEnvironment) -> Result<PathBuf> {
    let (module, pin) = (client.module.display(), &client.pin);
    client.write(
        "openssl.cnf",
        &format!(
            "openssl_conf = main\n[main]\nengines = engines\nssl_conf = tls\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n\
             engine_id = pkcs11\nMODULE_PATH = {module}\nPIN = {pin}\ninit = 0\n\
             [tls]\nsystem_default = tls_defaults\n[tls_defaults]\nCipherString = DEFAULT@SECLEVEL=0\n"
        ),
    )
}

/// `openssl` with the engine at hand.
fn openssl(client: &ClientEnvironment, arguments: &[&str]) -> Result<Command> {
    let mut command = client.command("openssl");
    command.env("OPENSSL_CONF", configuration(client)?).args(arguments);
    Ok(command)
}

/// One page through s_client.
pub fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        let version = if tls == Tls::V1_2 { "-tls1_2" } else { "-tls1_3" };
        let mut command = openssl(client, &["s_client", version, "-connect", &portal.host_and_port()])?;
        command.args(["-engine", "pkcs11", "-keyform", "engine", "-key", &client.key_uri()]);
        command.arg("-cert").arg(client.certificate_file()?).arg("-CAfile").arg(portal.ca_file());
        command.args(["-verify_return_error", "-ign_eof"]);
        process::run(command, "GET / HTTP/1.0\r\n\r\n", CLIENT_LIMIT)
    })
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, visit)?.to_string())
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    client.certificate_file()?;
    client.write("text", "Un testo da firmare\n")?;
    let key_file = openssl(client, &["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"])?;
    client.run(key_file)?.succeed()?;
    let schemes: &[(&str, &[&str])] = &[
        ("-sha256", &[]),
        ("-sha1", &[]),
        ("-sha512", &[]),
        ("-sha256", &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]),
    ];
    for (digest, options) in schemes {
        let mut sign = openssl(client, &["dgst", "-engine", "pkcs11", "-keyform", "engine", digest])?;
        sign.args(*options).args(["-sign", &client.key_uri(), "-out", "signature", "text"]);
        client.run(sign)?.succeed()?;
        let mut verify = client.command("openssl");
        verify.args(["dgst", digest]).args(*options);
        verify.args(["-verify", "key.pem", "-signature", "signature", "text"]);
        client.run(verify)?.succeed()?.expect_output("Verified OK")?;
    }
    ensure!(testbed.card.signature_count() >= schemes.len(), "the card made fewer signatures");
    pass("PKCS#1 with SHA-1, SHA-256, SHA-512, and PSS")
}

fn sign_message(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    client.certificate_file()?;
    client.write("message", "Un messaggio da firmare\n")?;
    client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
    let mut sign = openssl(client, &["cms", "-sign", "-engine", "pkcs11", "-keyform", "engine"])?;
    sign.args(["-inkey", &client.key_uri(), "-signer", "card.pem", "-in", "message", "-out", "message.cms"]);
    client.run(sign)?.succeed()?;
    let mut verify = client.command("openssl");
    verify.args(["cms", "-verify", "-in", "message.cms", "-CAfile", "cns-ca.pem", "-purpose", "any"]);
    // The certificate is checked at level 0 for the sake of 1024-bit keys.
    verify.args(["-auth_level", "0"]);
    client.run(verify)?.succeed()?.expect_output("Un messaggio da firmare")?;
    pass("signed and verified")
}
