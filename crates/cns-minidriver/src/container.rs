//! The one container: its key's kind, and the public key in the form of `CryptExportKey`.

use crate::error::{Error, Result};
use crate::token::Key;

/// `AT_KEYEXCHANGE`: the kind of the only key.
pub(crate) const EXCHANGE_KEY: u32 = 1;
/// `AT_SIGNATURE`.
pub(crate) const SIGNATURE_KEY: u32 = 2;
/// `AT_ECDSA_P256` to `AT_ECDHE_P521`: keys on elliptic curves.
const ELLIPTIC_CURVE_KEYS: std::ops::RangeInclusive<u32> = 3..=8;

/// Whether a container is the one there is.
pub(crate) fn check_index(index: u8) -> Result<()> {
    if index == 0 { Ok(()) } else { Err(Error::NoKeyContainer) }
}

/// Whether a kind of key is that of the container.
pub(crate) fn check_key_spec(key_spec: u32) -> Result<()> {
    match key_spec {
        EXCHANGE_KEY => Ok(()),
        SIGNATURE_KEY => Err(Error::UnsupportedFeature),
        other => Err(not_rsa(other)),
    }
}

/// Whether a kind of key is an RSA key.
pub(crate) fn check_rsa(key_spec: u32) -> Result<()> {
    match key_spec {
        EXCHANGE_KEY | SIGNATURE_KEY => Ok(()),
        other => Err(not_rsa(other)),
    }
}

fn not_rsa(key_spec: u32) -> Error {
    match ELLIPTIC_CURVE_KEYS.contains(&key_spec) {
        true => Error::UnsupportedFeature,
        false => Error::InvalidParameter,
    }
}

/// `PUBLICKEYBLOB`: BLOBHEADER, RSAPUBKEY, and the modulus with its least significant byte first.
pub(crate) fn public_key_blob(key: &Key) -> Vec<u8> {
    const HEADER: [u8; 8] = [0x06, 0x02, 0, 0, 0x00, 0xA4, 0, 0];
    let mut exponent = [0; 4];
    let big_endian = key.public.exponent();
    for (target, byte) in exponent.iter_mut().zip(big_endian.iter().rev()) {
        *target = *byte;
    }
    let bits = u32::try_from(key.public.bits()).unwrap_or_default();
    let modulus = key.public.modulus().iter().rev().copied();
    [&HEADER[..], b"RSA1", &bits.to_le_bytes(), &exponent].concat().into_iter().chain(modulus).collect()
}
