//! The facts that an examination may find.

use cns_card::{Advice, CardError, CertificateProblem, UnsupportedCard};
use serde::{Serialize, Serializer};
use time::Date;

use crate::card::other_certificates::OtherCertificate;
use crate::console::Verdict;
use crate::programs::{ProgramState, Sandboxed};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// The PC/SC service.
    Service,
    /// Readers.
    Reader,
    /// The card in a reader.
    Card,
    /// Its certificate.
    Certificate,
    /// Its PIN and PUK.
    Pin,
    /// The PKCS#11 module.
    Module,
    /// Programs that should know the module.
    Programs,
    /// What else is installed.
    OtherSoftware,
}

/// A fact. It never holds data of the card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum Finding {
    /// pcscd answers.
    ServiceRuns,
    /// There is no pcscd.
    ServiceNotInstalled,
    /// pcscd is installed and does not answer.
    ServiceStopped,
    /// Windows runs its service from the first reader on, and none is plugged in.
    ServiceWaitsForReader,
    /// pcscd does not let this user in (polkit); `remote` over ssh.
    ServiceForbidden { remote: bool },
    /// The service that belongs to the system answers.
    SystemServiceRuns,
    /// It answers with an error.
    SystemServiceFails { why: String },
    /// pcscd answers with an error.
    ServiceFails { why: String },

    /// A reader that works.
    ReaderSeen { reader: String },
    /// No reader is plugged in.
    NoReader,
    /// A reader is plugged in that needs another driver; the package of Debian that has it.
    ReaderNeedsDriver { reader: String, package: String },
    /// The kernel keeps an NFC reader for itself.
    ReaderHeldByKernel { reader: String, module: String },
    /// A reader is plugged in and pcscd does not see it.
    ReaderNotSeen { reader: String },

    /// No card is in any reader.
    NoCard,
    /// The card does not answer to reset.
    CardMute { reader: String },
    /// The card could not be read.
    CardFails {
        reader: String,
        #[serde(serialize_with = "as_text")]
        error: CardError,
    },
    /// Not a card for us.
    CardUnsupported {
        reader: String,
        #[serde(serialize_with = "as_text")]
        card: UnsupportedCard,
        #[serde(skip)]
        advice: Advice,
    },
    /// A CNS of this family, at its contacts or by radio.
    CardRecognised { reader: String, family: String, contactless: bool },

    /// The card has no certificate.
    CertificateMissing {
        #[serde(serialize_with = "as_text")]
        problem: CertificateProblem,
        /// A health card is activated at a counter.
        #[serde(skip)]
        health_card: bool,
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
        health_card: bool,
    },
    /// It has ended.
    CertificateExpired {
        #[serde(serialize_with = "as_text")]
        since: Date,
        #[serde(skip)]
        health_card: bool,
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
    /// The key is damaged, or none that the module can use.
    KeyUnusable,
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

    /// The module can be loaded.
    ModuleLoads { path: String, version: String },
    /// It is not installed.
    ModuleMissing,
    /// It is there and cannot be loaded.
    ModuleFails { path: String, why: String },
    /// It is there; whether it can be loaded was not tried, because this is not the computer itself.
    ModuleNotTried { path: String },

    /// A browser that cannot reach the reader.
    SandboxedBrowser {
        #[serde(flatten)]
        browser: Sandboxed,
    },

    /// No other module for the same cards is in use.
    NoOtherModules,
    /// Another module for the same cards, and which program loads it.
    OtherModule { name: String, path: String, registered_in: String },
    /// A program that may look into encrypted connections: a login with a certificate then fails.
    Interception { product: String },

    /// What a program knows of the module.
    #[serde(untagged)]
    Program(ProgramState),
}

