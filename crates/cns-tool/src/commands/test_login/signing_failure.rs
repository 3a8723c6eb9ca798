//! A connection that failed because the card did not sign.

use super::https_error::HttpsError;
use crate::exit::Failure;
use crate::pkcs11::pkcs11_module;
use crate::text::Language;

/// What the module said, when it was the card's signature that failed.
pub(super) fn signing_failure(error: &HttpsError, language: Language) -> Option<Failure> {
    let HttpsError::Tls(rustls::Error::Other(error)) = error else { return None };
    let error = error.0.downcast_ref::<cryptoki::error::Error>()?;
    Some(pkcs11_module::signing_failure(error, language))
}
