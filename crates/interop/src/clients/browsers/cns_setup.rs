//! `cns setup`, judged by the browsers themselves: they log in with what it wrote, it leaves them alone while they are
//! open, and it gives their files back to the byte.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::chromium::{Chromium, OLD_PLACE, StartOptions, USUAL};
use super::firefox::{Firefox, Registration};
use super::profile::{
    PROGRAM, THEIRS, before, chrome, chromium_home, cns, everybodys, home, module, nss_database, own, succeed,
};
use super::scenarios;
use crate::cargo;
use crate::clients::check::{Check, on_each, pass};
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::{Testbed, card};

pub fn with_firefox() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(
            &card,
            "cns setup firefox: the profile's Firefox logs in, --remove gives the list back",
            own_profile,
        ),
        on_each(
            &card,
            "cns setup firefox: everybody's Firefox logs in, --remove gives policies.json back",
            everybody,
        ),
    ]
    .concat()
}

pub fn with_chromium() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "cns setup chrome: Chromium logs in, --remove gives the list back", known_database),
        on_each(&card, "cns setup chrome: Chromium logs in where it had no database yet", no_database),
    ]
    .concat()
}

/// Builds the command into the run's folder, where one of these is among the chosen checks.
pub fn prepare(folder: &Path, chosen: &[Check]) {
    if !chosen.iter().any(|check| check.name.starts_with("cns setup")) {
        return;
    }
    let built = cargo::cargo(&["build", "--package", "cns-tool"])
        .and_then(|()| Ok(fs::copy(cargo::target().join("debug/cns"), folder.join(PROGRAM))?));
    if let Err(error) = built {
        println!("{PROGRAM}: {error:#}");
    }
}

fn own_profile(testbed: &mut Testbed) -> Result<StepOutcome> {
    let firefox = Firefox::start(&testbed.client, Registration::CnsSetup, Tls::V1_3)?;
    refused_while_open(&testbed.client, "firefox", "Firefox is open")?;
    let findings = doctor(&testbed.client)?;
    let outcome = scenarios::three_pages(firefox, testbed, Tls::V1_3)?;
    succeed(own(&testbed.client, &["firefox", "--remove"]))?;
    let list = testbed.client.file("firefox-profile").join("pkcs11.txt");
    ensure!(fs::read(&list)? == fs::read(before(&testbed.client))?, "the list is another one than before");
    with(outcome, &format!("; cns doctor: {findings} findings, no problem; list as before"))
}

fn everybody(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !testbed.client.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let firefox = Firefox::start(&testbed.client, Registration::CnsSetupForEverybody, Tls::V1_3)?;
    let outcome = scenarios::three_pages(firefox, testbed, Tls::V1_3)?;
    let folder = testbed.client.file("distribution");
    succeed(everybodys(&testbed.client, &folder, &["firefox", "--remove"])?)?;
    let policies = fs::read_to_string(folder.join("policies.json"))?;
    ensure!(policies == THEIRS, "the policies are others than before: {policies}");
    with(outcome, "; policies.json as before")
}

fn known_database(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let database = chromium_home(client).join(OLD_PLACE);
    nss_database(client, &database, false, client.portal()?.ca_file())?;
    let list = database.join("pkcs11.txt");
    fs::copy(&list, before(client))?;
    let outcome = set_up_and_visit(testbed)?;
    ensure!(fs::read(&list)? == fs::read(before(&testbed.client))?, "the list is another one than before");
    with(outcome, "; list as before")
}

/// `cns setup` makes the list, NSS the rest.
fn no_database(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    fs::create_dir_all(chromium_home(client))?;
    succeed(chrome(client, &["--module", module(client)?]))?;
    let database = chromium_home(client).join(OLD_PLACE);
    nss_database(client, &database, false, client.portal()?.ca_file())?;
    let outcome = set_up_and_visit(testbed)?;
    let list = fs::read_to_string(database.join("pkcs11.txt")).unwrap_or_default();
    ensure!(!list.contains("libcns_pkcs11.so"), "the module is still there: {list}");
    with(outcome, "; the module is gone")
}

fn set_up_and_visit(testbed: &mut Testbed) -> Result<StepOutcome> {
    succeed(chrome(&testbed.client, &["--module", module(&testbed.client)?]))?;
    let chromium = Chromium::again(&testbed.client, StartOptions { module: false, ..USUAL })?;
    let said = process::run(chrome(&testbed.client, &["--remove"]), "", CLIENT_LIMIT)?
        .expect_output("Chromium is open")?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    let outcome = scenarios::three_pages(chromium, testbed, Tls::V1_3)?;
    succeed(chrome(&testbed.client, &["--remove"]))?;
    Ok(outcome)
}

fn refused_while_open(client: &ClientEnvironment, program: &str, words: &str) -> Result<()> {
    let said = process::run(own(client, &[program, "--remove"]), "", CLIENT_LIMIT)?.expect_output(words)?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    Ok(())
}

/// How many findings there are of a card that works, in a real reader, for a module that can be loaded.
fn doctor(client: &ClientEnvironment) -> Result<usize> {
    let mut command = cns(client, &["doctor", "--json", "--module"]);
    command.arg(&client.module).env("HOME", home(client));
    let said = process::run(command, "", CLIENT_LIMIT)?;
    let document: Value = serde_json::from_str(&said.stdout)?;
    let findings = document["findings"].as_array().context("no findings")?;
    let well =
        |name: &str| findings.iter().any(|finding| finding["finding"] == name && finding["verdict"] == "ok");
    for name in ["service-runs", "reader-seen", "card-recognised", "certificate-is-cns", "module-loads"] {
        ensure!(well(name), "no {name}: {}", said.stdout);
    }
    let firefox = findings.iter().find(|finding| finding["program"] == "firefox");
    ensure!(firefox.is_some_and(|finding| finding["finding"] == "registered"), "{}", said.stdout);
    Ok(findings.len())
}

fn with(outcome: StepOutcome, more: &str) -> Result<StepOutcome> {
    match outcome {
        StepOutcome::Passed(what) => pass(what + more),
        other => Ok(other),
    }
}
