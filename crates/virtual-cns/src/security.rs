//! What the card guards: PINs and PUKs with their counters, private keys, the security status, the security
//! environment.
//!
//! It must not know commands or status words; it says what happened in its own words. Comparing and counting is
//! here and nowhere else.

use crate::filesystem::FileId;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey};
use std::sync::Arc;

/// Eight bytes, ASCII padded with FF: the only form in which a PIN or PUK enters the card.
pub type Reference = [u8; 8];

/// One PIN or PUK.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The number in P2 (without bit 8).
    pub number: u8,
    /// The application, or the DF in it, that it belongs to.
    pub home: FileId,
    /// The value, padded.
    pub value: Reference,
    /// Tries left.
    pub tries: u8,
    /// Tries after a success.
    pub limit: u8,
    /// The PUK that unblocks it, if any.
    pub unblocked_by: Option<u8>,
    /// Whether it has been verified since the last reset or failure.
    pub verified: bool,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Right: the counter is full again.
    Right,
    /// Wrong, with so many tries left.
    Wrong(u8),
    /// No try was left before the comparison; nothing was compared.
    Blocked,
}

impl Pin {
    /// A PIN that has not been used yet.
    pub fn unused(number: u8, home: FileId, value: Reference, tries: u8, unblocked_by: Option<u8>) -> Self {
        Self { number, home, value, tries, limit: tries, unblocked_by, verified: false }
    }

    /// Compares and counts. A wrong value takes the verified state away.
    pub fn compare(&mut self, offered: &[u8]) -> Outcome {
        if self.tries == 0 {
            return Outcome::Blocked;
        }
        if offered == self.value {
            self.tries = self.limit;
            return Outcome::Right;
        }
        self.tries -= 1;
        self.verified = false;
        Outcome::Wrong(self.tries)
    }
}

/// Whether eight bytes can be a PIN of this card: 5 to 8 digits, then FF only.
pub fn is_well_formed(reference: &[u8]) -> bool {
    let digits = reference.iter().take_while(|byte| byte.is_ascii_digit()).count();
    reference.len() == 8 && digits >= 5 && reference[digits..].iter().all(|byte| *byte == 0xFF)
}

/// Pads a PIN as the card keeps it.
///
/// # Panics
/// If it is longer than eight bytes.
pub fn padded(pin: &str) -> Reference {
    let mut reference = [0xFF; 8];
    reference[..pin.len()].copy_from_slice(pin.as_bytes());
    reference
}

/// A private key in the card.
#[derive(Debug, Clone)]
pub struct Key {
    /// The reference that MSE SET names.
    pub number: u8,
    /// The DF it lives in.
    pub home: FileId,
    /// The PIN that must be verified.
    pub pin: u8,
    /// Whether each use takes the verified state away (a signature key asks for its PIN every time).
    pub spends_pin: bool,
    /// The key.
    pub private: Arc<RsaPrivateKey>,
}

/// Why a block could not be used with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadBlock {
    /// Not as long as the modulus.
    Length,
    /// Not smaller than the modulus.
    Value,
}

impl Key {
    /// Length of the modulus in bytes.
    pub fn size(&self) -> usize {
        self.private.size()
    }

    /// The raw operation: block to the power of the private exponent, no padding touched.
    pub fn raw(&self, block: &[u8]) -> Result<Vec<u8>, BadBlock> {
        if block.len() != self.size() {
            return Err(BadBlock::Length);
        }
        let number = BigUint::from_bytes_be(block);
        if number >= *self.private.n() {
            return Err(BadBlock::Value);
        }
        let none: Option<&mut rand_chacha::ChaCha20Rng> = None;
        let result = rsa::hazmat::rsa_decrypt_and_check(self.private.as_ref(), none, &number)
            .map_err(|_| BadBlock::Value)?
            .to_bytes_be();
        let mut answer = vec![0; self.size() - result.len()];
        answer.extend(result);
        Ok(answer)
    }
}

/// The current security environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// The environment that MSE RESTORE loaded.
    pub restored: Option<u8>,
    /// The key for PSO DECIPHER (template B8).
    pub decipher_key: Option<u8>,
    /// The key for PSO COMPUTE DIGITAL SIGNATURE (template B6).
    pub signature_key: Option<u8>,
}

/// Everything the card guards.
#[derive(Debug, Clone, Default)]
pub struct KeyStore {
    /// PINs and PUKs.
    pub pins: Vec<Pin>,
    /// Private keys.
    pub keys: Vec<Key>,
    /// The current security environment.
    pub environment: Environment,
}

impl KeyStore {
    /// The PIN of a number in an application or DF.
    pub fn pin(&mut self, number: u8, home: FileId) -> Option<&mut Pin> {
        self.pins.iter_mut().find(|pin| pin.number == number && pin.home == home)
    }

    /// Whether a PIN is verified in an application.
    pub fn is_verified(&self, number: u8, home: FileId) -> bool {
        self.pins.iter().any(|pin| pin.number == number && pin.home == home && pin.verified)
    }

    /// What a reset or another application does: nothing is verified, no environment is set.
    pub fn forget(&mut self) {
        self.pins.iter_mut().for_each(|pin| pin.verified = false);
        self.environment = Environment::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_padded_digits_are_a_pin() {
        assert!(is_well_formed(b"12345\xFF\xFF\xFF"));
        assert!(is_well_formed(b"12345678"));
        assert!(!is_well_formed(b"1234\xFF\xFF\xFF\xFF"));
        assert!(!is_well_formed(b"12345\0\0\0"));
        assert!(!is_well_formed(b"12345\xFF\xFF6"));
        assert!(!is_well_formed(b"12345"));
    }
}
