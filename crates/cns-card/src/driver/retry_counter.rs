//! Asking how many tries are left: VERIFY without data (ISO/IEC 7816-4:2020, 11.6.6).
//!
//! What this room is for: from where that is asked, and what is believed. It must never send it to a family of which it is
//! not known that nothing is counted.

use super::CardDriver;
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::iso7816::Command;
use crate::pin::{self, Retries, RetryQuery};
use crate::profile::VerifyQuery;

/// Whose tries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryCounter {
    Pin,
    Puk,
}

/// In the DF of the PIN: what the last try is guarded by.
pub(crate) fn query(
    driver: &dyn CardDriver,
    session: &mut CardSession<'_>,
    counter: RetryCounter,
) -> Result<RetryQuery, CardError> {
    if driver.profile().verify_query == VerifyQuery::MayDecrement {
        return Ok(RetryQuery::Counter(Retries::Unknown));
    }
    let reference = driver.profile().pin;
    driver.select_pin_df(session, reference)?;
    let p2 = match counter {
        RetryCounter::Pin => reference.p2,
        RetryCounter::Puk => reference.puk,
    };
    let command = Command::new("VERIFY (query)", 0x20, 0x00, p2);
    Ok(pin::queried_retries(session.transmit(&command)?.status))
}
