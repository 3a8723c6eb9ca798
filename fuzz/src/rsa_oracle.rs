//! Verifies results of the private key with another implementation of big numbers than the module's.

use rsa::BigUint;

/// RSASSA-PKCS1-v1_5 over these bytes (RFC 8017, 8.2.2 with 9.2 from step 3 on), DigestInfo included.
pub(crate) fn is_signature(modulus: &[u8], exponent: &[u8], data: &[u8], signature: &[u8]) -> bool {
    let Some(padding) = modulus.len().checked_sub(data.len() + 3) else { return false };
    let block = [&[0x00, 0x01][..], &vec![0xFF; padding], &[0x00], data].concat();
    signature.len() == modulus.len() && is_power(modulus, exponent, &block, signature)
}

/// Is `block` the public operation's result on `result`?
pub(crate) fn is_power(modulus: &[u8], exponent: &[u8], block: &[u8], result: &[u8]) -> bool {
    let [modulus, exponent, block, result] = [modulus, exponent, block, result].map(BigUint::from_bytes_be);
    result < modulus && result.modpow(&exponent, &modulus) == block
}
