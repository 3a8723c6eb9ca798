//! The command `cns` through a real pcscd: what it tells of each card, signatures and logins through the module.
//!
//! What it tells must be, letter for letter, what its own tests (crates/cns-tool/tests) have it tell with a card in
//! process: the same files are compared.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::{Check, every_supported_card, on_each, shown};
use crate::cargo;
use crate::process::{self, Finished};
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Tls};
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
        on_each(&cards, "cns: logs in with TLS 1.2", |stack| login(stack, Tls::V1_2)),
        on_each(&cards, "cns: logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
        on_each(&cards, "cns: logs in without a site", rehearse),
        on_each(BOTH_LENGTHS, "cns: signs, judged by OpenSSL", sign),
        on_each(BOTH_LENGTHS, "cns: URIs as p11tool lists them", uris),
        on_each(BOTH_LENGTHS, "cns: wrong PINs from a script keep the last try", wrong_pins),
        on_each(&["idemia2021"], "cns: no card, no pcscd", nothing_there),
    ]
    .concat()
}

/// The command, not started yet.
pub fn cns(desk: &Desk, arguments: &[&str]) -> Result<Command> {
    let mut command = desk.client(&program()?.display().to_string());
    command.args(arguments);
    Ok(command)
}

/// Where it was built.
pub fn program() -> Result<PathBuf> {
    let path = cargo::target().join("release/cns");
    path.canonicalize().with_context(|| format!("the command was not built: {}", path.display()))
}

fn status(stack: &mut Stack) -> Result<Outcome> {
    let kind = stack.card.kind();
    let file = format!("crates/cns-tool/tests/snapshots/status__status-{kind}.snap");
    let snapshot = process::lossy(&cargo::workspace().join(file))?;
    let expected = snapshot.splitn(3, "---\n").nth(2).context("a snapshot has a head")?;
    let mut told = Vec::new();
    for language in ["it", "en"] {
        // The second reader is empty here, and not there in the tests.
        let arguments = ["--lang", language, "status", "--reader", Reader::First.name()];
        let run = stack.desk.run(cns(&stack.desk, &arguments)?)?;
        let code = run.status.and_then(|status| status.code()).context("it did not end")?;
        told.push(format!("$ cns status\n{}{}[{code}]\n", run.stdout, run.stderr));
    }
    let told = told.join("\n");
    ensure!(
        told.trim_end() == expected.trim_end(),
        "--- its tests have it tell\n{expected}--- it tells\n{told}"
    );
    ensure!(stack.card.verify_count() == 0, "a PIN was sent");
    shown("Italian and English, exit code too")
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    shown(stack.login(tls, visit)?.to_string())
}

/// One page.
fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    desk.visit(tls, |portal| {
        let mut command = cns(desk, &["--lang", "en", "test-login", &portal.url(), "--tls", tls.number()])?;
        command.arg("--ca").arg(portal.ca_file()).arg("--module").arg(&desk.module).arg("--pin-stdin");
        let told = process::run(command, &format!("{}\n", desk.pin), CLIENT_LIMIT)?.succeed()?;
        told.says(&format!("TLS {}", tls.number()))?.says("200 OK")?.says("The site took the certificate")
    })
}

/// The site inside the command: one PIN for both versions of TLS, a signature for each.
fn rehearse(stack: &mut Stack) -> Result<Outcome> {
    let told = run_with_pin(&stack.desk, &["test-login"])?.succeed()?;
    told.says("RSA-PSS, SHA-256")?
        .says("RSA PKCS#1 v1.5, SHA-256")?
        .says("Reader, card, PIN and module work")?;
    let counted = (stack.card.verify_count(), stack.card.signature_count());
    ensure!(counted == (1, 2), "{counted:?} VERIFYs and signatures");
    shown("TLS 1.3 and 1.2; one VERIFY, two signatures")
}

fn sign(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let document = desk.write("document", "Something to sign.\n")?;
    run_with_pin(desk, &["sign", "document"])?.succeed()?;
    run_with_pin(desk, &["sign", "--raw", "document"])?.succeed()?;
    // A pipe can be read once.
    let mut pipe = desk.client("sh");
    pipe.args(["-c", "mkfifo pipe; (cat document >pipe) >/dev/null 2>&1 &"]);
    desk.run(pipe)?.succeed()?;
    run_with_pin(desk, &["sign", "--raw", "pipe", "-o", "pipe.sig"])?.succeed()?;
    ensure!(stack.card.signature_count() == 3, "{} signatures", stack.card.signature_count());
    ensure!(stack.card.verify_count() == 3, "{} VERIFYs for three signatures", stack.card.verify_count());
    run_with_pin(desk, &["sign", "document", "-o", "./document"])?.says("is the document to sign")?;
    run_with_pin(desk, &["sign", "document"])?.says("exists already")?;
    ensure!(stack.card.verify_count() == 3, "a PIN for what cannot be written");

    let issuer = desk.file("issuer.der");
    fs::write(&issuer, stack.card.ca_certificate())?;
    let mut verify = openssl(desk, &["cms", "-verify", "-inform", "DER", "-in", "document.p7s", "-binary"]);
    verify.args(["-content"]).arg(&document).args(["-CAfile"]).arg(pem(desk, &issuer)?);
    // SHA-1 and 1024 bits are what old cards have; who signed is to be judged here.
    verify.args(["-purpose", "any", "-auth_level", "0", "-out", "content", "-cades"]);
    desk.run(verify)?.succeed()?.says("CAdES Verification successful")?;

    let certificate = desk.certificate_file()?;
    let mut key = openssl(desk, &["x509", "-noout", "-pubkey", "-in"]);
    key.arg(certificate);
    let key = desk.write("key.pem", &desk.run(key)?.succeed()?.stdout)?;
    for signature in ["document.sig", "pipe.sig"] {
        let mut raw = openssl(desk, &["dgst", "-sha256", "-signature", signature, "-verify"]);
        raw.arg(&key).arg(&document);
        desk.run(raw)?.succeed()?.says("Verified OK")?;
    }
    shown("CMS (with CAdES attributes) and raw signatures, also of a pipe, are good; one VERIFY each")
}

