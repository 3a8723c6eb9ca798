//! The software half of RSA signatures and decryption: hashing, the paddings of RFC 8017, the public-key check.
//! Pure functions on bytes; must not know the card.

mod hash;
mod implicit_rejection;
mod padding;
mod rsa_public;

pub use hash::{Hash, RunningHash, digest};
pub use implicit_rejection::decrypted_message;
pub use padding::{
    PKCS1_OVERHEAD, PaddingError, PssParameters, digest_info, pkcs1_encrypt_frame, pkcs1_sign_frame,
    pss_fits, pss_frame, pss_is_consistent,
};
pub use rsa_public::RsaPublicKey;
