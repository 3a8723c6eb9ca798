//! A program that nobody gave a PIN: it talks to the card past every PKCS#11 module, with plain commands.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process;
use crate::testbed::Testbed;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::pcscd::Reader;

/// The card made a signature.
pub const SIGNED: &str = "9000";
/// Security status not satisfied (ISO 7816-4, table 6): it wants a PIN.
pub const REFUSED: &str = "6982";

/// After this time a card that no program is connected to has lost its power, and with it the verified PIN: pcscd
/// waits 5 s (`PCSCLITE_POWER_OFF_GRACE_PERIOD`) and looks at the reader every 0.4 s. A visit starts it anew.
pub const POWER_DOWN: Duration = Duration::from_secs(8);

/// What the card answers to one that uses its key (a classic layout's) without a PIN: a status word in hex.
pub fn sign_without_pin(testbed: &Testbed) -> Result<String> {
    let block = format!("0001{}00{}", "FF".repeat(220), "33".repeat(33));
    raw(testbed, &format!("00A40000023F00\n0022F303\n0022F1B803830101\n002A808600010100{block}0100\n"))
}

/// Sends commands to the card through pcscd, one a line; answers the status word of the last.
pub fn raw(testbed: &Testbed, commands: &str) -> Result<String> {
    let mut command = testbed.client.command("scriptor");
    command.args(["-r", Reader::First.name()]);
    let said = process::run(command, commands, CLIENT_LIMIT)?.succeed()?.stdout;
    // "< 33 33 … 90 00 : Normal processing."
    let last = said
        .rsplit_once("< ")
        .and_then(|(_, answer)| answer.split_once(" : "))
        .with_context(|| said.clone())?;
    let bytes: String = last.0.split_whitespace().collect();
    Ok(bytes[bytes.len().saturating_sub(4)..].to_owned())
}
