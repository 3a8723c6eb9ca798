//! The one thing a CNS is for: its private key's raw operation, with every result confirmed before it leaves.

use zeroize::Zeroizing;

use super::session::Login;
use super::slot::Slot;
use super::token::Token;
use super::{ModelError, Result};

impl Slot {
    /// The private key's raw operation for a logged-in user: a block as long as the modulus. Every result is confirmed
    /// with the certificate's public key before it leaves; one that is not may come of another program that moved the
    /// card to another key of the same number, so the card is asked once more from the top.
    pub(super) fn private_key_operation(
        &self,
        insertion: u64,
        token: &Token,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>> {
        let key = token.key.as_ref().ok_or(ModelError::KeyHandleInvalid)?;
        let mut inside = self.enter();
        if self.shown().login != Login::User {
            return Err(ModelError::UserNotLoggedIn);
        }
        let confirmed = |result: &[u8]| {
            let result = key.public.block(result)?;
            (key.public.raw(&result)? == block).then_some(result)
        };
        let result = self.on_card(&mut inside, insertion, token, |card| {
            let first = card.private_key_operation(key.reference, block)?;
            if let Some(result) = confirmed(&first) {
                return Ok(Some(result));
            }
            tracing::warn!("the card answered with another key's signature: asked once more");
            card.distrust_directory();
            let second = card.private_key_operation(key.reference, block)?;
            Ok(confirmed(&second))
        })?;
        result.ok_or(ModelError::SignatureNotConfirmed)
    }
}
