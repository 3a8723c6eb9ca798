//! The command `cns` through a real pcscd: what it tells of each card, signatures and logins through the module.
//!
//! What it tells must be, letter for letter, what its own tests (crates/cns-tool/tests) have it tell with a card in
//! process: the same files are compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::check::{Check, every_supported_card, on_each, pass};
use super::cns_snapshots::snapshot::snapshot;
use crate::cargo;
use crate::process::{self, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::pcscd::Reader;
use crate::testbed::portal::Visitor;

pub const PACKAGES: &[&str] = &["gnutls-bin", "openssl", "tmux"];

/// Cards that it must turn away with advice.
const OTHERS: &[&str] = &["romanian", "cie3", "ts-without-certificate", "emv"];
/// One card for each length of key.
const BOTH_LENGTHS: &[&str] = &["cardos", "st2021", "idemia2021"];

pub fn checks() -> Vec<Check> {
    let cards = every_supported_card();
    [
        on_each(&cards, "cns: status, as its tests have it", status),
        on_each(OTHERS, "cns: status of a card that is none of ours", status),
        on_each(&cards, "cns: logs in with TLS 1.2", |testbed| login(testbed, Tls::V1_2)),
        on_each(&cards, "cns: logs in with TLS 1.3", |testbed| login(testbed, Tls::V1_3)),
        on_each(&cards, "cns: logs in without a site", rehearse),
        on_each(BOTH_LENGTHS, "cns: signs, judged by OpenSSL", sign),
        on_each(BOTH_LENGTHS, "cns: URIs as p11tool lists them", uris),
        on_each(BOTH_LENGTHS, "cns: wrong PINs from a script keep the last try", wrong_pins),
        on_each(&["idemia2021"], "cns: no card, no pcscd", nothing_there),
    ]
    .concat()
}

/// The command, not started yet.
pub fn cns(client: &ClientEnvironment, arguments: &[&str]) -> Result<Command> {
    let mut command = client.command(&program()?.display().to_string());
    command.args(arguments);
    Ok(command)
}

/// Where it was built.
pub fn program() -> Result<PathBuf> {
    let path = cargo::target().join("release/cns");
    path.canonicalize().with_context(|| format!("the command was not built: {}", path.display()))
}

fn status(testbed: &mut Testbed) -> Result<StepOutcome> {
    let kind = testbed.card.kind();
    let expected = snapshot(&format!("status__status-cards#{kind}"))?;
    let mut told = Vec::new();
    for language in ["it", "en"] {
        // The second reader is empty here, and not there in the tests.
        let arguments = ["--lang", language, "status", "--reader", Reader::First.name()];
        let run = testbed.client.run(cns(&testbed.client, &arguments)?)?;
        let code = run.status.and_then(|status| status.code()).context("it did not end")?;
        told.push(format!("$ cns status\n{}{}[{code}]\n", run.stdout, run.stderr));
    }
    let told = told.join("\n");
    ensure!(
        told.trim_end() == expected.trim_end(),
        "--- its tests have it tell\n{expected}--- it tells\n{told}"
    );
    ensure!(testbed.card.verify_count() == 0, "a PIN was sent");
    pass("Italian and English, exit code too")
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    pass(testbed.login(tls, visit)?.to_string())
}

/// One page.
fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |portal| {
        let mut command = cns(client, &["--lang", "en", "test-login", &portal.url(), "--tls", tls.number()])?;
        command.arg("--ca").arg(portal.ca_file()).arg("--module").arg(&client.module).arg("--pin-stdin");
        let told = process::run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)?.succeed()?;
        told.expect_output(&format!("TLS {}", tls.number()))?
            .expect_output("200 OK")?
            .expect_output("The site accepted the certificate")
    })
}

/// The site inside the command: one PIN for both versions of TLS, a signature for each.
fn rehearse(testbed: &mut Testbed) -> Result<StepOutcome> {
    let told = run_with_pin(&testbed.client, &["test-login"])?.succeed()?;
    told.expect_output("RSA-PSS, SHA-256")?
        .expect_output("RSA PKCS#1 v1.5, SHA-256")?
        .expect_output("Reader, card, PIN and driver work")?;
    let counted = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!(counted == (1, 2), "{counted:?} VERIFYs and signatures");
    pass("TLS 1.3 and 1.2; one VERIFY, two signatures")
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let document = client.write("document", "Something to sign.\n")?;
    run_with_pin(client, &["sign", "document"])?.succeed()?;
    run_with_pin(client, &["sign", "--raw", "document"])?.succeed()?;
    // A pipe can be read once.
    let mut pipe = client.command("sh");
    pipe.args(["-c", "mkfifo pipe; (cat document >pipe) >/dev/null 2>&1 &"]);
    client.run(pipe)?.succeed()?;
    run_with_pin(client, &["sign", "--raw", "pipe", "-o", "pipe.sig"])?.succeed()?;
    ensure!(testbed.card.signature_count() == 3, "{} signatures", testbed.card.signature_count());
    ensure!(testbed.card.verify_count() == 3, "{} VERIFYs for three signatures", testbed.card.verify_count());
    run_with_pin(client, &["sign", "document", "-o", "./document"])?
        .expect_output("is the document to sign")?;
    run_with_pin(client, &["sign", "document"])?.expect_output("already exists")?;
    ensure!(testbed.card.verify_count() == 3, "a PIN for what cannot be written");

    let issuer = client.file("issuer.der");
    fs::write(&issuer, testbed.card.ca_certificate())?;
    let mut verify = openssl(client, &["cms", "-verify", "-inform", "DER", "-in", "document.p7s", "-binary"]);
    verify.args(["-content"]).arg(&document).args(["-CAfile"]).arg(pem(client, &issuer)?);
    // SHA-1 and 1024 bits are what old cards have; who signed is to be judged here.
    verify.args(["-purpose", "any", "-auth_level", "0", "-out", "content", "-cades"]);
    client.run(verify)?.succeed()?.expect_output("CAdES Verification successful")?;

    let certificate = client.certificate_file()?;
    let mut key = openssl(client, &["x509", "-noout", "-pubkey", "-in"]);
    key.arg(certificate);
    let key = client.write("key.pem", &client.run(key)?.succeed()?.stdout)?;
    for signature in ["document.sig", "pipe.sig"] {
        let mut raw = openssl(client, &["dgst", "-sha256", "-signature", signature, "-verify"]);
        raw.arg(&key).arg(&document);
        client.run(raw)?.succeed()?.expect_output("Verified OK")?;
    }
    pass("CMS (with CAdES attributes) and raw signatures, also of a pipe, are good; one VERIFY each")
}

