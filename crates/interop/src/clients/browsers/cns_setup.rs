//! `cns setup`, judged by the browsers themselves: they log in with what it wrote, it leaves them alone while they are
//! open, and it gives their files back to the byte.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::chromium::{self, Chromium, OLD_PLACE, StartOptions, USUAL};
use super::firefox::{Firefox, Registration};
use super::{Check, nss_database, on_each, pass, scenarios};
use crate::cargo;
use crate::clients::examples::prepared;
use crate::process;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Mount, Tls};
use crate::testbed::{Testbed, card};

const PROGRAM: &str = "cns";
/// Where Debian's Firefox has its distributor's policies.
const DISTRIBUTION: &str = "/usr/lib/firefox-esr/distribution";
/// Policies that were there before.
const THEIRS: &str = "{\n\t\"policies\": { \"DisableTelemetry\": true }\n}\n";

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

/// For [`Registration::CnsSetup`]: a home whose only profile is this one, and the command told so.
pub fn set_up_profile(client: &ClientEnvironment, profile: &Path) -> Result<()> {
    let folder = home(client).join(".mozilla/firefox");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("profiles.ini"), format!("[Profile0]\nName=only\nPath={}\n", profile.display()))?;
    fs::copy(profile.join("pkcs11.txt"), before(client))?;
    succeed(own(client, &["firefox", "--module", module(client)?]))?;
    // A second time adds nothing.
    succeed(own(client, &["firefox", "--module", module(client)?]))?;
    let list = fs::read_to_string(profile.join("pkcs11.txt"))?;
    ensure!(list.matches("libcns_pkcs11.so").count() == 1, "{list}");
    Ok(())
}

/// For [`Registration::CnsSetupForEverybody`]: the distributor's policies with the module in them, in `folder`.
pub fn set_up_everybody(client: &ClientEnvironment, folder: &Path) -> Result<()> {
    fs::write(folder.join("policies.json"), THEIRS)?;
    succeed(everybodys(client, folder, &["firefox", "--module", module(client)?])?)
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
    let database = chromium::home(client).join(OLD_PLACE);
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
    fs::create_dir_all(chromium::home(client))?;
    succeed(chrome(client, &["--module", module(client)?]))?;
    let database = chromium::home(client).join(OLD_PLACE);
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
    let findings: Vec<Value> = serde_json::from_str(&said.stdout)?;
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

fn module(client: &ClientEnvironment) -> Result<&str> {
    client.module.to_str().context("the module's path")
}

fn home(client: &ClientEnvironment) -> PathBuf {
    client.file("firefox-home")
}

/// The list as it was before.
fn before(client: &ClientEnvironment) -> PathBuf {
    client.file("pkcs11.before")
}

/// The built command, in English, in the user's own folders only.
fn cns(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = client.command(&prepared(client, PROGRAM).display().to_string());
    command.env_remove("XDG_STATE_HOME").env_remove("XDG_DATA_HOME").args(["--lang", "en"]).args(arguments);
    command
}

fn own(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(client, &["setup", "--user"]);
    command.args(arguments).env("HOME", home(client));
    command
}

fn chrome(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(client, &["setup", "--user", "chrome"]);
    command.args(arguments).env("HOME", chromium::home(client));
    command
}

/// As administrator, with folders of the check's own in the place of the system's.
fn everybodys(client: &ClientEnvironment, policies: &Path, arguments: &[&str]) -> Result<Command> {
    let state = client.file("var-lib");
    fs::create_dir_all(&state)?;
    let mounts = [Mount::new(policies, DISTRIBUTION), Mount::new(&state, "/var/lib")];
    let mut command = client.command_with(&mounts, prepared(client, PROGRAM));
    command.args(["--lang", "en", "setup"]).args(arguments).env("HOME", home(client));
    Ok(command)
}

fn succeed(command: Command) -> Result<()> {
    process::run(command, "", CLIENT_LIMIT)?.succeed().map(|_| ())
}
