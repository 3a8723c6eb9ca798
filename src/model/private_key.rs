//! The private key's operation for a logged-in user.

use cns_card::CardError;
use cns_token::{confirmed_operation, forget_card};
use zeroize::Zeroizing;

use super::slot::Slot;
use super::slot_state::Login;
use super::token::Token;
use super::{ModelError, Result};

impl Slot {
    /// The private key's raw operation on a block as long as the modulus; the certificate's public key confirms the
    /// result before it leaves. When it does not, the certificate may have been renewed on the card, or what is cached of
    /// it is wrong: the cache forgets the card, its certificate is read once more, and where that is another one by now the
    /// token is one that was taken out. The next call reads the card; no PIN is sent for any of it.
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
        if let Some(result) = result {
            return Ok(result);
        }
        forget_card(&token.serial);
        let on_card =
            self.on_card(&mut link, insertion, token, |card| card.read_login_certificate_again())?;
        let known = token.reading.files.certificate.as_ref().map(|file| &file.der);
        if on_card.as_ref() == known {
            return Err(ModelError::SignatureNotConfirmed);
        }
        tracing::warn!(reader = %self.reader, "the certificate on the card is another one now");
        Err(self.failed(&mut link, CardError::DifferentCard))
    }
}
