//! What findings are about.

use serde::Serialize;

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
    /// Windows: its drivers and certificates.
    Windows,
    /// Programs that should know the module.
    Programs,
    /// What else is installed.
    OtherSoftware,
}
