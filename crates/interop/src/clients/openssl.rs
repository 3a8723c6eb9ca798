//! OpenSSL 3 through libp11's engine (Debian: `libengine-pkcs11-openssl`) and through its provider (`pkcs11-provider`,
//! from Debian 13): TLS in both versions, plain and CMS signatures, requests for certificates.
//!
//! Both learn module and PIN from an openssl.cnf of our own, so nothing on the system changes and no PIN is
//! on a command line. 1024-bit cards need `@SECLEVEL=0` there: OpenSSL's default refuses such keys.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use pem_rfc7468::LineEnding;

use super::check::{Check, every_card, every_supported_card, on_each, pass};
use super::cns_command;
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, card, certificates};

pub const PACKAGES: &[&str] = &["openssl", "libengine-pkcs11-openssl"];
pub const PROVIDER_PACKAGES: &[&str] = &["openssl", "pkcs11-provider"];

/// What OpenSSL loads the module with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    Engine,
    Provider,
}
use Support::{Engine, Provider};

pub fn checks() -> Vec<Check> {
    // TLS 1.2 signs with PKCS#1 v1.5, TLS 1.3 with PSS: every family must do both.
    let (cards, supported) = (every_card(), every_supported_card());
    [
        on_each(&supported, "openssl s_client: logs in with TLS 1.2", |testbed| {
            login(testbed, Engine, Tls::V1_2)
        }),
        on_each(&supported, "openssl s_client: logs in with TLS 1.3", |testbed| {
            login(testbed, Engine, Tls::V1_3)
        }),
        on_each(&cards, "openssl dgst -sign: verified with the certificate", |testbed| sign(testbed, Engine)),
        on_each(&cards, "openssl cms -sign: verified", |testbed| sign_message(testbed, Engine)),
    ]
    .concat()
}

pub fn provider_checks() -> Vec<Check> {
    let supported = every_supported_card();
    let each_length = ["cardos", card::DEFAULT];
    [
        on_each(&supported, "openssl s_client, provider: logs in with TLS 1.2", |testbed| {
            login(testbed, Provider, Tls::V1_2)
        }),
        on_each(&supported, "openssl s_client, provider: logs in with TLS 1.3", |testbed| {
            login(testbed, Provider, Tls::V1_3)
        }),
        on_each(&each_length, "openssl dgst -sign, provider: verified with the certificate", |testbed| {
            sign(testbed, Provider)
        }),
        on_each(&each_length, "openssl pkeyutl -sign, provider: verified with the certificate", sign_digest),
        on_each(&each_length, "openssl cms -sign, provider: verified", |testbed| {
            sign_message(testbed, Provider)
        }),
        on_each(&each_length, "openssl req -new, provider: verified", request),
        on_each(&[card::DEFAULT], "openssl with the file of cns setup: signs", with_setup),
    ]
    .concat()
}

/// Writes the openssl.cnf that makes a program find engine, module and PIN.
pub fn configuration(client: &ClientEnvironment) -> Result<PathBuf> {
    configuration_of(client, Engine)
}

/// The same for either.
pub fn configuration_of(client: &ClientEnvironment, support: Support) -> Result<PathBuf> {
    let (module, pin) = (client.module.display(), &client.pin);
    let sections = match support {
        Engine => format!(
            "engines = engines\n[engines]\npkcs11 = pkcs11\n[pkcs11]\n\
             engine_id = pkcs11\nMODULE_PATH = {module}\nPIN = {pin}\ninit = 0\n"
        ),
        Provider => format!(
            "providers = providers\n[providers]\ndefault = usual\npkcs11 = pkcs11\n[usual]\nactivate = 1\n\
             [pkcs11]\npkcs11-module-path = {module}\npkcs11-module-token-pin = {pin}\nactivate = 1\n"
        ),
    };
    client.write(
        "openssl.cnf",
        &format!(
            "openssl_conf = main\n[main]\nssl_conf = tls\n{sections}\
             [tls]\nsystem_default = tls_defaults\n[tls_defaults]\nCipherString = DEFAULT@SECLEVEL=0\n"
        ),
    )
}

