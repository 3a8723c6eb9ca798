//! `cns practice`: a program logs in to its portal with the virtual card that it put in, and nothing is left afterwards.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::check::{Check, on_each, pass};
use super::{cns_command, openssl};
use crate::process::InteractiveProcess;
use crate::report::StepOutcome;
use crate::testbed::client_environment::ClientEnvironment;
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["curl", "openssl", "libengine-pkcs11-openssl"];

const LIMIT: Duration = Duration::from_secs(60);

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT], "cns practice: a login without a card, nothing left after --stop", practice)
}

fn practice(testbed: &mut Testbed) -> Result<StepOutcome> {
    testbed.card.remove(&testbed.pcscd)?;
    let client = &testbed.client;
    let address = testbed.pcscd.address(Reader::First);
    let arguments = ["--lang", "en", "practice", "--address", &address];
    let mut practice = InteractiveProcess::start(cns_command::cns(client, &arguments)?)?;
    practice.expect("Open in your browser: ", LIMIT)?;
    let url = practice.expect("\n", LIMIT)?;
    practice.expect("To end:", LIMIT)?;
    let chooser = curl(client, &[url.trim()])?;
    let login = chooser.split("href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let login = login.context("the first page leads nowhere")?;
    let refused = curl(client, &["--insecure", login])?;
    ensure!(refused.contains("The browser showed no certificate"), "{refused}");
    client.certificate_file()?;
    let key = client.key_uri();
    for (option, version) in [("--tls-max", "1.2"), ("--tlsv1.3", "1.3")] {
        let tls: &[&str] = if version == "1.2" { &[option, version] } else { &[option] };
        let card =
            ["--insecure", "--engine", "pkcs11", "--key-type", "ENG", "--key", &key, "--cert", "card.pem"];
        let page = curl(client, &[&card[..], tls, &[login]].concat())?;
        ensure!(page.contains(&testbed.card.identity().0), "the page knows nobody: {page}");
        practice.expect(&format!("(TLS {version})"), LIMIT)?;
    }
    let second = client.run(cns_command::cns(client, &arguments)?)?;
    ensure!(second.status.and_then(|status| status.code()) == Some(8), "{}", second.report("a second one"));
    let stop = ["--lang", "en", "practice", "--stop"];
    client.run(cns_command::cns(client, &stop)?)?.succeed()?.expect_output("nothing is left")?;
    practice.finish(LIMIT)?.succeed()?;
    let status = client.run(cns_command::cns(client, &["status"])?)?;
    ensure!(status.status.and_then(|status| status.code()) == Some(4), "{}", status.report("a card is left"));
    let cached = client.run(cns_command::cns(client, &["--lang", "en", "cache", "status"])?)?.succeed()?;
    ensure!(!cached.stdout.contains("ROSSI"), "{}", cached.report("remembers the card"));
    let again = client.run(cns_command::cns(client, &stop)?)?;
    ensure!(again.status.and_then(|status| status.code()) == Some(8), "{}", again.report("stops nothing"));
    pass("chooser, TLS 1.2 and 1.3, a visitor without certificate; no card, no cached card afterwards")
}

fn curl(client: &ClientEnvironment, arguments: &[&str]) -> Result<String> {
    let mut command = client.command("curl");
    command.env("OPENSSL_CONF", openssl::configuration(client)?);
    command.args(["--silent", "--show-error"]).args(arguments);
    Ok(client.run(command)?.succeed()?.stdout)
}
