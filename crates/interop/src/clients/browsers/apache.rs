//! The portal as the public CNS reference server is: Apache, TLS 1.2, the certificate asked for one directory only.

use anyhow::{Result, ensure};
use virtual_cns::holders::CertificateOptions;

use super::chromium::{Chromium, USUAL};
use super::firefox::Firefox;
use crate::clients::browsers::apache_server::Apache;
use crate::clients::check::{Check, on_each, pass};
use crate::clients::openssl;
use crate::process::{self, ProgramOutput};
use crate::report::StepOutcome;
use crate::testbed::browser::{Browser, Site, expect_pins, first_page, next_page, with_screenshot};
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

const CARD: &[&str] = &[card::DEFAULT];

pub fn with_curl() -> Vec<Check> {
    on_each(
        CARD,
        "Apache as CNS reference server: curl, and a certificate without the policy is refused",
        curl,
    )
}

pub fn with_firefox() -> Vec<Check> {
    on_each(CARD, "Firefox: Apache as CNS reference server", |testbed| {
        let (apache, site) = serve(testbed)?;
        reach(Firefox::trusting(&testbed.client, apache.ca_file())?, testbed, &site)
    })
}

pub fn with_chromium() -> Vec<Check> {
    on_each(CARD, "Chromium: Apache as CNS reference server", |testbed| {
        let (apache, site) = serve(testbed)?;
        reach(Chromium::trusting(&testbed.client, USUAL, apache.ca_file())?, testbed, &site)
    })
}

/// The directory that asks for the certificate.
pub const PROTECTED: &str = "/protected/";

/// Starts the portal for the cards of the CA that issued this one.
pub fn serve(testbed: &Testbed) -> Result<(Apache, Site)> {
    let apache = Apache::start(&testbed.client, &testbed.card.ca_certificate())?;
    let site = Site { url: apache.url(), log: apache.access_log() };
    Ok((apache, site))
}

/// The start page comes without a question; the protected one after chooser and PIN, then again without a question.
fn reach<B: Browser>(mut browser: B, testbed: &mut Testbed, site: &Site) -> Result<StepOutcome> {
    let label = format!("apache-{}", browser.name());
    with_screenshot(&mut browser, |browser| {
        browser.open(&site.url)?;
        browser.wait_for("the start page", &|screen| screen.text().contains("home"))?;
        expect_pins(testbed, 0)?;
        first_page(browser, testbed, site, PROTECTED, &label)?;
        browser.wait_for("the protected page", &|screen| screen.text().contains("area riservata"))?;
        next_page(browser, testbed, site, PROTECTED)
    })?;
    expect_pins(testbed, 1)?;
    browser.quit()?;
    pass(format!("start page free, protected page: 1 PIN, {} signatures", testbed.card.signature_count()))
}

fn curl(testbed: &mut Testbed) -> Result<StepOutcome> {
    let (apache, site) = serve(testbed)?;
    page(testbed, &apache)?.succeed()?.expect_output("Area riservata")?;
    ensure!(site.served(testbed, PROTECTED)? == 1, "Apache did not see the tax code\n{}", apache.errors());
    expect_pins(testbed, 1)?;
    testbed.card.remove(&testbed.pcscd)?;
    testbed.card = InsertedCard::with_certificate(CertificateOptions {
        policy: false,
        ..CertificateOptions::PLAIN.valid_now()
    })?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;
    testbed.client.certificate = testbed.card.certificate();
    let refused = page(testbed, &apache)?;
    ensure!(refused.stderr.contains("403"), "{}", refused.report("was not refused"));
    ensure!(site.served(testbed, PROTECTED)? == 1, "a certificate without the CNS policy was let in");
    pass("tax code seen; without policy 1.3.76.16.2.1: 403")
}

/// The protected page by curl.
fn page(testbed: &Testbed, apache: &Apache) -> Result<ProgramOutput> {
    let client = &testbed.client;
    let mut command = client.command("curl");
    command.env("OPENSSL_CONF", openssl::configuration(client)?);
    command.args(["--silent", "--show-error", "--fail", "--engine", "pkcs11"]);
    command
        .args(["--key-type", "ENG", "--key", &client.key_uri()])
        .arg("--cert")
        .arg(client.certificate_file()?);
    command.arg("--cacert").arg(apache.ca_file()).arg(format!("{}protected/", apache.url()));
    process::run(command, "", crate::testbed::client_environment::CLIENT_LIMIT)
}