/// The key in a PEM file, for programs that know keys in files only: the provider's own way to write a URI.
pub fn key_file(client: &ClientEnvironment) -> Result<PathBuf> {
    // DER: a sequence of VisibleString and UTF8String.
    let element = |tag: u8, content: &[u8]| -> Result<Vec<u8>> {
        let length = u8::try_from(content.len()).ok().filter(|length| *length < 0x80);
        Ok([&[tag, length.context("too long")?], content].concat())
    };
    let parts = [element(0x1A, b"PKCS#11 Provider URI v1.0")?, element(0x0C, client.key_uri().as_bytes())?];
    let der = element(0x30, &parts.concat())?;
    let pem = pem_rfc7468::encode_string("PKCS#11 PROVIDER URI", LineEnding::LF, &der);
    client.write("key-uri.pem", &pem.ok().context("cannot write a URI as PEM")?)
}

/// The URI of the key that leads to the PIN as well, for a provider that has no configuration of ours.
pub fn key_uri_with_pin(client: &ClientEnvironment) -> Result<String> {
    let pin = client.write("pin", &client.pin)?;
    Ok(format!("{}?pin-source=file:{}", client.key_uri(), pin.display()))
}

/// `openssl` with engine or provider at hand.
fn openssl(client: &ClientEnvironment, support: Support, arguments: &[&str]) -> Result<Command> {
    let mut command = client.command("openssl");
    command.env("OPENSSL_CONF", configuration_of(client, support)?).args(arguments);
    Ok(command)
}

/// Options that say where the key is.
fn key_options(support: Support) -> &'static [&'static str] {
    match support {
        Engine => &["-engine", "pkcs11", "-keyform", "engine"],
        Provider => &[],
    }
}

/// One page through s_client, with the engine.
pub fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    visit_with(client, Engine, tls)
}

fn visit_with(client: &ClientEnvironment, support: Support, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        let version = if tls == Tls::V1_2 { "-tls1_2" } else { "-tls1_3" };
        let mut command =
            openssl(client, support, &["s_client", version, "-connect", &portal.host_and_port()])?;
        command.args(key_options(support)).args(["-key", &client.key_uri()]);
        command.arg("-cert").arg(client.certificate_file()?).arg("-CAfile").arg(portal.ca_file());
        command.args(["-verify_return_error", "-ign_eof"]);
        process::run(command, "GET / HTTP/1.0\r\n\r\n", CLIENT_LIMIT)
    })
}

fn login(testbed: &mut Testbed, support: Support, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, |client, tls| visit_with(client, support, tls))?.to_string())
}

/// The public key of the certificate, by OpenSSL alone.
pub fn public_key(client: &ClientEnvironment) -> Result<()> {
    client.certificate_file()?;
    let mut command = client.command("openssl");
    command.args(["x509", "-in", "card.pem", "-noout", "-pubkey", "-out", "key.pem"]);
    client.run(command)?.succeed().map(|_| ())
}

