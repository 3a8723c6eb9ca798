//! The certificates on a card beside the one that logs in: what they are for, and until when.

use cns_card::Card;
use cns_token::CertificatePurpose;
use serde::Serialize;
use time::{Date, OffsetDateTime};

use super::certificate::{CertificateDetails, Validity};
use crate::json::as_text;

/// One of them. It holds nothing of the card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherCertificate {
    /// What its issuer says that it is for.
    pub purpose: Purpose,
    /// As `cns status` names it for the certificate that logs in.
    pub state: &'static str,
    /// The first day of its validity.
    #[serde(serialize_with = "as_text")]
    pub not_before: Date,
    /// The last one.
    #[serde(serialize_with = "as_text")]
    pub not_after: Date,
    /// Who issued it.
    pub issuer: String,
    #[serde(skip)]
    pub(crate) validity: Validity,
}

impl OtherCertificate {
    /// What is said of a certificate; `None` where it is none.
    pub(crate) fn of(der: &[u8], now: OffsetDateTime) -> Option<Self> {
        let certificate = CertificateDetails::parse(der)?;
        let validity = certificate.validity(now);
        Some(Self {
            purpose: match certificate.purpose {
                CertificatePurpose::Login => Purpose::Login,
                CertificatePurpose::Signature => Purpose::Signature,
                CertificatePurpose::Unclear => Purpose::Unclear,
            },
            state: validity.name(),
            not_before: certificate.not_before.date(),
            not_after: certificate.not_after.date(),
            issuer: certificate.issuer_name,
            validity,
        })
    }
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Logging in: an older one, or one that is not valid yet.
    Login,
    /// Qualified signatures.
    Signature,
    /// It does not say.
    Unclear,
}

/// Those that can be read as certificates, in the order in which they were found.
pub(crate) fn other_certificates(card: &Card, now: OffsetDateTime) -> Vec<OtherCertificate> {
    card.other_certificates().filter_map(|file| OtherCertificate::of(&file.der, now)).collect()
}