fn openssl(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.client("openssl");
    command.args(arguments);
    command
}

fn pem(desk: &Desk, der: &Path) -> Result<PathBuf> {
    let mut convert = openssl(desk, &["x509", "-inform", "DER", "-in"]);
    convert.arg(der);
    desk.write("issuer.pem", &desk.run(convert)?.succeed()?.stdout)
}

fn run_with_pin(desk: &Desk, arguments: &[&str]) -> Result<Finished> {
    let mut command = cns(desk, &["--lang", "en"])?;
    command.args(arguments).arg("--module").arg(&desk.module).arg("--pin-stdin");
    process::run(command, &format!("{}\n", desk.pin), CLIENT_LIMIT)
}

fn uris(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let mut command = cns(desk, &["cert", "uri", "--module"])?;
    command.arg(&desk.module);
    let ours = desk.run(command)?.succeed()?.stdout;
    let p11tool = |arguments: &[&str]| {
        let mut command = desk.client("p11tool");
        command.arg("--provider").arg(&desk.module).args(arguments);
        desk.run(command)?.succeed()
    };
    let tokens = p11tool(&["--list-token-urls"])?.stdout;
    let token = tokens.lines().find(|line| line.contains("token=CNS")).context("p11tool lists no token")?;
    ensure!(ours.lines().next() == Some(token), "{ours}is not {token}");
    let listing = p11tool(&["--list-all-certs", token])?.stdout;
    let certificate = listing.lines().find_map(|line| line.trim().strip_prefix("URL: "));
    let certificate = certificate.context("p11tool lists no certificate")?;
    ensure!(ours.lines().nth(1) == Some(certificate), "{ours}is not {certificate}");
    shown("the token's and the certificate's")
}

/// A script that goes on with a wrong PIN where the card tells its tries; the last is kept.
fn wrong_pins(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let verify = |pin: &str| {
        let command = cns(desk, &["--lang", "en", "pin", "verify", "--pin-stdin"])?;
        process::run(command, &format!("{pin}\n"), CLIENT_LIMIT)
    };
    let code = |run: &Finished| run.status.and_then(|status| status.code());
    let tells = stack.card.kind() == "idemia2021";
    let first = verify("99182")?;
    ensure!(code(&first) == Some(6), "{}", first.report("not 6"));
    ensure!(stack.card.verify_count() == 1, "{} VERIFYs", stack.card.verify_count());
    if !tells {
        let right = verify(&desk.pin)?.succeed()?;
        right.says("The PIN is right.")?;
        ensure!(stack.card.verify_count() == 2, "{} VERIFYs", stack.card.verify_count());
        return shown("one VERIFY for each run; this card does not tell its tries");
    }
    let second = verify("99182")?;
    ensure!(code(&second) == Some(6) && stack.card.pin_tries_left() == 1, "{}", second.report("not 6"));
    for pin in ["99182", &desk.pin] {
        let kept = verify(pin)?;
        ensure!(code(&kept) == Some(8), "{}", kept.report("not 8"));
    }
    ensure!(stack.card.verify_count() == 2, "{} VERIFYs", stack.card.verify_count());
    shown("two wrong PINs reach the card, the third and the right one do not")
}

fn nothing_there(stack: &mut Stack) -> Result<Outcome> {
    let code = |stack: &Stack, arguments: &[&str]| -> Result<Option<i32>> {
        let run = stack.desk.run(cns(&stack.desk, arguments)?)?;
        ensure!(!run.stderr.trim().is_empty() || arguments == ["status"], "{}", run.report("says nothing"));
        Ok(run.status.and_then(|status| status.code()))
    };
    stack.card.remove(&stack.pcscd)?;
    let commands: [&[&str]; 4] = [&["status"], &["pin", "verify"], &["cert", "show"], &["card-report"]];
    for arguments in commands {
        let ended = code(stack, arguments)?;
        ensure!(ended == Some(4), "cns {} without card: {ended:?}", arguments.join(" "));
    }
    stack.pcscd.stop();
    for arguments in commands {
        let ended = code(stack, arguments)?;
        ensure!(ended == Some(3), "cns {} without pcscd: {ended:?}", arguments.join(" "));
    }
    shown("exit codes 4 and 3, with a sentence")
}