fn as_text<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Finding {
    /// What it is about.
    #[must_use]
    pub fn area(&self) -> Area {
        match self {
            Self::ServiceRuns
            | Self::SystemServiceRuns
            | Self::SystemServiceFails { .. }
            | Self::ServiceNotInstalled
            | Self::ServiceStopped
            | Self::ServiceWaitsForReader
            | Self::ServiceForbidden { .. }
            | Self::ServiceFails { .. } => Area::Service,
            Self::ReaderSeen { .. }
            | Self::NoReader
            | Self::ReaderNeedsDriver { .. }
            | Self::ReaderHeldByKernel { .. }
            | Self::ReaderNotSeen { .. } => Area::Reader,
            Self::NoCard
            | Self::CardMute { .. }
            | Self::CardFails { .. }
            | Self::CardUnsupported { .. }
            | Self::CardRecognised { .. } => Area::Card,
            Self::CertificateMissing { .. }
            | Self::CertificateUnreadable
            | Self::CertificateValid { .. }
            | Self::CertificateEndsSoon { .. }
            | Self::CertificateExpired { .. }
            | Self::CertificateNotYetValid { .. }
            | Self::CertificateIsCns { .. }
            | Self::CertificateOfOtherPolicy { .. }
            | Self::CertificateNotForLogin { .. }
            | Self::OtherCertificate { .. }
            | Self::OldCertificateShown
            | Self::KeyUnusable
            | Self::KeyLongEnough { .. }
            | Self::KeyShort { .. } => Area::Certificate,
            Self::PinTries { .. }
            | Self::PinTriesUnknown { .. }
            | Self::PinLastTry { .. }
            | Self::PinLocked
            | Self::PukLastTry
            | Self::PukLocked => Area::Pin,
            Self::ModuleLoads { .. }
            | Self::ModuleMissing
            | Self::ModuleFails { .. }
            | Self::ModuleNotTried { .. } => Area::Module,
            Self::Program(_) | Self::SandboxedBrowser { .. } => Area::Programs,
            Self::NoOtherModules | Self::OtherModule { .. } | Self::Interception { .. } => {
                Area::OtherSoftware
            }
        }
    }

    /// How good that is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Program(state) => state.verdict(),
            Self::ServiceRuns
            | Self::SystemServiceRuns
            | Self::ReaderSeen { .. }
            | Self::CardRecognised { .. }
            | Self::CertificateValid { .. }
            | Self::CertificateIsCns { .. }
            | Self::KeyLongEnough { .. }
            | Self::KeyShort { allowed: true, .. }
            | Self::PinTries { .. }
            | Self::ModuleLoads { .. }
            | Self::NoOtherModules => Verdict::Ok,
            Self::NoCard
            | Self::CertificateEndsSoon { .. }
            | Self::CertificateOfOtherPolicy { .. }
            | Self::CertificateNotForLogin { .. }
            | Self::KeyShort { allowed: false, .. }
            | Self::SandboxedBrowser { .. }
            | Self::OtherModule { .. }
            | Self::PinLastTry { .. }
            | Self::PukLastTry
            | Self::Interception { .. } => Verdict::Warning,
            Self::PinTriesUnknown { .. } | Self::OtherCertificate { .. } | Self::ModuleNotTried { .. } => {
                Verdict::NotApplicable
            }
            Self::ServiceNotInstalled
            | Self::ServiceStopped
            | Self::ServiceWaitsForReader
            | Self::SystemServiceFails { .. }
            | Self::ServiceForbidden { .. }
            | Self::ServiceFails { .. }
            | Self::NoReader
            | Self::ReaderNeedsDriver { .. }
            | Self::ReaderHeldByKernel { .. }
            | Self::ReaderNotSeen { .. }
            | Self::CardMute { .. }
            | Self::CardFails { .. }
            | Self::CardUnsupported { .. }
            | Self::CertificateMissing { .. }
            | Self::CertificateUnreadable
            | Self::OldCertificateShown
            | Self::KeyUnusable
            | Self::CertificateExpired { .. }
            | Self::CertificateNotYetValid { .. }
            | Self::PinLocked
            | Self::PukLocked
            | Self::ModuleMissing
            | Self::ModuleFails { .. } => Verdict::Problem,
        }
    }
}
