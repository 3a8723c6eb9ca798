//! The certificate that the client sends.

use crate::card::certificate::Certificate;
use crate::card::messages as card_messages;
use crate::card::public_key::PublicKey;
use crate::card::redact;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Before the PIN is asked for: the certificate must have a key that can sign.
pub(super) fn can_sign(certificate: &Certificate, context: &mut Context<'_>) -> Result<(), Failure> {
    match PublicKey::of(&certificate.der) {
        Some(_) => Ok(()),
        None => Err(card_messages::key_cannot_be_checked(context.language).with(Exit::UnusableCard)),
    }
}

/// Whose certificate was sent, for who looks over the person's shoulder.
pub(super) fn sent(certificate: &Certificate) -> String {
    match certificate.tax_code() {
        Some(code) => format!("{}, {}", redact::tax_code(code), certificate.issuer_name),
        None => certificate.subject.clone(),
    }
}
