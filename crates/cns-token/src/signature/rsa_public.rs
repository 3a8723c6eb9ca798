//! The public half of RSA (RFC 8017 sections 5.1.1 and 5.2.2): checks what the card signed or decrypted, verifies and
//! encrypts in software. No libcrypto: a module that links it can be re-entered by its own host.
//!
//! What a card decrypted is a secret while it is checked here, so the arithmetic takes the same time for every number
//! below the same modulus.

use std::sync::Arc;

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};
use subtle::ConstantTimeLess as _;
use zeroize::Zeroizing;

/// An RSA public key as the certificate gives it.
#[derive(Debug, Clone)]
pub struct RsaPublicKey {
    modulus: Arc<BoxedMontyParams>,
    exponent: BoxedUint,
    modulus_bytes: Vec<u8>,
    exponent_bytes: Vec<u8>,
}

impl RsaPublicKey {
    /// From the big-endian numbers of the certificate; leading zero bytes do not matter.
    /// `None` when the numbers cannot be an RSA key that this module handles: 1024 to 4096 bits, both odd.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        let below_the_modulus = (exponent.len(), exponent) < (modulus.len(), modulus);
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        let plausible = (1024..=4096).contains(&bits(modulus))
            && odd(modulus)
            && odd(exponent)
            && exponent != [1]
            && below_the_modulus;
        if !plausible {
            return None;
        }
        let odd_modulus: Option<Odd<BoxedUint>> = Odd::new(public_integer(modulus)?).into();
        Some(Self {
            modulus: BoxedMontyParams::new_vartime(odd_modulus?).into(),
            exponent: public_integer(exponent)?,
            modulus_bytes: modulus.to_vec(),
            exponent_bytes: exponent.to_vec(),
        })
    }

    /// Length of the modulus in bits.
    pub fn bits(&self) -> usize {
        bits(&self.modulus_bytes)
    }

    /// Length of the modulus in bytes (`k` in RFC 8017): every signature has exactly this length.
    pub fn length(&self) -> usize {
        self.modulus_bytes.len()
    }

    /// The modulus, big-endian, without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus_bytes
    }

    /// The public exponent, big-endian, without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent_bytes
    }

    /// A big-endian number as a block of `length()` bytes, if it is below the modulus, as every input and every
    /// result of RSA must be.
    pub fn block(&self, number: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let surplus = number.len().saturating_sub(self.length());
        let (surplus, number) = number.split_at(surplus);
        let block = Zeroizing::new(left_pad(number, self.length()));
        let in_range = bool::from(self.integer(&block)?.ct_lt(self.modulus.modulus()));
        (in_range && surplus.iter().all(|byte| *byte == 0)).then_some(block)
    }

    /// `number ^ exponent mod modulus`, as a string of `length()` bytes; `None` for what is not below the modulus.
    #[inline(never)] // so that its instructions can be counted (`cargo xtask constant-time`)
    pub fn raw(&self, number: &[u8]) -> Option<Vec<u8>> {
        let number = self.integer(&self.block(number)?)?;
        let power = BoxedMontyForm::new_with_arc(number, self.modulus.clone())
            .pow_bounded_exp(&self.exponent, self.exponent.bits_vartime())
            .retrieve()
            .to_be_bytes();
        Some(power[power.len() - self.length()..].to_vec())
    }

    /// As many limbs as the modulus has, which hold every block.
    fn integer(&self, block: &[u8]) -> Option<BoxedUint> {
        BoxedUint::from_be_slice(block, self.modulus.bits_precision()).ok()
    }
}

/// A number whose length may be seen.
fn public_integer(number: &[u8]) -> Option<BoxedUint> {
    BoxedUint::from_be_slice(number, u32::try_from(bits(number)).ok()?).ok()
}

/// The same number in exactly `length` bytes; the caller knows that it fits.
pub(super) fn left_pad(number: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![0; length.saturating_sub(number.len())];
    padded.extend_from_slice(number);
    padded
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The length in bits of a number without leading zero bytes.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| 8 * number.len() - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests;
