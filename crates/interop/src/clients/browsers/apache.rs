//! The portal as the public CNS reference server is: Apache, TLS 1.2, the certificate asked for one directory only.

use anyhow::{Result, ensure};
use virtual_cns::holders::CertificateOptions;

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use super::{Check, on_each, shown};
use crate::clients::openssl;
use crate::process::{self, Finished};
use crate::report::Outcome;
use crate::testbed::apache::Apache;
use crate::testbed::browser::{Browser, Site, expect_pins, first_page, next_page, pictured};
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Stack, card};

const CARD: &[&str] = &[card::DEFAULT];

pub fn with_curl() -> Vec<Check> {
    on_each(
        CARD,
        "Apache as CNS reference server: curl, and a certificate without the policy is refused",
        curl,
    )
}

pub fn with_firefox() -> Vec<Check> {
    on_each(CARD, "Firefox: Apache as CNS reference server", |stack| {
        let (apache, site) = serve(stack)?;
        reach(Firefox::trusting(&stack.desk, apache.ca_file())?, stack, &site)
    })
}

pub fn with_chromium() -> Vec<Check> {
    on_each(CARD, "Chromium: Apache as CNS reference server", |stack| {
        let (apache, site) = serve(stack)?;
        reach(Chromium::trusting(&stack.desk, USUAL, apache.ca_file())?, stack, &site)
    })
}

/// The directory that asks for the certificate.
pub const PROTECTED: &str = "/protected/";

/// Starts the portal for the cards of the CA that issued this one.
pub fn serve(stack: &Stack) -> Result<(Apache, Site)> {
    let apache = Apache::start(&stack.desk, &stack.card.ca_certificate())?;
    let site = Site { url: apache.url(), log: apache.access_log() };
    Ok((apache, site))
}

/// The start page comes without a question; the protected one after chooser and PIN, then again without a question.
fn reach<B: Browser>(mut browser: B, stack: &mut Stack, site: &Site) -> Result<Outcome> {
    let label = format!("apache-{}", browser.name());
    pictured(&mut browser, |browser| {
        browser.open(&site.url)?;
        browser.wait_for("the start page", &|screen| screen.text().contains("home"))?;
        expect_pins(stack, 0)?;
        first_page(browser, stack, site, PROTECTED, &label)?;
        browser.wait_for("the protected page", &|screen| screen.text().contains("area riservata"))?;
        next_page(browser, stack, site, PROTECTED)
    })?;
    expect_pins(stack, 1)?;
    browser.quit()?;
    shown(format!("start page free, protected page: 1 PIN, {} signatures", stack.card.signature_count()))
}

fn curl(stack: &mut Stack) -> Result<Outcome> {
    let (apache, site) = serve(stack)?;
    page(stack, &apache)?.succeed()?.says("Area riservata")?;
    ensure!(site.served(stack, PROTECTED)? == 1, "Apache did not see the tax code\n{}", apache.errors());
    expect_pins(stack, 1)?;
    stack.card.remove(&stack.pcscd)?;
    stack.card = InsertedCard::with_certificate(CertificateOptions {
        policy: false,
        ..CertificateOptions::PLAIN.valid_now()
    })?;
    stack.card.insert(&stack.pcscd, Reader::First)?;
    stack.desk.certificate = stack.card.certificate();
    let refused = page(stack, &apache)?;
    ensure!(refused.stderr.contains("403"), "{}", refused.report("was not refused"));
    ensure!(site.served(stack, PROTECTED)? == 1, "a certificate without the CNS policy was let in");
    shown("tax code seen; without policy 1.3.76.16.2.1: 403")
}

/// The protected page by curl.
fn page(stack: &Stack, apache: &Apache) -> Result<Finished> {
    let desk = &stack.desk;
    let mut command = desk.client("curl");
    command.env("OPENSSL_CONF", openssl::configuration(desk)?);
    command.args(["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
    command.args(["--key-type", "ENG", "--key", &desk.key_uri()]).arg("--cert").arg(desk.certificate_file()?);
    command.arg("--cacert").arg(apache.ca_file()).arg(format!("{}protected/", apache.url()));
    process::run(command, "", crate::testbed::desk::CLIENT_LIMIT)
}
