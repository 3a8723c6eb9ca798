//! Reads PIN and PUK retry counters with VERIFY without data. Only for families where this is known not to decrement the
//! counter.

use super::pin_command::select_pin_df;
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::iso7816::{StatusWord, commands};
use crate::pin::{Retries, RetryQuery};
use crate::profile::{CardProfile, VerifyQuery};

/// Whose counter is queried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RetryCounter {
    Pin,
    Puk,
}

/// Queries a counter in the DF of the PIN. [`Retries::Unknown`] without any command where the query may decrement it.
pub(crate) fn query(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    counter: RetryCounter,
) -> Result<RetryQuery, CardError> {
    if profile.verify_query == VerifyQuery::MayDecrement {
        return Ok(RetryQuery::Counter(Retries::Unknown));
    }
    select_pin_df(session, profile)?;
    let p2 = match counter {
        RetryCounter::Pin => profile.pin.p2,
        RetryCounter::Puk => profile.pin.puk,
    };
    Ok(queried_retries(session.transmit(&commands::verify_query(p2))?.status))
}

/// The status word of VERIFY without data (ISO/IEC 7816-4:2020, 11.6.6).
fn queried_retries(status: StatusWord) -> RetryQuery {
    match (status, status.counter()) {
        (StatusWord::SUCCESS, _) => RetryQuery::Verified,
        (StatusWord::AUTHENTICATION_METHOD_BLOCKED, _) | (_, Some(0)) => {
            RetryQuery::Counter(Retries::Blocked)
        }
        (_, Some(left)) => RetryQuery::Counter(Retries::Left(left)),
        _ => RetryQuery::Counter(Retries::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verify_without_data_returns_the_counter() {
        assert_eq!(queried_retries(StatusWord(0x63C3)), RetryQuery::Counter(Retries::Left(3)));
        assert_eq!(queried_retries(StatusWord(0x63C0)), RetryQuery::Counter(Retries::Blocked));
        assert_eq!(queried_retries(StatusWord(0x6983)), RetryQuery::Counter(Retries::Blocked));
        assert_eq!(queried_retries(StatusWord(0x9000)), RetryQuery::Verified);
        for other in [0x6300, 0x6700, 0x6A88, 0x6982, 0x6984] {
            assert_eq!(queried_retries(StatusWord(other)), RetryQuery::Counter(Retries::Unknown));
        }
    }
}
