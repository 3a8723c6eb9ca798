//! p11-kit: the module registered with a `.module` file, reached through the proxy, and lent to another machine or
//! account through `p11-kit server`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::disturbances::{LIMIT, PROMPT, has_card, leave, look_until};
use super::{Check, on_each, shown};
use crate::process::{self, Dialogue, Process, run, wait_until};
use crate::report::Outcome;
use crate::testbed::desk::{CLIENT_LIMIT, Desk, Mount};
use crate::testbed::pcscd::Reader;
use crate::testbed::{Stack, card};

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
fn registered(desk: &Desk, program: &str) -> Result<Command> {
    let registry = desk.file("p11-kit-modules");
    fs::create_dir_all(&registry)?;
    fs::write(registry.join("cns.module"), format!("module: {}\n", desk.module.display()))?;
    Ok(desk.client_with(&[Mount::new(&registry, REGISTRY)], program))
}

fn proxy(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    if !desk.private || !Path::new(REGISTRY).exists() {
        return Ok(Outcome::Skipped(format!(
            "{REGISTRY} cannot be replaced here without touching the system"
        )));
    }
    let mut list = registered(desk, "p11-kit")?;
    list.arg("list-modules");
    desk.run(list)?.succeed()?.says("cns:")?.says("token: CNS")?;
    let proxy = library("p11-kit-proxy.so")?;
    let mut sign = registered(desk, "pkcs11-tool")?;
    sign.arg("--module").arg(proxy).args(["-l", "-p", &desk.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
    run(sign, "some bytes", CLIENT_LIMIT)?.succeed()?;
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    shown("listed with its token, signs")
}

/// `p11-kit server` beside the card, and pkcs11-tool on the other side, which knows no reader and no module: only the
/// socket.
#[derive(Debug)]
struct Lent {
    _server: Process,
    socket: PathBuf,
    client: PathBuf,
}

impl Lent {
    fn start(desk: &Desk) -> Result<Self> {
        let socket = desk.file("p11-kit-socket");
        let mut command = desk.client("p11-kit");
        command.args(["server", "--foreground", "--name"]).arg(&socket).arg("--provider").arg(&desk.module);
        command.arg("pkcs11:").stdin(Stdio::null()).stdout(Stdio::null());
        let server = Process::start(command)?;
        wait_until("p11-kit server", Duration::from_secs(10), || Ok(process::listens(&socket)))?;
        Ok(Self { _server: server, socket, client: library("p11-kit-client.so")? })
    }

    fn tool(&self, desk: &Desk, arguments: &[&str]) -> Command {
        let mut command = desk.client("pkcs11-tool");
        command
            .env_remove("PCSCLITE_CSOCK_NAME")
            .env("P11_KIT_SERVER_ADDRESS", format!("unix:path={}", self.socket.display()));
        command.arg("--module").arg(&self.client).args(arguments);
        command
    }

    fn signs(&self, desk: &Desk) -> Result<()> {
        let sign = self.tool(desk, &["-l", "-p", &desk.pin, "--sign", "-m", "SHA256-RSA-PKCS"]);
        run(sign, "some bytes", CLIENT_LIMIT)?.succeed().map(|_| ())
    }
}

fn server(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let lent = Lent::start(desk)?;
    desk.run(lent.tool(desk, &["-O"]))?.succeed()?.says("Certificate Object")?;
    lent.signs(desk)?;
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    shown("certificate listed and a signature made through the socket")
}

/// One program that stays connected while the card goes and comes, then another that uses it.
fn removal(stack: &mut Stack) -> Result<Outcome> {
    let lent = Lent::start(&stack.desk)?;
    let mut dialogue = Dialogue::start(lent.tool(&stack.desk, &["--test-hotplug"]))?;
    dialogue.expect(PROMPT, LIMIT)?;
    look_until(&mut dialogue, "the card", has_card)?;
    stack.card.remove(&stack.pcscd)?;
    look_until(&mut dialogue, "an empty reader", |listing| !has_card(listing))?;
    stack.card.insert(&stack.pcscd, Reader::First)?;
    look_until(&mut dialogue, "the card", has_card)?;
    leave(dialogue)?;
    lent.signs(&stack.desk)?;
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    shown("gone, back, signs")
}
