//! The raw RSA operation of a card, and once more as a chain for a reader without extended length.

use tracing::debug;
use zeroize::Zeroizing;

use super::{Card, OPERATION_BUDGET};
use crate::driver::private_key::{self, KeyState};
use crate::error::CardError;
use crate::iso7816::MAX_SHORT_DATA;
use crate::profile::KeyReference;
use crate::transport::{Continuity, TransportError};

/// The longest RSA modulus that is supported, in bytes (4096 bits).
const MAX_MODULUS: usize = 512;

impl Card {
    /// The raw RSA operation with a private key: `block` and result are as long as the modulus.
    ///
    /// The caller must check the result with the public key before using it. When it does not fit, another program may have
    /// selected a DF with another key of the same reference: see [`Card::force_select_mf`].
    ///
    /// # Errors
    /// [`CardError::NotVerified`] without a command when no PIN was verified through this value or a reset has ended
    /// it, and when the card says so; [`CardError::Status`], [`CardError::Malformed`] and those of the exchange.
    pub fn private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        if block.is_empty() || block.len() > MAX_MODULUS {
            return Err(CardError::BlockLength { length: block.len() });
        }
        if !self.verified {
            return Err(CardError::NotVerified);
        }
        self.check_reader(block.len())?;
        let mut result = self.try_private_key_operation(key, block);
        if self.capabilities.extended_without_response && result.as_ref().is_err_and(was_not_carried) {
            result = self.chained_private_key_operation(key, block);
        }
        if result == Err(CardError::NotVerified) {
            self.verified = false;
        }
        self.ready = Some(key).filter(|_| result.is_ok());
        result
    }

    /// Whether reader and card can exchange a private-key operation with a modulus of this length, in bytes, as far as is
    /// known without one: the reader has said what it carries, and the family is known to refuse chaining. No command.
    ///
    /// # Errors
    /// [`CardError::ReaderTooShort`].
    pub fn check_reader(&self, modulus_length: usize) -> Result<(), CardError> {
        // The padding indicator goes before the block (ISO/IEC 7816-8, PSO DECIPHER).
        let length = modulus_length + 1;
        let carried =
            length <= MAX_SHORT_DATA || self.capabilities.max_command_data.is_none_or(|most| length <= most);
        if carried || !self.driver.profile().refuses_chaining {
            return Ok(());
        }
        Err(CardError::ReaderTooShort { length })
    }

    /// The next private-key operation selects the key's DF or the MF and sends every command: for a caller that found the
    /// last result wrong.
    pub fn force_select_mf(&mut self) {
        self.force_select_mf = true;
    }

    fn try_private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        let driver = self.driver;
        let start = match (std::mem::take(&mut self.force_select_mf), self.ready == Some(key)) {
            (true, _) => KeyState::SelectMf,
            (false, true) => KeyState::Retained,
            (false, false) => KeyState::CurrentDf,
        };
        self.capabilities.extended_without_response = false;
        self.transact("private-key operation", OPERATION_BUDGET, |session, continuity| match continuity {
            Continuity::WasReset => Err(CardError::NotVerified),
            Continuity::Same => private_key::operate(driver, session, key, block, start),
        })
    }

    /// The reader failed at an extended command: once more as a chain, after a check that it is the same card. The reader
    /// may have reset it, which ends the login.
    fn chained_private_key_operation(
        &mut self,
        key: KeyReference,
        block: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CardError> {
        debug!("the reader did not carry an extended command; chaining");
        self.identity_unchecked = true;
        self.force_select_mf = true;
        self.capabilities.chain_wanted = true;
        let result = self.try_private_key_operation(key, block);
        // A login that has ended says nothing against chaining, so the next login begins with it.
        self.capabilities.chain_wanted = result.is_ok() || result == Err(CardError::NotVerified);
        match result {
            Err(CardError::Status { .. }) if self.driver.profile().refuses_chaining => {
                Err(CardError::ReaderTooShort { length: block.len() + 1 })
            }
            result => result,
        }
    }
}

/// May this failure mean that the reader does not support extended length? Some reader drivers have a code of their own.
fn was_not_carried(error: &CardError) -> bool {
    matches!(error, CardError::Transport(TransportError::Transmit | TransportError::Service { .. }))
}
