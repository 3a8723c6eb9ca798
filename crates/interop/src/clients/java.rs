//! Java 17 with SunPKCS11: the key store opens, keytool lists it, a program signs and logs in.

use anyhow::{Context as _, Result, ensure};
use std::process::Command;

use super::{Check, on_each, shown};
use crate::process::run;
use crate::report::Outcome;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Stack, card};

pub const PACKAGES: &[&str] = &["openjdk-17-jdk-headless"];

const PROGRAM: &str = include_str!("java/Login.java");

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021", "cardos"];
    [
        on_each(&cards, "Java keytool: lists the key store", keytool),
        on_each(&cards, "Java: signs with SHA256withRSA, logs in with TLS 1.2", |stack| {
            login(stack, Tls::V1_2)
        }),
        on_each(&cards, "Java: signs with RSASSA-PSS, logs in with TLS 1.3", |stack| login(stack, Tls::V1_3)),
    ]
    .concat()
}

/// A Java program, with the provider's configuration written.
fn java(desk: &Desk, program: &str) -> Result<Command> {
    desk.write(
        "pkcs11.cfg",
        &format!("name = CNS\nlibrary = {}\nslotListIndex = 0\n", desk.module.display()),
    )?;
    Ok(desk.client(program))
}

fn keytool(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let mut command = java(desk, "keytool")?;
    command.args(["-list", "-keystore", "NONE", "-storetype", "PKCS11"]);
    command.args(["-providerClass", "sun.security.pkcs11.SunPKCS11", "-providerArg", "pkcs11.cfg"]);
    // The PIN at its prompt, not on the command line.
    let listing = run(command, &format!("{}\n", desk.pin), CLIENT_LIMIT)?.succeed()?;
    let listing = listing.says("PrivateKeyEntry")?.says("Your keystore contains 1 entry")?;
    let alias = listing.stdout.lines().find(|line| line.contains("PrivateKeyEntry"));
    shown(alias.context("no entry")?.split(',').next().unwrap_or_default())
}

fn login(stack: &mut Stack, tls: Tls) -> Result<Outcome> {
    let before = (stack.card.verify_count(), stack.card.signature_count());
    let visitor = visit(&stack.desk, tls)?;
    let after = (stack.card.verify_count(), stack.card.signature_count());
    ensure!((visitor.tax_code.clone(), visitor.card_id.clone()) == stack.card.identity(), "saw {visitor}");
    ensure!(after.0 - before.0 == 1, "{} VERIFY", after.0 - before.0);
    shown(format!("{visitor}; {} signatures, one PIN", after.1 - before.1))
}

/// One signature and one page.
fn visit(desk: &Desk, tls: Tls) -> Result<Visitor> {
    desk.write("Login.java", PROGRAM)?;
    desk.visit(tls, |portal| {
        let mut command = java(desk, "java")?;
        let algorithm = if tls == Tls::V1_2 { "SHA256withRSA" } else { "RSASSA-PSS" };
        command.args([
            "Login.java",
            "pkcs11.cfg",
            algorithm,
            &format!("TLSv{}", tls.number()),
            &portal.url(),
        ]);
        command.arg(portal.ca_file()).env("CNS_PIN", &desk.pin);
        desk.run(command)
    })
}
