//! p11-kit: the module registered with a `.module` file, reached through the proxy, and lent to another machine or
//! account through `p11-kit server`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::removal_and_reset::{LIMIT, PROMPT, has_card, leave, look_until};
use crate::process::{self, InteractiveProcess, Process, run, wait_until};
use crate::report::StepOutcome;
use crate::testbed::client_environment::{CLIENT_LIMIT, ClientEnvironment, Mount};
use crate::testbed::pcscd::Reader;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["p11-kit", "p11-kit-modules", "opensc"];

/// Where the distributions look for `.module` files.
const REGISTRY: &str = "/usr/share/p11-kit/modules";

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "p11-kit: registered by a .module file, signs through p11-kit-proxy", proxy),
        on_each(&cards, "p11-kit server: lists and signs from the other side", server),
        on_each(&cards, "p11-kit server: card pulled and put back, seen from the other side", removal),
    ]
    .concat()
}

/// One of p11-kit's libraries, wherever architecture and release put it.
fn library(name: &str) -> Result<PathBuf> {
    let mut command = Command::new("dpkg");
    command.args(["-L", "p11-kit-modules", "libp11-kit0"]);
    let files = process::run(command, "", CLIENT_LIMIT)?.stdout;
    let file = files.lines().find(|file| file.ends_with(&format!("/{name}")));
    file.map(PathBuf::from).with_context(|| format!("p11-kit's packages hold no {name}"))
}

/// The client with the system's registry replaced by one that holds our `.module` file.
fn registered(client: &ClientEnvironment, program: &str) -> Result<Command> {
    let registry = client.file("p11-kit-modules");
    fs::create_dir_all(&registry)?;
    fs::write(registry.join("cns.module"), format!("module: {}\n", client.module.display()))?;
    Ok(client.command_with(&[Mount::new(&registry, REGISTRY)], program))
}

fn proxy(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    if !client.private || !Path::new(REGISTRY).exists() {
        return Ok(StepOutcome::Skipped(format!(
            "{REGISTRY} cannot be replaced here without touching the system"
        )));
    }
    let mut list = registered(client, "p11-kit")?;
    list.arg("list-modules");
    let listing = client.run(list)?.succeed()?.expect_output("token: CNS")?;
    // As 0.24 says it, then as 0.25 does.
    let listed = |line: &str| line.starts_with("cns:") || line == "module: cns";
    ensure!(listing.stdout.lines().any(listed), "{}", listing.report("does not list our module"));
    let proxy = library("p11-kit-proxy.so")?;
    let mut sign = registered(client, "pkcs11-tool")?;
    sign.arg("--module").arg(proxy).args(["-l", "-p", &client.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
    run(sign, "some bytes", CLIENT_LIMIT)?.succeed()?;
    ensure!(testbed.card.signature_count() == 1, "the card made no signature");
    pass("listed with its token, signs")
}

/// `p11-kit server` beside the card, and pkcs11-tool on the other side, which knows no reader and no module: only the
/// socket.
#[derive(Debug)]
struct P11KitServer {
    _server: Process,
    socket: PathBuf,
    client: PathBuf,
}

impl P11KitServer {
    fn start(client: &ClientEnvironment) -> Result<Self> {
        let socket = client.file("p11-kit-socket");
        let mut command = client.command("p11-kit");
        command.args(["server", "--foreground", "--name"]).arg(&socket).arg("--provider").arg(&client.module);
        command.arg("pkcs11:").stdin(Stdio::null()).stdout(Stdio::null());
        let server = Process::start(command)?;
        wait_until("p11-kit server", Duration::from_secs(10), || Ok(process::listens(&socket)))?;
        Ok(Self { _server: server, socket, client: library("p11-kit-client.so")? })
    }

    fn tool(&self, client: &ClientEnvironment, arguments: &[&str]) -> Command {
        let mut command = client.command("pkcs11-tool");
        command
            .env_remove("PCSCLITE_CSOCK_NAME")
            .env("P11_KIT_SERVER_ADDRESS", format!("unix:path={}", self.socket.display()));
        command.arg("--module").arg(&self.client).args(arguments);
        command
    }

    fn signs(&self, client: &ClientEnvironment) -> Result<()> {
        let sign = self.tool(client, &["-l", "-p", &client.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
        run(sign, "some bytes", CLIENT_LIMIT)?.succeed().map(|_| ())
    }
}

fn server(testbed: &mut Testbed) -> Result<StepOutcome> {
    let client = &testbed.client;
    let lent = P11KitServer::start(client)?;
    client.run(lent.tool(client, &["-O"]))?.succeed()?.expect_output("Certificate Object")?;
    lent.signs(client)?;
    ensure!(testbed.card.signature_count() == 1, "the card made no signature");
    pass("certificate listed and a signature made through the socket")
}

/// One program that stays connected while the card goes and comes, then another that uses it.
fn removal(testbed: &mut Testbed) -> Result<StepOutcome> {
    let lent = P11KitServer::start(&testbed.client)?;
    let mut dialogue = InteractiveProcess::start(lent.tool(&testbed.client, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, LIMIT)?;
    look_until(&mut dialogue, "the card", has_card)?;
    testbed.card.remove(&testbed.pcscd)?;
    look_until(&mut dialogue, "an empty reader", |listing| !has_card(listing))?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;
    look_until(&mut dialogue, "the card", has_card)?;
    leave(dialogue)?;
    lent.signs(&testbed.client)?;
    ensure!(testbed.card.signature_count() == 1, "the card made no signature");
    pass("gone, back, signs")
}
