//! pyHanko (PyPI): a PDF signed with the card, verified by pyHanko and by poppler's pdfsig. It asks for the PIN on the
//! terminal: `script` is one.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, on_each, pass, wrong_pin};
use super::examples::prepared;
use super::pkcs11_tool::{self, expect_verifies};
use super::{nss_documents, registries};
use crate::process::{InteractiveProcess, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment};
use crate::testbed::{Testbed, card, certificates};

pub const PACKAGES: &[&str] = &["bsdutils", "opensc", "poppler-utils", "python3", "python3-venv"];

const NAME: &str = "pyHanko: signs a PDF, verified by pdfsig too";

/// What it is fetched as.
const PYHANKO: &str = "pyhanko";

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT], NAME, sign)
}

pub fn prepare(folder: &Path, chosen: &[Check]) {
    if chosen.iter().any(|check| check.name == NAME) {
        registries::pip(folder, PYHANKO, &["pyhanko[pkcs11]", "pyhanko-cli"]);
    }
}

fn sign(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    if let Some(skipped) = registries::skip(client, PYHANKO)? {
        return Ok(skipped);
    }
    client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
    client.write("letter.pdf", &nss_documents::letter())?;
    // A CNS says nothing of non-repudiation, which pyHanko's own rule wants.
    client.write(
        "pyhanko.yml",
        "validation-contexts:\n  cns:\n    trust: cns-ca.pem\n    trust-replace: true\n    \
         signer-key-usage: [digital_signature]\n",
    )?;
    wrong_pin(testbed, |pin| sign_with(testbed, pin))?;
    sign_with(testbed, &client.pin)?.succeed()?;
    expect_verifies(testbed, 2)?;
    ensure!(testbed.card.signature_count() == 1, "{} signatures", testbed.card.signature_count());

    let mut verify = client.command(&program(client));
    verify.args(["sign", "validate", "--pretty-print", "--validation-context", "cns"]);
    verify.args(["--no-revocation-check", "signed.pdf"]);
    client.run(verify)?.succeed()?.expect_output("The signature is judged VALID")?;
    let mut verify = client.command("pdfsig");
    verify.arg("signed.pdf");
    let verified = client.run(verify)?.expect_output("Signature is Valid")?;
    let (tax_code, _) = testbed.card.identity();
    verified.expect_output("Total document signed")?.expect_output(&tax_code)?;
    pass(format!("{tax_code}, one PIN; a wrong PIN cost one try; verified by pyHanko and by pdfsig"))
}

fn program(client: &ClientEnvironment) -> String {
    prepared(client, PYHANKO).join("bin/pyhanko").to_string_lossy().into_owned()
}

/// Signs the letter on a terminal, where it asks.
fn sign_with(testbed: &Testbed, pin: &str) -> Result<ProgramOutput> {
    let client = &testbed.client;
    let verifies = testbed.card.verify_count();
    let line = format!(
        "{} sign addsig --field Firma pkcs11 --lib {} --cert-label {} letter.pdf signed.pdf",
        program(client),
        client.module.display(),
        label(testbed)?
    );
    let mut command = client.command("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
    let mut dialogue = InteractiveProcess::start(command)?;
    dialogue.expect("PIN: ", CLIENT_LIMIT)?;
    expect_verifies(testbed, verifies)?;
    dialogue.send(pin)?;
    dialogue.finish(CLIENT_LIMIT)
}

/// The certificate's label, as a person finds it.
fn label(testbed: &Testbed) -> Result<String> {
    let listing = testbed.client.run(pkcs11_tool::tool(testbed, &["-O", "--type", "cert"]))?.succeed()?;
    let label = listing.stdout.lines().find_map(|line| line.trim().strip_prefix("label:"));
    Ok(label.with_context(|| listing.report("no label"))?.trim().to_owned())
}
