//! The holders: synthetic people, the authority that certifies them, their keys, certificates and personal data.
//!
//! Everything is made by code from fixed seeds, so the same card is the same in every run and every process.
//! No real person's data may ever be put here; the tax codes are well-formed and belong to no known person.

mod authority;
mod certificate;
mod holder;
mod keys;
mod personal_data;
mod x509;

pub use authority::Authority;
pub(crate) use authority::pem;
pub use certificate::{CertificateOptions, Purpose, public_key_of};
pub use holder::Holder;
pub use keys::private_key;
pub use personal_data::{FILE_SIZE, PersonalDataLength, personal_data_file};

/// The PIN of every virtual card when it is new.
pub const DEFAULT_PIN: &str = "12345";
/// The PUK of every virtual card when it is new.
pub const DEFAULT_PUK: &str = "12345678";
/// The PIN of the signature keyset, where a card has one.
pub const DEFAULT_SIGNATURE_PIN: &str = "24680135";
/// The PUK of the signature keyset, where a card has one.
pub const DEFAULT_SIGNATURE_PUK: &str = "13572468";
