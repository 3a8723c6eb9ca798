//! Asking how many tries are left: VERIFY without data (ISO/IEC 7816-4:2020, 11.6.6).
//!
//! What this room is for: from where that is asked, and what is believed. It must never send it to a family of which it is
//! not known that nothing is counted.

use super::CardDriver;
use super::dialogue::Dialogue;
use crate::error::CardError;
use crate::iso7816::Command;
use crate::pin::{self, Retries, RetryQuery};
use crate::profile::EmptyVerify;

/// Whose tries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counter {
    Pin,
    Puk,
}

/// In the DF of the PIN: what the last try is guarded by.
pub(crate) fn ask(
    driver: &dyn CardDriver,
    dialogue: &mut Dialogue<'_>,
    whose: Counter,
) -> Result<RetryQuery, CardError> {
    if driver.profile().empty_verify == EmptyVerify::MaySpendATry {
        return Ok(RetryQuery::Counter(Retries::Unknown));
    }
    let reference = driver.profile().pin;
    driver.enter_pin_directory(dialogue, reference)?;
    let p2 = match whose {
        Counter::Pin => reference.qualifier,
        Counter::Puk => reference.puk,
    };
    let command = Command::new("VERIFY (query)", 0x20, 0x00, p2);
    Ok(pin::queried_retries(dialogue.once(&command)?.status))
}
