//! An environment with a person's own card: the system's pcscd, a real reader, the PIN asked without echo.
//!
//! Nothing here counts tries: that is the card's and the module's. But a PIN that failed once is never sent again,
//! so a program that uses this environment stops at the first failure.

use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;

use crate::process::{Process, wait_until};
use crate::testbed::client_environment::ClientEnvironment;

const SOCKET: &str = "/run/pcscd/pcscd.comm";

/// The system's pcscd, or one started for now where none runs.
pub fn system_pcscd() -> Result<Option<Process>> {
    let answers = || UnixStream::connect(SOCKET).is_ok();
    if answers() {
        return Ok(None);
    }
    if !rustix::process::geteuid().is_root() {
        bail!("no pcscd is running. Start it with: sudo systemctl start pcscd.socket");
    }
    println!("No pcscd is running: starting one for now.");
    let mut command = Command::new("pcscd");
    command.arg("--foreground").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let process = Process::start(command)?;
    wait_until("pcscd", Duration::from_secs(10), || Ok(answers()))?;
    Ok(Some(process))
}

/// The card in the reader whose name holds `reader`, as the module lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SlotListing {
    reader: String,
    slot: String,
    label: String,
    serial: String,
}

/// An environment for the card in that reader. Asks for the PIN.
pub fn environment(folder: &Path, module: &Path, reader: &str) -> Result<ClientEnvironment> {
    let mut client = ClientEnvironment::new(folder, module, None)?;
    let listing = client.run(tool(&client, &["-L"]))?.succeed()?;
    let cards = listed(&listing.stdout);
    let Some(card) = cards.iter().find(|card| card.reader.contains(reader)) else {
        bail!("{}", listing.report(&format!("found no CNS in a reader called {reader:?}")));
    };
    println!("\nIn the reader \"{}\":", card.reader);
    println!("  card     {}, {}", card.label, card.serial);
    let objects = client.run(tool(&client, &["-O", "-y", "cert", "--slot", &card.slot]))?.succeed()?;
    let id = objects.stdout.split("ID:").nth(1).and_then(|rest| rest.split_whitespace().next());
    let id = id.with_context(|| objects.report("found no certificate"))?;
    let file = client.file("certificate.der");
    let to = file.to_str().context("the folder's name")?;
    client.run(tool(&client, &["-r", "-y", "cert", "--slot", &card.slot, "-d", id, "-o", to]))?.succeed()?;
    client.certificate = fs::read(&file)?;
    client.token = format!("serial={};", card.serial);
    client.pin = rpassword::prompt_password("  PIN      ").context("the PIN could not be asked for")?;
    if !(5..=8).contains(&client.pin.len()) || !client.pin.bytes().all(|byte| byte.is_ascii_digit()) {
        bail!("a CNS PIN has 5 to 8 digits; nothing was sent to the card");
    }
    Ok(client)
}

fn tool(client: &ClientEnvironment, arguments: &[&str]) -> Command {
    let mut command = client.command("pkcs11-tool");
    command.arg("--module").arg(&client.module).args(arguments);
    command
}

/// The slots with a recognised token in pkcs11-tool's list.
fn listed(listing: &str) -> Vec<SlotListing> {
    let mut cards = Vec::new();
    for slot in listing.split("\nSlot ").skip(1) {
        let value = |name: &str| {
            let line = slot.lines().find(|line| line.trim_start().starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let number = slot.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let (Some((number, rest)), Some(label), Some(serial)) =
            (number, value("token label"), value("serial num"))
        else {
            continue;
        };
        let reader = rest.lines().next().unwrap_or_default().trim_start_matches(':').trim().to_owned();
        cards.push(SlotListing { reader, slot: number.to_owned(), label, serial });
    }
    cards
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_slots_with_a_token_are_cards() {
        let listing = "Available slots:\nSlot 0 (0x1): Reader A 00 00\n  (empty)\nSlot 1 (0x2): Reader B (x) 00 00\n  \
                       token label        : CNS MARIO ROSSI\n  token flags        : login required\n  \
                       serial num         : 6090010000000017\n";
        let card = SlotListing {
            reader: "Reader B (x) 00 00".into(),
            slot: "0x2".into(),
            label: "CNS MARIO ROSSI".into(),
            serial: "6090010000000017".into(),
        };
        assert_eq!(listed(listing), [card]);
    }
}
