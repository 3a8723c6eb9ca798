//! The public half of RSA (RFC 8017 sections 5.1.1 and 5.2.2): checks what the card signed, verifies and
//! encrypts in software. No libcrypto: a module that links it can be re-entered by its own host.

use num_bigint::BigUint;

/// An RSA public key as the certificate gives it.
#[derive(Debug, Clone)]
pub(super) struct RsaPublicKey {
    modulus: BigUint,
    exponent: BigUint,
    modulus_bytes: Vec<u8>,
    exponent_bytes: Vec<u8>,
}

impl RsaPublicKey {
    /// From the big-endian numbers of the certificate; leading zero bytes do not matter.
    /// `None` when the numbers cannot be an RSA key that this module handles: 1024 to 4096 bits, both odd.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let modulus = BigUint::from_bytes_be(modulus);
        let exponent = BigUint::from_bytes_be(exponent);
        let plausible = (1024..=4096).contains(&modulus.bits())
            && modulus.bit(0)
            && exponent.bit(0)
            && exponent > BigUint::from(1u8)
            && exponent < modulus;
        plausible.then(|| Self {
            modulus_bytes: modulus.to_bytes_be(),
            exponent_bytes: exponent.to_bytes_be(),
            modulus,
            exponent,
        })
    }

    /// Length of the modulus in bits.
    pub(super) fn bits(&self) -> usize {
        usize::try_from(self.modulus.bits()).unwrap_or(usize::MAX)
    }

    /// Length of the modulus in bytes (`k` in RFC 8017): every signature has exactly this length.
    pub(super) fn length(&self) -> usize {
        self.modulus_bytes.len()
    }

    /// The modulus, big-endian, without leading zeros.
    pub(super) fn modulus(&self) -> &[u8] {
        &self.modulus_bytes
    }

    /// The public exponent, big-endian, without leading zeros.
    pub(super) fn exponent(&self) -> &[u8] {
        &self.exponent_bytes
    }

    /// Whether a big-endian number is below the modulus, as every input of RSA must be.
    pub(super) fn is_in_range(&self, number: &[u8]) -> bool {
        BigUint::from_bytes_be(number) < self.modulus
    }

    /// `number ^ exponent mod modulus`, as a string of `length()` bytes.
    pub(super) fn raw(&self, number: &[u8]) -> Vec<u8> {
        let result = BigUint::from_bytes_be(number).modpow(&self.exponent, &self.modulus).to_bytes_be();
        left_pad(&result, self.length())
    }
}

/// The same number in exactly `length` bytes; the caller knows that it fits.
pub(super) fn left_pad(number: &[u8], length: usize) -> Vec<u8> {
    let mut padded = vec![0; length.saturating_sub(number.len())];
    padded.extend_from_slice(number);
    padded
}
