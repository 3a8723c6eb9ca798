//! The facts that an examination may find; those about a card are in `card_finding`.

use serde::Serialize;

use super::area::Area;
use super::card_finding::CardFinding;
use super::windows_finding::WindowsFinding;
use crate::card::service::ServiceFailure;
use crate::console::Verdict;
use crate::host::Words;
use crate::programs::{ProgramState, Sandboxed};

/// A fact. It never holds data of the card's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum Finding {
    /// pcscd answers.
    ServiceRuns,
    /// The service that belongs to the system answers.
    SystemServiceRuns,

    /// A reader that works.
    ReaderSeen { reader: String },
    /// No reader is plugged in.
    NoReader,
    /// A reader is plugged in that needs another driver; the package that has it and the command that installs it, or
    /// the line of NixOS's configuration, where they are known.
    ReaderNeedsDriver {
        reader: String,
        package: Option<&'static str>,
        #[serde(skip)]
        install: Option<Words>,
        #[serde(skip)]
        setting: Option<&'static str>,
    },
    /// The kernel keeps an NFC reader for itself.
    ReaderHeldByKernel { reader: String, module: String },
    /// A reader is plugged in and pcscd does not see it; the command that installs the usual driver.
    ReaderNotSeen {
        reader: String,
        #[serde(skip)]
        install: Option<Words>,
    },

    /// No card is in any reader.
    NoCard,
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

    /// What keeps the service from being used.
    #[serde(untagged)]
    Service(ServiceFailure),
    /// What the card in a reader is like.
    #[serde(untagged)]
    OfCard {
        reader: String,
        #[serde(flatten)]
        finding: CardFinding,
    },
    /// What Windows knows of the card.
    #[serde(untagged)]
    Windows(WindowsFinding),
    /// What a program knows of the module.
    #[serde(untagged)]
    Program(ProgramState),
}

impl Finding {
    /// What it is about.
    #[must_use]
    pub fn area(&self) -> Area {
        match self {
            Self::OfCard { finding, .. } => finding.area(),
            Self::Windows(finding) => finding.area(),
            Self::ServiceRuns | Self::SystemServiceRuns | Self::Service(_) => Area::Service,
            Self::ReaderSeen { .. }
            | Self::NoReader
            | Self::ReaderNeedsDriver { .. }
            | Self::ReaderHeldByKernel { .. }
            | Self::ReaderNotSeen { .. } => Area::Reader,
            Self::NoCard => Area::Card,
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
            Self::OfCard { finding, .. } => finding.verdict(),
            Self::Windows(finding) => finding.verdict(),
            Self::Program(state) => state.verdict(),
            Self::ServiceRuns
            | Self::SystemServiceRuns
            | Self::ReaderSeen { .. }
            | Self::ModuleLoads { .. }
            | Self::NoOtherModules => Verdict::Ok,
            Self::NoCard
            | Self::SandboxedBrowser { .. }
            | Self::OtherModule { .. }
            | Self::Interception { .. } => Verdict::Warning,
            Self::ModuleNotTried { .. } => Verdict::NotApplicable,
            Self::Service(_)
            | Self::NoReader
            | Self::ReaderNeedsDriver { .. }
            | Self::ReaderHeldByKernel { .. }
            | Self::ReaderNotSeen { .. }
            | Self::ModuleMissing
            | Self::ModuleFails { .. } => Verdict::Problem,
        }
    }
}
