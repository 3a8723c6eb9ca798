//! The private key's operation for a logged-in user.

use cns_token::confirmed_operation;
use zeroize::Zeroizing;

use super::slot::Slot;
use super::slot_state::Login;
use super::token::Token;
use super::{ModelError, Result};

impl Slot {
    /// The private key's raw operation on a block as long as the modulus; the certificate's public key confirms the
    /// result before it leaves.
    pub(super) fn private_key_operation(
        &self,
        insertion: u64,
        token: &Token,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = token.key.as_ref().ok_or(ModelError::KeyHandleInvalid)?;
        let mut link = self.lock_card();
        if self.state().login != Login::User {
            return Err(ModelError::UserNotLoggedIn);
        }
        let result = self.on_card(&mut link, insertion, token, |card| {
            confirmed_operation(card, &key.public, key.reference, block)
        })?;
        result.ok_or(ModelError::SignatureNotConfirmed)
    }
}
