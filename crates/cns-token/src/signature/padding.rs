//! Paddings of RFC 8017: EMSA-PKCS1-v1_5 (9.2), EMSA-PSS (9.1), EME-PKCS1-v1_5 (7.2.1).
//! Pure functions on bytes; must not know the card or who asks. The way back, 7.2.2, is `implicit_rejection`.

use zeroize::Zeroizing;

use super::hash::{Hash, digest};

/// The parameters of RSASSA-PSS (RFC 8017 section 9.1); the mask generation function is MGF1 with `mgf`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssParameters {
    /// Hash of the message.
    pub hash: Hash,
    /// Hash inside MGF1; clients always give the same one, the standard allows another.
    pub mgf: Hash,
    /// Salt length in bytes.
    pub salt_length: usize,
}

/// Why a message cannot be padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaddingError {
    /// The message is too long for the modulus, or a digest has not its hash's length.
    #[error("message of the wrong length")]
    MessageLength,
    /// The modulus is too short for hash and salt.
    #[error("the key is too small for this padding")]
    KeySize,
    /// The operating system gave no random numbers.
    #[error("no random numbers from the system")]
    NoRandom,
}

type Result<T> = std::result::Result<T, PaddingError>;

/// The shortest PKCS#1 v1.5 frame: 00, block type, eight bytes of padding, 00 (RFC 8017 section 9.2).
pub const PKCS1_OVERHEAD: usize = 11;

/// `DigestInfo` of a digest (RFC 8017 section 9.2, note 1): what PKCS#1 v1.5 signatures enclose.
pub fn digest_info(hash: Hash, digest: &[u8]) -> Vec<u8> {
    let prefix: &[u8] = match hash {
        Hash::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        Hash::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
        Hash::Sha384 => b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
        Hash::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    };
    [prefix, digest].concat()
}

/// `00 01 FF … FF 00 message` in `length` bytes (RFC 8017 section 9.2).
pub fn pkcs1_sign_frame(message: &[u8], length: usize) -> Result<Vec<u8>> {
    if message.len() + PKCS1_OVERHEAD > length {
        return Err(PaddingError::MessageLength);
    }
    let mut frame = vec![0xFF; length - message.len()];
    frame[0] = 0x00;
    frame[1] = 0x01;
    *frame.last_mut().expect("at least eleven bytes") = 0x00;
    frame.extend_from_slice(message);
    Ok(frame)
}

/// `00 02 random-non-zero 00 message` in `length` bytes (RFC 8017 section 7.2.1).
pub fn pkcs1_encrypt_frame(message: &[u8], length: usize) -> Result<Zeroizing<Vec<u8>>> {
    if message.len() + PKCS1_OVERHEAD > length {
        return Err(PaddingError::MessageLength);
    }
    let padding_length = length - message.len() - 3;
    let mut frame = Zeroizing::new(Vec::with_capacity(length));
    frame.extend_from_slice(&[0x00, 0x02]);
    while frame.len() < 2 + padding_length {
        let mut random = [0; 64];
        getrandom::fill(&mut random).map_err(|_| PaddingError::NoRandom)?;
        let missing = 2 + padding_length - frame.len();
        frame.extend(random.into_iter().filter(|byte| *byte != 0).take(missing));
    }
    frame.push(0x00);
    frame.extend_from_slice(message);
    Ok(frame)
}

/// Whether a modulus of `modulus_bits` can hold a PSS signature with these parameters (RFC 8017 section 9.1.1, step 3).
pub fn pss_fits(parameters: PssParameters, modulus_bits: usize) -> bool {
    let encoded_length = (modulus_bits - 1).div_ceil(8);
    parameters
        .salt_length
        .checked_add(parameters.hash.length() + 2)
        .is_some_and(|needed| needed <= encoded_length)
}

/// EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) with a fresh salt, in as many bytes as the modulus has.
pub fn pss_frame(
    digest_of_message: &[u8],
    parameters: PssParameters,
    modulus_bits: usize,
) -> Result<Vec<u8>> {
    let mut salt = vec![0; parameters.salt_length];
    getrandom::fill(&mut salt).map_err(|_| PaddingError::NoRandom)?;
    pss_frame_with_salt(digest_of_message, &salt, parameters, modulus_bits)
}

fn pss_frame_with_salt(
    digest_of_message: &[u8],
    salt: &[u8],
    parameters: PssParameters,
    modulus_bits: usize,
) -> Result<Vec<u8>> {
    if digest_of_message.len() != parameters.hash.length() {
        return Err(PaddingError::MessageLength);
    }
    if !pss_fits(parameters, modulus_bits) {
        return Err(PaddingError::KeySize);
    }
    let encoded_bits = modulus_bits - 1;
    let encoded_length = encoded_bits.div_ceil(8);
    let h = digest(parameters.hash, &[&[0; 8], digest_of_message, salt]);
    let mut masked = vec![0; encoded_length - salt.len() - h.len() - 2];
    masked.push(0x01);
    masked.extend_from_slice(salt);
    xor_mgf1(&mut masked, &h, parameters.mgf);
    masked[0] &= top_mask(encoded_bits, encoded_length);
    masked.extend_from_slice(&h);
    masked.push(0xBC);
    Ok(super::rsa_public::left_pad(&masked, modulus_bits.div_ceil(8)))
}

/// EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) on a frame as long as the modulus.
pub fn pss_is_consistent(
    frame: &[u8],
    digest_of_message: &[u8],
    parameters: PssParameters,
    modulus_bits: usize,
) -> bool {
    let encoded_bits = modulus_bits - 1;
    let encoded_length = encoded_bits.div_ceil(8);
    let hash_length = parameters.hash.length();
    if digest_of_message.len() != hash_length
        || !pss_fits(parameters, modulus_bits)
        || frame.len() < encoded_length
    {
        return false;
    }
    let (leading, encoded) = frame.split_at(frame.len() - encoded_length);
    let (masked, rest) = encoded.split_at(encoded_length - hash_length - 1);
    let (h, trailer) = rest.split_at(hash_length);
    let mask = top_mask(encoded_bits, encoded_length);
    if leading.iter().any(|byte| *byte != 0) || trailer != [0xBC] || masked[0] & !mask != 0 {
        return false;
    }
    let mut block = masked.to_vec();
    xor_mgf1(&mut block, h, parameters.mgf);
    block[0] &= mask;
    let (zeros_and_one, salt) = block.split_at(block.len() - parameters.salt_length);
    let Some((one, zeros)) = zeros_and_one.split_last() else { return false };
    *one == 0x01
        && zeros.iter().all(|byte| *byte == 0)
        && digest(parameters.hash, &[&[0; 8], digest_of_message, salt]) == h
}

/// XORs MGF1 (RFC 8017 appendix B.2.1) of `seed` over `data`.
fn xor_mgf1(data: &mut [u8], seed: &[u8], hash: Hash) {
    for (counter, chunk) in (0u32..).zip(data.chunks_mut(hash.length())) {
        let mask = digest(hash, &[seed, &counter.to_be_bytes()]);
        for (byte, mask) in chunk.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
}

/// The bits of the first byte that a number of `bits` bits in `length` bytes may use.
fn top_mask(bits: usize, length: usize) -> u8 {
    0xFF >> (8 * length - bits)
}

#[cfg(test)]
mod tests;
