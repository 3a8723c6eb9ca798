//! The certificate that the client sends.

use cns_token::KeyProblem;

use crate::card::certificate::CertificateDetails;
use crate::card::certificate_messages;
use crate::card::public_key::PublicKey;
use crate::card::redact;
use crate::commands::cert::warn_of_expiry;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// Before the PIN is asked for: the certificate must have a key that can sign.
pub(super) fn can_sign(certificate: &CertificateDetails, context: &mut Context<'_>) -> Result<(), Failure> {
    let problem = certificate.key_problem.or(match PublicKey::of(&certificate.der) {
        Some(_) => None,
        None => Some(KeyProblem::Damaged),
    });
    match problem {
        None => Ok(()),
        Some(problem) => {
            Err(certificate_messages::key_unusable(context.language, problem).with(Exit::UnusableCard))
        }
    }
}

/// The same, and the person is told if the certificate has expired or soon will.
pub(super) fn can_log_in(certificate: &CertificateDetails, context: &mut Context<'_>) -> Result<(), Failure> {
    can_sign(certificate, context)?;
    warn_of_expiry(certificate, context);
    Ok(())
}

/// Whose certificate was sent, for who looks over the person's shoulder.
pub(super) fn sent(certificate: &CertificateDetails) -> String {
    match certificate.tax_code() {
        Some(code) => format!("{}, {}", redact::tax_code(code), certificate.issuer_name),
        None => certificate.subject.clone(),
    }
}