fn openssl(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = client.command("openssl");
    command.args(arguments);
    command
}

fn pem(client: &ClientEnvironment, der: &Path) -> Result<PathBuf> {
    let mut convert = openssl(client, &["x509", "-inform", "DER", "-in"]);
    convert.arg(der);
    client.write("issuer.pem", &client.run(convert)?.succeed()?.stdout)
}

fn run_with_pin(client: &ClientEnvironment, arguments: &[&str]) -> Result<ProgramOutput> {
    let mut command = cns(client, &["--lang", "en"])?;
    command.args(arguments).arg("--module").arg(&client.module).arg("--pin-stdin");
    process::run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)
}

fn uris(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let mut command = cns(client, &["cert", "uri", "--module"])?;
    command.arg(&client.module);
    let rows = client.run(command)?.succeed()?.stdout;
    let ours: Vec<&str> = rows.split_whitespace().filter(|word| word.starts_with("pkcs11:")).collect();
    let p11tool = |arguments: &[&str]| {
        let mut command = client.command("p11tool");
        command.arg("--provider").arg(&client.module).args(arguments);
        client.run(command)?.succeed()
    };
    let tokens = p11tool(&["--list-token-urls"])?.stdout;
    let token = tokens.lines().find(|line| line.contains("token=CNS")).context("p11tool lists no token")?;
    ensure!(ours.first() == Some(&token), "{rows}is not {token}");
    let listing = p11tool(&["--list-all-certs", token])?.stdout;
    let certificate = listing.lines().find_map(|line| line.trim().strip_prefix("URL: "));
    let certificate = certificate.context("p11tool lists no certificate")?;
    ensure!(ours.get(1) == Some(&certificate), "{rows}is not {certificate}");
    let private_key = p11tool(&["--login", "--set-pin", &client.pin, "--list-privkeys", token])?.stdout;
    let private_key = private_key.lines().find_map(|line| line.trim().strip_prefix("URL: "));
    let private_key = private_key.context("p11tool lists no private key")?;
    ensure!(ours.get(2) == Some(&private_key), "{rows}is not {private_key}");
    pass("the token's, the certificate's and the private key's")
}

/// A script that goes on with a wrong PIN where the card tells its tries; the last is kept.
fn wrong_pins(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let verify = |pin: &str| {
        let command = cns(client, &["--lang", "en", "pin", "verify", "--pin-stdin"])?;
        process::run(command, &format!("{pin}\n"), CLIENT_LIMIT)
    };
    let code = |run: &ProgramOutput| run.status.and_then(|status| status.code());
    let tells = testbed.card.kind() == "idemia2021";
    let first = verify("99182")?;
    ensure!(code(&first) == Some(6), "{}", first.report("not 6"));
    ensure!(testbed.card.verify_count() == 1, "{} VERIFYs", testbed.card.verify_count());
    if !tells {
        let right = verify(&client.pin)?.succeed()?;
        right.expect_output("PIN correct.")?;
        ensure!(testbed.card.verify_count() == 2, "{} VERIFYs", testbed.card.verify_count());
        return pass("one VERIFY for each run; this card does not tell its tries");
    }
    let second = verify("99182")?;
    ensure!(code(&second) == Some(6) && testbed.card.pin_tries_left() == 1, "{}", second.report("not 6"));
    for pin in ["99182", &client.pin] {
        let kept = verify(pin)?;
        ensure!(code(&kept) == Some(8), "{}", kept.report("not 8"));
    }
    ensure!(testbed.card.verify_count() == 2, "{} VERIFYs", testbed.card.verify_count());
    pass("two wrong PINs reach the card, the third and the right one do not")
}

fn nothing_there(testbed: &mut Testbed) -> Result<StepOutcome> {
    let code = |testbed: &Testbed, arguments: &[&str]| -> Result<Option<i32>> {
        let run = testbed.client.run(cns(&testbed.client, arguments)?)?;
        ensure!(!run.stderr.trim().is_empty() || arguments == ["status"], "{}", run.report("says nothing"));
        Ok(run.status.and_then(|status| status.code()))
    };
    testbed.card.remove(&testbed.pcscd)?;
    let commands: [&[&str]; 4] = [&["status"], &["pin", "verify"], &["cert", "show"], &["card-report"]];
    for arguments in commands {
        let ended = code(testbed, arguments)?;
        ensure!(ended == Some(4), "cns {} without card: {ended:?}", arguments.join(" "));
    }
    testbed.pcscd.stop();
    for arguments in commands {
        let ended = code(testbed, arguments)?;
        ensure!(ended == Some(3), "cns {} without pcscd: {ended:?}", arguments.join(" "));
    }
    pass("exit codes 4 and 3, with a sentence")
}
