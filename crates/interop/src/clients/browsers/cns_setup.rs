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
pub fn set_up_profile(environment: &ClientEnvironment, profile: &Path) -> Result<()> {
    let folder = home(environment).join(".mozilla/firefox");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("profiles.ini"), format!("[Profile0]\nName=only\nPath={}\n", profile.display()))?;
    fs::copy(profile.join("pkcs11.txt"), before(environment))?;
    succeed(own(environment, &["firefox", "--module", module(environment)?]))?;
    // A second time adds nothing.
    succeed(own(environment, &["firefox", "--module", module(environment)?]))?;
    let list = fs::read_to_string(profile.join("pkcs11.txt"))?;
    ensure!(list.matches("libcns_pkcs11.so").count() == 1, "{list}");
    Ok(())
}

/// For [`Registration::CnsSetupForEverybody`]: the distributor's policies with the module in them, in `folder`.
pub fn set_up_everybody(environment: &ClientEnvironment, folder: &Path) -> Result<()> {
    fs::write(folder.join("policies.json"), THEIRS)?;
    succeed(everybodys(environment, folder, &["firefox", "--module", module(environment)?])?)
}

fn own_profile(testbed: &mut Testbed) -> Result<StepOutcome> {
    let firefox = Firefox::start(&testbed.environment, Registration::CnsSetup, Tls::V1_3)?;
    refused_while_open(&testbed.environment, "firefox", "Firefox is open")?;
    let findings = doctor(&testbed.environment)?;
    let outcome = scenarios::three_pages(firefox, testbed, Tls::V1_3)?;
    succeed(own(&testbed.environment, &["firefox", "--remove"]))?;
    let list = testbed.environment.file("firefox-profile").join("pkcs11.txt");
    ensure!(
        fs::read(&list)? == fs::read(before(&testbed.environment))?,
        "the list is another one than before"
    );
    with(outcome, &format!("; cns doctor: {findings} findings, no problem; list as before"))
}

fn everybody(testbed: &mut Testbed) -> Result<StepOutcome> {
    if !testbed.environment.private {
        return Ok(StepOutcome::Skipped("no mounts of our own here".into()));
    }
    let firefox = Firefox::start(&testbed.environment, Registration::CnsSetupForEverybody, Tls::V1_3)?;
    let outcome = scenarios::three_pages(firefox, testbed, Tls::V1_3)?;
    let folder = testbed.environment.file("distribution");
    succeed(everybodys(&testbed.environment, &folder, &["firefox", "--remove"])?)?;
    let policies = fs::read_to_string(folder.join("policies.json"))?;
    ensure!(policies == THEIRS, "the policies are others than before: {policies}");
    with(outcome, "; policies.json as before")
}

fn known_database(testbed: &mut Testbed) -> Result<StepOutcome> {
    let environment = &testbed.environment;
    let database = chromium::home(environment).join(OLD_PLACE);
    nss_database(environment, &database, false, environment.portal()?.ca_file())?;
    let list = database.join("pkcs11.txt");
    fs::copy(&list, before(environment))?;
    let outcome = set_up_and_visit(testbed)?;
    ensure!(
        fs::read(&list)? == fs::read(before(&testbed.environment))?,
        "the list is another one than before"
    );
    with(outcome, "; list as before")
}

/// `cns setup` makes the list, NSS the rest.
fn no_database(testbed: &mut Testbed) -> Result<StepOutcome> {
    let environment = &testbed.environment;
    fs::create_dir_all(chromium::home(environment))?;
    succeed(chrome(environment, &["--module", module(environment)?]))?;
    let database = chromium::home(environment).join(OLD_PLACE);
    nss_database(environment, &database, false, environment.portal()?.ca_file())?;
    let outcome = set_up_and_visit(testbed)?;
    let list = fs::read_to_string(database.join("pkcs11.txt")).unwrap_or_default();
    ensure!(!list.contains("libcns_pkcs11.so"), "the module is still there: {list}");
    with(outcome, "; the module is gone")
}

fn set_up_and_visit(testbed: &mut Testbed) -> Result<StepOutcome> {
    succeed(chrome(&testbed.environment, &["--module", module(&testbed.environment)?]))?;
    let chromium = Chromium::again(&testbed.environment, StartOptions { module: false, ..USUAL })?;
    let said = process::run(chrome(&testbed.environment, &["--remove"]), "", CLIENT_LIMIT)?
        .expect_output("Chromium is open")?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    let outcome = scenarios::three_pages(chromium, testbed, Tls::V1_3)?;
    succeed(chrome(&testbed.environment, &["--remove"]))?;
    Ok(outcome)
}

fn refused_while_open(environment: &ClientEnvironment, program: &str, words: &str) -> Result<()> {
    let said =
        process::run(own(environment, &[program, "--remove"]), "", CLIENT_LIMIT)?.expect_output(words)?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    Ok(())
}

/// How many findings there are of a card that works, in a real reader, for a module that can be loaded.
fn doctor(environment: &ClientEnvironment) -> Result<usize> {
    let mut command = cns(environment, &["doctor", "--json", "--module"]);
    command.arg(&environment.module).env("HOME", home(environment));
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

fn module(environment: &ClientEnvironment) -> Result<&str> {
    environment.module.to_str().context("the module's path")
}

fn home(environment: &ClientEnvironment) -> PathBuf {
    environment.file("firefox-home")
}

/// The list as it was before.
fn before(environment: &ClientEnvironment) -> PathBuf {
    environment.file("pkcs11.before")
}

/// The built command, in English, in the user's own folders only.
fn cns(environment: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = environment.client(&prepared(environment, PROGRAM).display().to_string());
    command.env_remove("XDG_STATE_HOME").env_remove("XDG_DATA_HOME").args(["--lang", "en"]).args(arguments);
    command
}

fn own(environment: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(environment, &["setup", "--user"]);
    command.args(arguments).env("HOME", home(environment));
    command
}

fn chrome(environment: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = cns(environment, &["setup", "--user", "chrome"]);
    command.args(arguments).env("HOME", chromium::home(environment));
    command
}

/// As administrator, with folders of the check's own in the place of the system's.
fn everybodys(environment: &ClientEnvironment, policies: &Path, arguments: &[&str]) -> Result<Command> {
    let state = environment.file("var-lib");
    fs::create_dir_all(&state)?;
    let mounts = [Mount::new(policies, DISTRIBUTION), Mount::new(&state, "/var/lib")];
    let mut command = environment.client_with(&mounts, prepared(environment, PROGRAM));
    command.args(["--lang", "en", "setup"]).args(arguments).env("HOME", home(environment));
    Ok(command)
}

fn succeed(command: Command) -> Result<()> {
    process::run(command, "", CLIENT_LIMIT)?.succeed().map(|_| ())
}
