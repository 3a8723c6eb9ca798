//! `cns setup`, judged by the browsers themselves: they log in with what it wrote, it leaves them alone while they are
//! open, and it gives their files back to the byte.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;

use super::chromium::{self, Chromium, OLD_PLACE, USUAL, Wish};
use super::firefox::{Firefox, Registration};
use super::{Check, nss_database, on_each, scenarios, shown};
use crate::cargo;
use crate::clients::examples::prepared;
use crate::process;
use crate::report::Outcome;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Mount, Tls};
use crate::testbed::{Stack, card};

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
pub fn set_up_profile(desk: &Desk, profile: &Path) -> Result<()> {
    let folder = home(desk).join(".mozilla/firefox");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("profiles.ini"), format!("[Profile0]\nName=only\nPath={}\n", profile.display()))?;
    fs::copy(profile.join("pkcs11.txt"), before(desk))?;
    succeed(own(desk, &["firefox", "--module", module(desk)?]))?;
    // A second time adds nothing.
    succeed(own(desk, &["firefox", "--module", module(desk)?]))?;
    let list = fs::read_to_string(profile.join("pkcs11.txt"))?;
    ensure!(list.matches("libcns_pkcs11.so").count() == 1, "{list}");
    Ok(())
}

/// For [`Registration::CnsSetupForEverybody`]: the distributor's policies with the module in them, in `folder`.
pub fn set_up_everybody(desk: &Desk, folder: &Path) -> Result<()> {
    fs::write(folder.join("policies.json"), THEIRS)?;
    succeed(everybodys(desk, folder, &["firefox", "--module", module(desk)?])?)
}

fn own_profile(stack: &mut Stack) -> Result<Outcome> {
    let firefox = Firefox::start(&stack.desk, Registration::CnsSetup, Tls::V1_3)?;
    refused_while_open(&stack.desk, "firefox", "Firefox is open")?;
    let findings = doctor(&stack.desk)?;
    let outcome = scenarios::three_pages(firefox, stack, Tls::V1_3)?;
    succeed(own(&stack.desk, &["firefox", "--remove"]))?;
    let list = stack.desk.file("firefox-profile").join("pkcs11.txt");
    ensure!(fs::read(&list)? == fs::read(before(&stack.desk))?, "the list is another one than before");
    with(outcome, &format!("; cns doctor: {findings} findings, no problem; list as before"))
}

fn everybody(stack: &mut Stack) -> Result<Outcome> {
    if !stack.desk.private {
        return Ok(Outcome::Skipped("no mounts of our own here".into()));
    }
    let firefox = Firefox::start(&stack.desk, Registration::CnsSetupForEverybody, Tls::V1_3)?;
    let outcome = scenarios::three_pages(firefox, stack, Tls::V1_3)?;
    let folder = stack.desk.file("distribution");
    succeed(everybodys(&stack.desk, &folder, &["firefox", "--remove"])?)?;
    let policies = fs::read_to_string(folder.join("policies.json"))?;
    ensure!(policies == THEIRS, "the policies are others than before: {policies}");
    with(outcome, "; policies.json as before")
}

fn known_database(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let database = chromium::home(desk).join(OLD_PLACE);
    nss_database(desk, &database, false, desk.portal()?.ca_file())?;
    let list = database.join("pkcs11.txt");
    fs::copy(&list, before(desk))?;
    let outcome = set_up_and_visit(stack)?;
    ensure!(fs::read(&list)? == fs::read(before(&stack.desk))?, "the list is another one than before");
    with(outcome, "; list as before")
}

/// `cns setup` makes the list, NSS the rest.
fn no_database(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    fs::create_dir_all(chromium::home(desk))?;
    succeed(chrome(desk, &["--module", module(desk)?]))?;
    let database = chromium::home(desk).join(OLD_PLACE);
    nss_database(desk, &database, false, desk.portal()?.ca_file())?;
    let outcome = set_up_and_visit(stack)?;
    let list = fs::read_to_string(database.join("pkcs11.txt")).unwrap_or_default();
    ensure!(!list.contains("libcns_pkcs11.so"), "the module is still there: {list}");
    with(outcome, "; the module is gone")
}

fn set_up_and_visit(stack: &mut Stack) -> Result<Outcome> {
    succeed(chrome(&stack.desk, &["--module", module(&stack.desk)?]))?;
    let chromium = Chromium::again(&stack.desk, Wish { module: false, ..USUAL })?;
    let said =
        process::run(chrome(&stack.desk, &["--remove"]), "", CLIENT_LIMIT)?.says("Chromium is open")?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    let outcome = scenarios::three_pages(chromium, stack, Tls::V1_3)?;
    succeed(chrome(&stack.desk, &["--remove"]))?;
    Ok(outcome)
}

fn refused_while_open(desk: &Desk, program: &str, words: &str) -> Result<()> {
    let said = process::run(own(desk, &[program, "--remove"]), "", CLIENT_LIMIT)?.says(words)?;
    ensure!(said.status.is_some_and(|status| status.code() == Some(1)), "{}", said.report("no refusal"));
    Ok(())
}

/// How many findings there are of a card that works, in a real reader, for a module that can be loaded.
fn doctor(desk: &Desk) -> Result<usize> {
    let mut command = cns(desk, &["doctor", "--json", "--module"]);
    command.arg(&desk.module).env("HOME", home(desk));
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

fn with(outcome: Outcome, more: &str) -> Result<Outcome> {
    match outcome {
        Outcome::Passed(what) => shown(what + more),
        other => Ok(other),
    }
}

fn module(desk: &Desk) -> Result<&str> {
    desk.module.to_str().context("the module's path")
}

fn home(desk: &Desk) -> PathBuf {
    desk.file("firefox-home")
}

/// The list as it was before.
fn before(desk: &Desk) -> PathBuf {
    desk.file("pkcs11.before")
}

/// The built command, in English, in the user's own folders only.
fn cns(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = desk.client(&prepared(desk, PROGRAM).display().to_string());
    command.env_remove("XDG_STATE_HOME").env_remove("XDG_DATA_HOME").args(["--lang", "en"]).args(arguments);
    command
}

fn own(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = cns(desk, &["setup", "--user"]);
    command.args(arguments).env("HOME", home(desk));
    command
}

fn chrome(desk: &Desk, arguments: &[&str]) -> Command {
    let mut command = cns(desk, &["setup", "--user", "chrome"]);
    command.args(arguments).env("HOME", chromium::home(desk));
    command
}

/// As administrator, with folders of the check's own in the place of the system's.
fn everybodys(desk: &Desk, policies: &Path, arguments: &[&str]) -> Result<Command> {
    let state = desk.file("var-lib");
    fs::create_dir_all(&state)?;
    let mounts = [Mount::new(policies, DISTRIBUTION), Mount::new(&state, "/var/lib")];
    let mut command = desk.client_with(&mounts, prepared(desk, PROGRAM));
    command.args(["--lang", "en", "setup"]).args(arguments).env("HOME", home(desk));
    Ok(command)
}

fn succeed(command: Command) -> Result<()> {
    process::run(command, "", CLIENT_LIMIT)?.succeed().map(|_| ())
}
