//! What the examination finds of Windows: by which driver it uses the card, and whether browsers see the certificate.

use serde::Serialize;

use super::area::Area;
use crate::console::Verdict;

/// A fact about Windows and the card in a reader. It never holds data of the card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum WindowsFinding {
    /// A service that may not be started.
    WindowsServiceDisabled { service: &'static str },
    /// The service that copies the certificates of cards, not running though there is a card.
    WindowsServiceStopped { service: &'static str },
    /// The card is of our minidriver, by this key.
    WindowsUsesMinidriver { reader: String, entry: String },
    /// The card is of another product's driver, by this key; the driver's file.
    WindowsUsesOtherDriver { reader: String, entry: String, path: String },
    /// The card is of no driver; `installed`: ours is there and could be it.
    WindowsKnowsNoDriver { reader: String, installed: bool },
    /// The key is ours, and the file that it names is not there.
    WindowsMinidriverMissing { reader: String, entry: String, path: String },
    /// The key lacks the provider without which no program signs for TLS 1.3.
    WindowsKeyStorageProviderMissing { reader: String, entry: String, ours: bool },
    /// The certificate is where browsers look for it.
    CertificateInWindows { reader: String },
    /// It is not, though a driver of the card is registered.
    CertificateNotInWindows { reader: String },
}

/// The command that registers the minidriver.
const REGISTER: &[&str] = &["cns", "setup", "windows"];

impl WindowsFinding {
    pub(crate) fn area(&self) -> Area {
        match self {
            Self::WindowsServiceDisabled { .. } | Self::WindowsServiceStopped { .. } => Area::Service,
            _ => Area::Windows,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self {
            Self::WindowsUsesMinidriver { .. } | Self::CertificateInWindows { .. } => Verdict::Ok,
            Self::WindowsKnowsNoDriver { installed: false, .. } => Verdict::NotApplicable,
            Self::WindowsUsesOtherDriver { .. }
            | Self::WindowsKeyStorageProviderMissing { ours: false, .. } => Verdict::Warning,
            _ => Verdict::Problem,
        }
    }

    /// The command that the remedy consists of. Another product's card is left to the person's own decision.
    pub(super) fn command(&self) -> Option<&[&str]> {
        match self {
            Self::WindowsServiceDisabled { service: "CertPropSvc" } => {
                Some(&["sc.exe", "config", "CertPropSvc", "start=", "demand"])
            }
            Self::WindowsServiceDisabled { .. } => Some(&["sc.exe", "config", "SCardSvr", "start=", "auto"]),
            Self::WindowsServiceStopped { .. } => Some(&["sc.exe", "start", "CertPropSvc"]),
            Self::WindowsKnowsNoDriver { .. }
            | Self::WindowsMinidriverMissing { .. }
            | Self::WindowsKeyStorageProviderMissing { ours: true, .. } => Some(REGISTER),
            _ => None,
        }
    }
}
