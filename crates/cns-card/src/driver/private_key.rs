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
    /// PSO alone: current DF and security environment are as this key's last operation left them.
    Retained,
    /// In the current DF, which should still be the MF.
    CurrentDf,
    /// After SELECT of the MF.
    SelectMf,
}

/// The raw RSA operation: SELECT of the key's DF, MSE RESTORE, MSE SET, PSO; or PSO alone, and all of them when that is
/// refused. The caller checks with the public key that the result is of this key.
///
/// A key in the MF needs no SELECT unless another program has selected another DF. Then the card finds no security
/// environment or key, or one that this PIN does not open, and everything is sent once more after SELECT of the MF.
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
        // DF or security environment has changed.
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

/// The same, with the card's own error for a key that is not found.
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
