//! What a decrypted PKCS#1 v1.5 frame holds (RFC 8017 section 7.2.2), without ever saying that it holds nothing: a
//! wrong padding gives a message made up from the frame, of a made-up length, the same each time. Who asks the card to
//! decrypt what strangers sent learns nothing that could be passed on to them (Bleichenbacher, Manger, Marvin).
//!
//! The construction is that of draft-irtf-cfrg-rsa-guidance (OpenSSL 3.2, NSS), but for the key from which the message
//! is made up: decision 0018. Everything here takes the same time and the same memory accesses for every frame of the
//! same length. Must not know the card or who asks.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq, ConstantTimeLess};
use zeroize::Zeroizing;

use super::hash::{Hash, digest};
use super::padding::PKCS1_OVERHEAD;

/// The message inside `00 02 padding 00 message`, or the made-up one. `frame` is what the card made of `cryptogram`;
/// both are as long as the modulus. The message is at most 11 bytes shorter.
pub fn decrypted_message(frame: &[u8], cryptogram: &[u8]) -> Zeroizing<Vec<u8>> {
    // What a private exponent is for in the draft: the frame is known only to the maker of the cryptogram and to the
    // holder of the key.
    let secret = Zeroizing::new(digest(Hash::Sha256, &[b"cns-pkcs11 implicit rejection", frame]));
    let derivation_key = Zeroizing::new(hmac(&secret, &[cryptogram]));
    let (content, start) = opened(frame, &derivation_key);
    Zeroizing::new(content[start..].to_vec())
}

/// The frame if it is well padded, otherwise the made-up one, and where the message begins in it.
#[inline(never)] // so that its instructions can be counted (`cargo xtask constant-time`)
fn opened(frame: &[u8], derivation_key: &[u8]) -> (Zeroizing<Vec<u8>>, usize) {
    let (good, separator) = checked(frame);
    let mut content = expanded(derivation_key, b"message", frame.len());
    let made_up_start = count(frame.len()) - made_up_length(derivation_key, frame.len());
    for (made_up, real) in content.iter_mut().zip(frame) {
        made_up.conditional_assign(real, good);
    }
    let start = u32::conditional_select(&made_up_start, &(separator + 1), good);
    (content, usize::try_from(start).unwrap_or(frame.len()))
}

/// Whether the padding is right, and where the first zero byte after the block type is.
fn checked(frame: &[u8]) -> (Choice, u32) {
    let mut found = Choice::from(0);
    let mut separator = 0;
    for (index, byte) in (0u32..).zip(frame).skip(2) {
        let here = byte.ct_eq(&0) & !found;
        separator.conditional_assign(&index, here);
        found |= here;
    }
    let eight_bytes = !separator.ct_lt(&count(PKCS1_OVERHEAD - 1));
    (frame[0].ct_eq(&0) & frame[1].ct_eq(&2) & found & eight_bytes, separator)
}

/// One of the lengths that a message in a frame of `length` bytes can have: the last possible one of 128 candidates.
fn made_up_length(derivation_key: &[u8], length: usize) -> u32 {
    let too_long = count(length - PKCS1_OVERHEAD + 1);
    let mask = u32::MAX >> too_long.leading_zeros();
    let mut chosen = 0;
    for pair in expanded(derivation_key, b"length", 256).chunks_exact(2) {
        let candidate = u32::from_be_bytes([0, 0, pair[0], pair[1]]) & mask;
        chosen.conditional_assign(&candidate, candidate.ct_lt(&too_long));
    }
    chosen
}

/// `length` pseudo-random bytes: HMAC-SHA-256 of counter, label and length in bits.
fn expanded(key: &[u8], label: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let bits = count(8 * length).to_be_bytes();
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 32));
    for counter in 0u16.. {
        if bytes.len() >= length {
            break;
        }
        bytes.extend_from_slice(&hmac(key, &[&counter.to_be_bytes(), label, &bits[2..]]));
    }
    bytes.truncate(length);
    bytes
}

fn hmac(key: &[u8], pieces: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    pieces.iter().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().to_vec()
}

/// Lengths of frames, 512 bytes at most, in the type that is compared in constant time.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod timing;
