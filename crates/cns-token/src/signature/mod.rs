//! The software half of RSA signatures and decryption: hashing, the paddings of RFC 8017, the public-key check.
//! Pure functions on bytes; must not know the card.

mod hash;
mod implicit_rejection;
mod padding;
mod rsa_public;

pub use hash::{Hash, RunningHash, digest};
pub use implicit_rejection::decrypted_message;
pub use padding::{
    PKCS1_OVERHEAD, digest_info, pkcs1_encrypt_frame, pkcs1_sign_frame, pss_fits, pss_frame,
    pss_is_consistent,
};
pub use rsa_public::RsaPublicKey;

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
