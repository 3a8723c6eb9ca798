//! Go with crypto11 (Debian's packages, no network): a program logs in with the card's certificate and key.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::check::{Check, on_each, pass, wrong_pin};
use crate::process::run;
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["gcc", "golang-github-thalesignite-crypto11-dev", "golang-go", "libc6-dev"];

const PROGRAM: &str = include_str!("go/login.go");

/// Where Debian has the sources of Go's libraries.
const LIBRARIES: &str = "/usr/share/gocode";

/// A Go of today compiles its own library first.
const BUILD_LIMIT: Duration = Duration::from_secs(180);

pub fn checks() -> Vec<Check> {
    on_each(&[card::DEFAULT], "Go, crypto11: logs in with TLS 1.2 and 1.3", login)
}

fn login(testbed: &mut Testbed) -> Result<StepOutcome> {
    build(&testbed.client)?;
    wrong_pin(testbed, |pin| run(program(&testbed.client, Tls::V1_3)?, &format!("{pin}\n"), CLIENT_LIMIT))?;
    let old = testbed.login(Tls::V1_2, visit)?;
    let new = testbed.login(Tls::V1_3, visit)?;
    pass(format!("{old}; {new}; a wrong PIN cost one try"))
}

fn build(client: &ClientEnvironment) -> Result<()> {
    client.write("login.go", PROGRAM)?;
    let mut command = client.command("go");
    command.args(["build", "-o", "login", "login.go"]);
    command.env("GO111MODULE", "off").env("GOPATH", LIBRARIES).env("GOFLAGS", "");
    command.env("GOCACHE", client.file("go-cache")).env("GOTOOLCHAIN", "local").env("CGO_ENABLED", "1");
    run(command, "", BUILD_LIMIT)?.succeed().map(|_| ())
}

fn program(client: &ClientEnvironment, tls: Tls) -> Result<Command> {
    let portal = client.portal()?;
    let mut command = client.command(&client.file("login").to_string_lossy());
    command.arg(&client.module).args([tls.number(), &portal.host_and_port()]).arg(portal.ca_file());
    Ok(command)
}

fn visit(client: &ClientEnvironment, tls: Tls) -> Result<Visitor> {
    client.visit(tls, |_| run(program(client, tls)?, &format!("{}\n", client.pin), CLIENT_LIMIT))
}
