//! nginx as TLS client for programs that speak plain HTTP to it: it shows the card's certificate to the portal, and its key
//! is the card's, through engine and provider.
//!
//! Apache cannot do this: its `SSLProxyMachineCertificateFile` knows no engine and passes over a provider's PEM
//! (docs/clients.md).

use anyhow::{Result, ensure};

use super::check::{Check, on_each, pass};
use super::nginx;
use super::openssl::Support;
use crate::report::StepOutcome;
use crate::testbed::client_environment::Tls;
use crate::testbed::{Testbed, card};

/// Each in a handshake of its own.
const PAGES: usize = 3;

const CARDS: [&str; 2] = [card::DEFAULT, "idemia2021"];

pub fn checks() -> Vec<Check> {
    on_each(&CARDS, "nginx as TLS client: logs in for curl, which speaks plain HTTP to it", |testbed| {
        both_versions(testbed, Support::Engine)
    })
}

pub fn provider_checks() -> Vec<Check> {
    on_each(&CARDS, "nginx with provider, as TLS client: logs in for curl", |testbed| {
        both_versions(testbed, Support::Provider)
    })
}

fn both_versions(testbed: &mut Testbed, support: Support) -> Result<StepOutcome> {
    let (first, second) = (pages(testbed, support, Tls::V1_2)?, pages(testbed, support, Tls::V1_3)?);
    pass(format!("TLS 1.2: {first}; TLS 1.3: {second}"))
}

fn pages(testbed: &Testbed, support: Support, tls: Tls) -> Result<String> {
    let (client, card) = (&testbed.client, &testbed.card);
    let before = (card.verify_count(), card.signature_count());
    let portal = client.portal()?;
    let server = format!(
        "location / {{
            proxy_pass https://{portal};
            proxy_ssl_certificate {certificate};
            proxy_ssl_certificate_key \"{key}\";
            proxy_ssl_trusted_certificate {ca};
            proxy_ssl_verify on;
            proxy_ssl_name localhost;
            proxy_ssl_protocols TLSv{version};
            proxy_ssl_ciphers DEFAULT@SECLEVEL=0;
            proxy_ssl_session_reuse off;
        }}",
        portal = portal.host_and_port(),
        certificate = client.certificate_file()?.display(),
        key = nginx::key(client, support)?,
        ca = portal.ca_file().display(),
        version = tls.number(),
    );
    let (_server, port) = nginx::serve(client, support, "", &server)?;
    for _ in 0..PAGES {
        let visitor = client.visit(tls, |_| {
            let mut page = client.command("curl");
            page.args(["--silent", "--show-error", "--fail", &format!("http://127.0.0.1:{port}/")]);
            client.run(page)
        })?;
        ensure!((visitor.tax_code, visitor.card_id) == card.identity(), "the portal saw somebody else");
    }
    let verifies = card.verify_count() - before.0;
    let signatures = card.signature_count() - before.1;
    ensure!(signatures == PAGES, "{signatures} signatures for {PAGES} pages");
    ensure!(verifies <= 3, "{verifies} VERIFY for a master and two workers");
    Ok(format!("{PAGES} pages, {verifies} VERIFY"))
}
