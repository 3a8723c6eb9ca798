//! Facts about cards as JSON names them (docs/json.md).

use cns_card::{CertificateProblem, Retries, UnsupportedCard};
use serde::{Serialize, Serializer};

/// `{"state": "known", "left": 3}`.
pub(crate) fn tries<S: Serializer>(retries: &Retries, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct RetryCount {
        state: &'static str,
        left: Option<u8>,
    }
    let (state, left) = match retries {
        Retries::Left(left) => ("known", Some(*left)),
        Retries::Blocked => ("blocked", Some(0)),
        Retries::Unknown => ("unknown", None),
    };
    RetryCount { state, left }.serialize(serializer)
}

/// Which card it is that is none for us.
pub(crate) fn kind<S: Serializer>(card: &UnsupportedCard, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match card {
        UnsupportedCard::DigitalDna => "digital-dna",
        UnsupportedCard::IdentityCard => "identity-card",
        UnsupportedCard::OldIdentityCard => "old-identity-card",
        UnsupportedCard::HealthProfessional => "health-professional",
        UnsupportedCard::SignatureOnly => "signature-only",
        UnsupportedCard::RomanianHealthCard => "romanian-health-card",
        UnsupportedCard::PaymentCard => "payment-card",
        UnsupportedCard::OlderInfocamere => "older-infocamere",
        UnsupportedCard::UnreadableCertificate => "unreadable-certificate",
        UnsupportedCard::ContactlessSide => "contactless-side",
        UnsupportedCard::Foreign => "foreign",
    })
}

/// Why there is no certificate to log in with.
pub(crate) fn certificate_problem<S: Serializer>(
    problem: &CertificateProblem,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(certificate_problem_name(*problem))
}

/// The same in a word.
pub(crate) fn certificate_problem_name(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Absent => "absent",
        CertificateProblem::TooLong { .. } => "too-long",
        CertificateProblem::Truncated { .. } => "truncated",
        CertificateProblem::Unreadable => "unreadable",
        CertificateProblem::SignatureOnly => "signature-only",
        _ => "other",
    }
}
