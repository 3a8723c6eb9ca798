//! What the examination finds of a card, its certificate and its PINs.

use cns_card::{Advice, CardError, CertificateProblem, UnsupportedCard};
use cns_token::KeyProblem;
use serde::{Serialize, Serializer};
use time::Date;

use super::area::Area;
use crate::card::other_certificates::OtherCertificate;
use crate::card::{as_json, failures};
use crate::console::Verdict;
use crate::json::as_text;

/// A fact about the card in a reader. It never holds data of the card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum CardFinding {
    /// The card does not answer to reset.
    CardMute,
    /// The card could not be read.
    CardFails {
        #[serde(serialize_with = "as_error_code")]
        error: CardError,
    },
    /// Not a card for us.
    CardUnsupported {
        #[serde(rename = "kind", serialize_with = "as_json::kind")]
        card: UnsupportedCard,
        #[serde(skip)]
        advice: Advice,
    },
    /// A CNS of this family, at its contacts or by radio.
    CardRecognised { family: String, contactless: bool },
    /// This reader carries short commands only, and the card's signature needs a longer one.
    ReaderCannotSign,

    /// The card has no certificate.
    CertificateMissing {
        #[serde(serialize_with = "as_json::certificate_problem")]
        problem: CertificateProblem,
        /// A health card is activated at a counter.
        #[serde(skip)]
        is_health_card: bool,
    },
    /// It cannot be read whole: cut off, or too long.
    CertificateDamaged {
        #[serde(serialize_with = "as_json::certificate_problem")]
        problem: CertificateProblem,
    },
    /// What is on the card cannot be read as a certificate.
    CertificateUnreadable,
    /// It is valid for long enough.
    CertificateValid {
        #[serde(serialize_with = "as_text")]
        until: Date,
    },
    /// It ends within 60 days.
    CertificateEndsSoon {
        #[serde(serialize_with = "as_text")]
        until: Date,
        days: i64,
        /// A health card is renewed by itself.
        #[serde(skip)]
        is_health_card: bool,
    },
    /// It has ended.
    CertificateExpired {
        #[serde(serialize_with = "as_text")]
        since: Date,
        #[serde(skip)]
        is_health_card: bool,
    },
    /// It begins later.
    CertificateNotYetValid {
        #[serde(serialize_with = "as_text")]
        from: Date,
    },
    /// Policy and usage are those of a CNS.
    CertificateIsCns { issuer: String },
    /// The policy of CNS certificates is not among its policies.
    CertificateOfOtherPolicy { issuer: String, policies: Vec<String> },
    /// It is not for logging in to servers.
    CertificateNotForLogin { issuer: String, usages: Vec<String> },
    /// Another certificate beside the one that logs in.
    OtherCertificate {
        #[serde(flatten)]
        certificate: OtherCertificate,
    },
    /// What is cached makes the module show a certificate that is not on the card.
    OldCertificateShown,
    /// The issuer signed it with SHA-1.
    CertificateSignedWithSha1,
    /// The key is damaged, or none that the module can use.
    KeyUnusable {
        #[serde(serialize_with = "as_problem_name")]
        problem: KeyProblem,
    },
    /// The key is long enough for today's programs.
    KeyLongEnough { bits: usize },
    /// OpenSSL and GnuTLS refuse keys of this length; `allowed` if this computer's OpenSSL is set to take them.
    KeyShort { bits: usize, allowed: bool },

    /// The card reports so many tries, more than one.
    PinTries { left: u8 },
    /// The card does not report its counter; so many wrong PINs were sent since the last right one.
    PinTriesUnknown { wrong: u8 },
    /// One try is left for the PIN; `protected`: programs do not spend it as long as the card stays in the reader.
    PinLastTry { protected: bool },
    /// The PIN is locked.
    PinLocked,
    /// One try is left for the PUK.
    PukLastTry,
    /// The PUK is locked.
    PukLocked,
}

fn as_error_code<S: Serializer>(error: &CardError, serializer: S) -> Result<S::Ok, S::Error> {
    failures::code_of(*error).serialize(serializer)
}

fn as_problem_name<S: Serializer>(problem: &KeyProblem, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match problem {
        KeyProblem::NotRsa => "not-rsa",
        KeyProblem::Length { .. } => "length",
        KeyProblem::Damaged => "damaged",
    })
}

impl CardFinding {
    pub(crate) fn area(&self) -> Area {
        match self {
            Self::CardMute
            | Self::CardFails { .. }
            | Self::CardUnsupported { .. }
            | Self::CardRecognised { .. }
            | Self::ReaderCannotSign => Area::Card,
            Self::CertificateMissing { .. }
            | Self::CertificateDamaged { .. }
            | Self::CertificateUnreadable
            | Self::CertificateSignedWithSha1
            | Self::CertificateValid { .. }
            | Self::CertificateEndsSoon { .. }
            | Self::CertificateExpired { .. }
            | Self::CertificateNotYetValid { .. }
            | Self::CertificateIsCns { .. }
            | Self::CertificateOfOtherPolicy { .. }
            | Self::CertificateNotForLogin { .. }
            | Self::OtherCertificate { .. }
            | Self::OldCertificateShown
            | Self::KeyUnusable { .. }
            | Self::KeyLongEnough { .. }
            | Self::KeyShort { .. } => Area::Certificate,
            Self::PinTries { .. }
            | Self::PinTriesUnknown { .. }
            | Self::PinLastTry { .. }
            | Self::PinLocked
            | Self::PukLastTry
            | Self::PukLocked => Area::Pin,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::CardRecognised { .. }
            | Self::CertificateValid { .. }
            | Self::CertificateIsCns { .. }
            | Self::KeyLongEnough { .. }
            | Self::KeyShort { allowed: true, .. }
            | Self::PinTries { .. } => Verdict::Ok,
            Self::CertificateEndsSoon { .. }
            | Self::CertificateOfOtherPolicy { .. }
            | Self::CertificateNotForLogin { .. }
            | Self::CertificateSignedWithSha1
            | Self::KeyShort { allowed: false, .. }
            | Self::PinLastTry { .. }
            | Self::PukLastTry => Verdict::Warning,
            Self::PinTriesUnknown { .. } | Self::OtherCertificate { .. } => Verdict::NotApplicable,
            Self::CardMute
            | Self::CardFails { .. }
            | Self::CardUnsupported { .. }
            | Self::ReaderCannotSign
            | Self::CertificateMissing { .. }
            | Self::CertificateDamaged { .. }
            | Self::CertificateUnreadable
            | Self::CertificateExpired { .. }
            | Self::CertificateNotYetValid { .. }
            | Self::OldCertificateShown
            | Self::KeyUnusable { .. }
            | Self::PinLocked
            | Self::PukLocked => Verdict::Problem,
        }
    }
}
