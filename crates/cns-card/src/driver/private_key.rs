//! The raw RSA operation: which DF and which security environment it needs, and what is selected again when another
//! program has moved the card.

use zeroize::Zeroizing;

use super::card_driver::CardDriver;
use super::security_environment::{RestorePolicy, decipher_again, reference_not_found, restore_set_decipher};
use crate::card_session::CardSession;
use crate::error::CardError;
use crate::profile::{KeyReference, Path};

/// Where a private-key operation starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// With PSO: DF and security environment are taken to be as this key's last operation left them.
    Retained,
    /// At the DF that is current, hopefully still the MF.
    CurrentDf,
    /// With a SELECT of the MF.
    SelectMf,
}

/// The raw RSA operation: the key's DF, MSE RESTORE, MSE SET, PSO; or PSO alone, and all of them when that is
/// refused. Whether the result is of this key, the caller finds out.
///
/// A key that is found from the MF downwards needs no SELECT as long as no other program has moved the current
/// DF. When it has, the card does not find environment or key, or finds others that this PIN does not open: then
/// once more from the MF.
pub(crate) fn operate(
    driver: &dyn CardDriver,
    session: &mut CardSession<'_>,
    key: KeyReference,
    block: &[u8],
    start: KeyState,
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    let mut start = start;
    if start == KeyState::Retained {
        match decipher_again(session, key, block) {
            Err(CardError::NotVerified | CardError::Status { .. } | CardError::Malformed { .. }) => {}
            result => return result,
        }
        // It was moved, or is no more: from the top.
        start = KeyState::SelectMf;
    }
    let result = operate_once(session, key, block, start);
    match result {
        Err(error @ CardError::Status { status, .. }) if reference_not_found(status) => {
            Err(driver.key_not_found(session, error)?)
        }
        result => result,
    }
}

/// The same, without a word on a key that is not found.
fn operate_once(
    session: &mut CardSession<'_>,
    key: KeyReference,
    block: &[u8],
    start: KeyState,
) -> Result<Zeroizing<Vec<u8>>, CardError> {
    if key.directory != Path::MF {
        session.select_df(key.directory)?;
        return restore_set_decipher(session, key, block, RestorePolicy::Optional);
    }
    if start == KeyState::CurrentDf {
        match restore_set_decipher(session, key, block, RestorePolicy::Required) {
            Err(CardError::NotVerified) => {}
            Err(CardError::Status { status, .. }) if reference_not_found(status) => {}
            result => return result,
        }
    }
    session.select_mf()?;
    restore_set_decipher(session, key, block, RestorePolicy::Optional)
}
