//! The PKCS#11 module as any program loads it: where it is, login, TLS with the card's key.

pub(crate) mod card_identity;
pub(crate) mod messages;
pub mod module_path;
pub mod pkcs11_login;
pub(crate) mod pkcs11_module;
