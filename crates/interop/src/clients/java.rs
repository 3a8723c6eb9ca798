//! Java 17 with SunPKCS11: the key store opens, keytool lists it, a program signs and logs in.

use anyhow::{Context as _, Result, ensure};
use std::process::Command;

use super::check::{Check, on_each, pass};
use crate::process::run;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["openjdk-17-jdk-headless | openjdk-21-jdk-headless"];

const PROGRAM: &str = include_str!("java/Login.java");

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021", "cardos"];
    [
        on_each(&cards, "Java keytool: lists the key store", keytool),
        on_each(&cards, "Java: signs with SHA256withRSA, logs in with TLS 1.2", |testbed| {
            login(testbed, Tls::V1_2)
        }),
        on_each(&cards, "Java: signs with RSASSA-PSS, logs in with TLS 1.3", |testbed| {
            login(testbed, Tls::V1_3)
        }),
    ]
    .concat()
}

/// A Java program, with the provider's configuration written.
fn java(client: &ClientEnvironment, program: &str) -> Result<Command> {
    client.write(
        "pkcs11.cfg",
        &format!("name = CNS\nlibrary = {}\nslotListIndex = 0\n", client.module.display()),
    )?;
    Ok(client.command(program))
}

fn keytool(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let mut command = java(client, "keytool")?;
    command.args(["-list", "-keystore", "NONE", "-storetype", "PKCS11"]);
    command.args(["-providerClass", "sun.security.pkcs11.SunPKCS11", "-providerArg", "pkcs11.cfg"]);
    // The PIN at its prompt, not on the command line.
    let listing = run(command, &format!("{}\n", client.pin), CLIENT_LIMIT)?.succeed()?;
    let listing =
        listing.expect_output("PrivateKeyEntry")?.expect_output("Your keystore contains 1 entry")?;
    let alias = listing.stdout.lines().find(|line| line.contains("PrivateKeyEntry"));
    pass(alias.context("no entry")?.split(',').next().unwrap_or_default())
}

fn login(testbed: &mut Testbed, tls: Tls) -> Result<StepOutcome> {
    let before = (testbed.card.verify_count(), testbed.card.signature_count());
    let visitor = visit(&testbed.client, tls)?;
    let after = (testbed.card.verify_count(), testbed.card.signature_count());
    ensure!((visitor.tax_code.clone(), visitor.card_id.clone()) == testbed.card.identity(), "saw {visitor}");
    ensure!(after.0 - before.0 == 1, "{} VERIFY", after.0 - before.0);
    pass(format!("{visitor}; {} signatures, one PIN", after.1 - before.1))
}

/// One signature and one page.
fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.write("Login.java", PROGRAM)?;
    client.visit(tls, |portal| {
        let mut command = java(client, "java")?;
        let algorithm = if tls == Tls::V1_2 { "SHA256withRSA" } else { "RSASSA-PSS" };
        command.args([
            "Login.java",
            "pkcs11.cfg",
            algorithm,
            &format!("TLSv{}", tls.number()),
            &portal.url(),
        ]);
        command.arg(portal.ca_file()).env("CNS_PIN", &client.pin);
        client.run(command)
    })
}
