//! p11-kit: the module registered with a `.module` file, reached through the proxy, and lent to another machine or
//! account through `p11-kit server`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::{Check, on_each, shown};
use crate::process::{self, Process, run, wait_until};
use crate::report::Outcome;
use crate::stack::desk::{CLIENT_LIMIT, Desk};
use crate::stack::{Stack, card};

pub const PACKAGES: &[&str] = &["p11-kit", "p11-kit-modules", "opensc"];

/// Where the distributions look for `.module` files.
const REGISTRY: &str = "/usr/share/p11-kit/modules";

pub fn checks() -> Vec<Check> {
    let cards = [card::DEFAULT, "idemia2021"];
    [
        on_each(&cards, "p11-kit: registered by a .module file, signs through p11-kit-proxy", proxy),
        on_each(&cards, "p11-kit server: lists and signs from the other side", server),
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
    Ok(desk.client_with(&registry, REGISTRY, program))
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

fn server(stack: &mut Stack) -> Result<Outcome> {
    let desk = &stack.desk;
    let socket = desk.file("p11-kit-socket");
    let mut command = desk.client("p11-kit");
    command.args(["server", "--foreground", "--name"]).arg(&socket).arg("--provider").arg(&desk.module);
    command.arg("pkcs11:").stdin(Stdio::null()).stdout(Stdio::null());
    let server = Process::start(command)?;
    wait_until("p11-kit server", Duration::from_secs(10), || Ok(socket.exists()))?;
    let client = library("p11-kit-client.so")?;
    let tool = |arguments: &[&str]| {
        // The other side knows no reader and no module: only the socket.
        let mut command = desk.client("pkcs11-tool");
        command
            .env_remove("PCSCLITE_CSOCK_NAME")
            .env("P11_KIT_SERVER_ADDRESS", format!("unix:path={}", socket.display()));
        command.arg("--module").arg(&client).args(arguments);
        run(command, "some bytes", CLIENT_LIMIT)?.succeed()
    };
    tool(&["-O"])?.says("Certificate Object")?;
    tool(&["-l", "-p", &desk.pin, "--sign", "-m", "SHA256-RSA-PKCS"])?;
    drop(server);
    ensure!(stack.card.signature_count() == 1, "the card made no signature");
    shown("certificate listed and a signature made through the socket")
}
