//! Documents signed through NSS: a PDF by poppler's `pdfsig` (what Okular uses), a message by `cmsutil`.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use super::check::{Check, on_each, pass};
use super::nss::Database;
use super::pkcs11_tool::expect_verifies;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card, certificates};

pub const PACKAGES: &[&str] = &["libnss3-tools", "openssl", "poppler-utils"];

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "pdfsig: a PDF signed and verified", pdf),
        on_each(&cards, "cmsutil: a message signed and verified", message),
    ]
    .concat()
}

/// A database with the module and the CA of the card, trusted for people (T) and for what they sign (C).
fn database(testbed: &Testbed) -> Result<Database> {
    let client = &testbed.client;
    let database = Database::new(client)?;
    let ca = client.write("cns-ca.pem", &certificates::pem(&testbed.card.ca_certificate())?)?;
    database.tool(
        client,
        "certutil",
        &["-A", "-n", "CNS CA", "-t", "T,C,C", "-a", "-i", &ca.to_string_lossy()],
    )?;
    Ok(database)
}

fn pdf(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let database = database(testbed)?;
    let nickname = database.nickname(client)?;
    client.write("letter.pdf", &letter())?;
    let pdfsig = |arguments: &[&str]| {
        let mut command = client.command("pdfsig");
        command.arg("-nssdir").arg(database.argument()).args(["-no-ocsp"]).args(arguments);
        client.run(command)?.succeed()
    };
    // It takes the PIN as an argument and in no other way.
    let sign = ["-nss-pwd", &client.pin, "-add-signature", "-nick", &nickname, "-reason", "Prova"];
    pdfsig(&[&sign[..], &["letter.pdf", "signed.pdf"]].concat())?;
    expect_verifies(testbed, 1)?;
    // Until poppler 25 a first one is made only to learn how much space to leave in the document.
    ensure!(matches!(testbed.card.signature_count(), 1 | 2), "{} signatures", testbed.card.signature_count());
    let (tax_code, _) = testbed.card.identity();
    let verified = pdfsig(&["signed.pdf"])?
        .expect_output("Signature is Valid.")?
        .expect_output("Certificate is Trusted.")?;
    let verified = verified.expect_output(&tax_code)?.expect_output("Total document signed")?;
    expect_verifies(testbed, 1)?;
    let digest = verified.stdout.lines().find(|line| line.contains("Hash Algorithm")).unwrap_or_default();
    pass(format!("{tax_code}, valid and trusted, {}", digest.trim_matches([' ', '-'])))
}

fn message(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !Path::new("/usr/bin/cmsutil").exists() {
        return Ok(StepOutcome::Skipped("this libnss3-tools has no cmsutil".into()));
    }
    let client = &testbed.client;
    let database = database(testbed)?;
    let nickname = database.nickname(client)?;
    client.write("message", "Un messaggio da firmare\n")?;
    let password = database.password_file().to_string_lossy().into_owned();
    // -u 0: the usage of a TLS client, for some CNS certificates are for that and not for e-mail, cmsutil's own
    // choice. -Y NONE: nobody is asked to encrypt an answer with the card's key, which may not be for that.
    let sign = [
        "-S",
        "-u",
        "0",
        "-Y",
        "NONE",
        "-N",
        &nickname,
        "-f",
        &password,
        "-i",
        "message",
        "-o",
        "message.cms",
    ];
    database.tool(client, "cmsutil", &sign)?;
    expect_verifies(testbed, 1)?;
    ensure!(testbed.card.signature_count() == 1, "{} signatures", testbed.card.signature_count());
    let read = database.tool(client, "cmsutil", &["-D", "-u", "0", "-i", "message.cms"])?;
    read.expect_output("Un messaggio da firmare")?;
    let mut verify = client.command("openssl");
    verify.args(["cms", "-verify", "-inform", "DER", "-in", "message.cms", "-CAfile", "cns-ca.pem"]);
    verify.args(["-purpose", "any", "-auth_level", "0"]);
    client.run(verify)?.succeed()?.expect_output("Un messaggio da firmare")?;
    pass("verified by NSS and by openssl")
}

/// A PDF of one page.
pub(super) fn letter() -> String {
    let text = "BT /F1 12 Tf 72 720 Td (Una lettera da firmare) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (object, number) in objects.iter().zip(1..) {
        let _ = writeln!(table, "{:010} 00000 n ", pdf.len());
        let _ = writeln!(pdf, "{number} 0 obj\n{object}\nendobj");
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    pdf + &table + &format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n")
}
