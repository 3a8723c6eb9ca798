//! Asking how many tries are left: VERIFY without data (ISO/IEC 7816-4:2020, 11.6.6).
//!
//! What this room is for: from where that is asked, and what is believed. It must never send it to a family of which it is
//! not known that nothing is counted.

use super::CardDriver;
use super::dialogue::Dialogue;
use crate::error::CardError;
use crate::iso7816::{Command, StatusWord};
use crate::pin::{self, PinId, Retries};
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
    which: PinId,
    whose: Counter,
) -> Result<Retries, CardError> {
    if driver.profile().empty_verify == EmptyVerify::MaySpendATry {
        return Ok(Retries::Unknown);
    }
    let reference = driver.profile().pin_reference(which);
    driver.enter_pin_directory(dialogue, reference)?;
    let p2 = match whose {
        Counter::Pin => reference.qualifier,
        Counter::Puk => reference.puk,
    };
    Ok(pin::queried_retries(empty_verify(dialogue, p2)?))
}

/// In the current DF first. A P2 without bit 8 names reference data of the whole card (ISO/IEC 7816-4, "global"), for
/// which no DF need be selected; a card may read it otherwise, and find no PIN from there, or one of that DF. So only the
/// answer of a healthy PIN is believed. After any other one the question is put as [`ask`] does.
pub(crate) fn glance(
    driver: &dyn CardDriver,
    dialogue: &mut Dialogue<'_>,
    which: PinId,
) -> Result<Retries, CardError> {
    let profile = driver.profile();
    let reference = profile.pin_reference(which);
    let harmless = profile.empty_verify == EmptyVerify::AnswersCounter;
    let global = reference.qualifier & 0x80 == 0 && profile.application.is_none();
    if harmless && global && !dialogue.learned.tries_told_in_directory {
        let status = empty_verify(dialogue, reference.qualifier)?;
        if pin::is_healthy(status) {
            return Ok(pin::queried_retries(status));
        }
        dialogue.learned.tries_told_in_directory = !pin::tells_tries(status);
    }
    ask(driver, dialogue, which, Counter::Pin)
}

fn empty_verify(dialogue: &mut Dialogue<'_>, p2: u8) -> Result<StatusWord, CardError> {
    Ok(dialogue.once(&Command::new("VERIFY (query)", 0x20, 0x00, p2))?.status)
}