fn sign(testbed: &mut Testbed, support: Support) -> Result<StepOutcome> {
    let client = &testbed.client;
    public_key(client)?;
    client.write("text", "Un testo da firmare\n")?;
    let schemes: &[(&str, &[&str])] = &[
        ("-sha256", &[]),
        ("-sha1", &[]),
        ("-sha512", &[]),
        ("-sha256", &["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]),
    ];
    for (digest, options) in schemes {
        let mut sign = openssl(client, support, &["dgst", digest])?;
        sign.args(key_options(support)).args(*options);
        sign.args(["-sign", &client.key_uri(), "-out", "signature", "text"]);
        client.run(sign)?.succeed()?;
        let mut verify = client.command("openssl");
        verify.args(["dgst", digest]).args(*options);
        verify.args(["-verify", "key.pem", "-signature", "signature", "text"]);
        client.run(verify)?.succeed()?.expect_output("Verified OK")?;
    }
    ensure!(testbed.card.signature_count() >= schemes.len(), "the card made fewer signatures");
    pass("PKCS#1 with SHA-1, SHA-256, SHA-512, and PSS")
}

/// What is signed is a digest already.
fn sign_digest(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    public_key(client)?;
    client.write("digest", "trentadue byte, come per SHA-256")?;
    let pss = ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"];
    for options in [&[][..], &pss] {
        let common = ["pkeyutl", "-in", "digest", "-pkeyopt", "digest:sha256"];
        let mut sign = openssl(client, Provider, &common)?;
        sign.args(options).args(["-sign", "-inkey", &client.key_uri(), "-out", "signature"]);
        client.run(sign)?.succeed()?;
        let mut verify = client.command("openssl");
        verify.args(common).args(options);
        verify.args(["-verify", "-pubin", "-inkey", "key.pem", "-sigfile", "signature"]);
        client.run(verify)?.succeed()?.expect_output("Signature Verified Successfully")?;
    }
    ensure!(testbed.card.signature_count() == 2, "not two signatures");
    pass("PKCS#1 and PSS")
}

fn sign_message(testbed: &mut Testbed, support: Support) -> Result<StepOutcome> {
    let client = &testbed.client;
    client.certificate_file()?;
    client.write("message", "Un messaggio da firmare\n")?;
    client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
    let mut sign = openssl(client, support, &["cms", "-sign"])?;
    sign.args(key_options(support));
    sign.args(["-inkey", &client.key_uri(), "-signer", "card.pem", "-in", "message", "-out", "message.cms"]);
    client.run(sign)?.succeed()?;
    let mut verify = client.command("openssl");
    verify.args(["cms", "-verify", "-in", "message.cms", "-CAfile", "cns-ca.pem", "-purpose", "any"]);
    // The certificate is checked at level 0 for the sake of 1024-bit keys.
    verify.args(["-auth_level", "0"]);
    client.run(verify)?.succeed()?.expect_output("Un messaggio da firmare")?;
    pass("signed and verified")
}

fn request(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    public_key(client)?;
    let mut request = openssl(client, Provider, &["req", "-new", "-subj", "/CN=Prova"])?;
    request.args([
        "-config",
        &client.write("req.cnf", "[req]\ndistinguished_name = name\n[name]\n")?.display().to_string(),
    ]);
    request.args(["-key", &client.key_uri(), "-out", "request.pem"]);
    client.run(request)?.succeed()?;
    let mut verify = client.command("openssl");
    verify.args(["req", "-in", "request.pem", "-verify", "-noout", "-pubkey"]);
    let said = client.run(verify)?.succeed()?;
    let key = fs::read_to_string(client.file("key.pem"))?;
    ensure!(said.stdout.contains(&key), "{}", said.report("is for another key"));
    pass("signed with the card's key")
}

/// The file as people have it, engine and provider in it where both are installed; the PIN is in the URI.
fn with_setup(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    public_key(client)?;
    let mut setup = cns_command::cns(client, &["setup", "openssl", "--user", "--module"])?;
    setup.arg(&client.module);
    client.run(setup)?.succeed()?;
    let configuration = client.file("home/.config/cns/openssl.cnf");
    client.write("text", "Un testo da firmare\n")?;
    let uri = key_uri_with_pin(client)?;
    let mut sign = client.command("openssl");
    sign.env("OPENSSL_CONF", &configuration);
    sign.args(["dgst", "-sha256", "-sign", &uri, "-out", "signature", "text"]);
    client.run(sign)?.succeed()?;
    let mut verify = client.command("openssl");
    verify.args(["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "text"]);
    client.run(verify)?.succeed()?.expect_output("Verified OK")?;
    ensure!(testbed.card.verify_count() == 1, "{} VERIFY for one signature", testbed.card.verify_count());
    pass("one PIN, one signature")
}
