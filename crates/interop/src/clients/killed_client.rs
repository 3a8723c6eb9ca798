//! A program that ends without C_Logout while its user is logged in: killed, or a browser's quick exit. No other program
//! may use the key after it.

use std::process::Stdio;
use std::thread::sleep;

use anyhow::{Result, ensure};
use rustix::process::Signal;

use super::check::{Check, on_each, pass};
use super::pkcs11_tool::tool;
use crate::clients::raw_apdu::{POWER_DOWN, REFUSED, SIGNED, sign_without_pin};
use crate::process::{Process, wait_until};
use crate::report::StepOutcome;
use crate::testbed::client_environment::CLIENT_LIMIT;
use crate::testbed::{Testbed, card};

pub const PACKAGES: &[&str] = &["opensc", "pcsc-tools"];

pub fn checks() -> Vec<Check> {
    let card = [card::DEFAULT];
    [
        on_each(&card, "killed while logged in: pcscd powers the card down", powered_down),
        on_each(&card, "killed while logged in: the next program locks the card", locked_by_the_next_program),
    ]
    .concat()
}

/// Logs in and is killed before it can log out; the key is open then, or the checks would show nothing.
fn log_in_and_die(testbed: &Testbed) -> Result<()> {
    let sign = ["-l", "-p", &testbed.client.pin, "--sign", "-m", "SHA256-RSA-PKCS"];
    let mut command = tool(testbed, &sign);
    // It logs in first, then waits for something to sign.
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let program = Process::start(command)?;
    wait_until("the login", CLIENT_LIMIT, || Ok(testbed.card.verify_count() == 1))?;
    let open = wait_until("the key to be open", CLIENT_LIMIT, || Ok(sign_without_pin(testbed)? == SIGNED));
    program.signal(Signal::KILL);
    open
}

fn powered_down(testbed: &mut Testbed) -> Result<StepOutcome> {
    log_in_and_die(testbed)?;
    sleep(POWER_DOWN);
    let answer = sign_without_pin(testbed)?;
    ensure!(
        answer == REFUSED,
        "after {} s the card answers {answer} to another program",
        POWER_DOWN.as_secs()
    );
    pass(format!("{} s later another program gets {answer}", POWER_DOWN.as_secs()))
}

fn locked_by_the_next_program(testbed: &mut Testbed) -> Result<StepOutcome> {
    log_in_and_die(testbed)?;
    let before = sign_without_pin(testbed)?;
    testbed.client.run(tool(testbed, &["-O"]))?.succeed()?.expect_output("Certificate Object")?;
    let answer = sign_without_pin(testbed)?;
    ensure!(
        before == SIGNED && answer == REFUSED,
        "before the next program looks the card answers {before} without a PIN, afterwards {answer}"
    );
    pass(format!("without a PIN the card answers {before} before the next program, {answer} after it"))
}
