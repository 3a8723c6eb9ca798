//! What can happen to the registry of Windows; the sentences are those of `cns setup`.

use serde::Serialize;

use crate::console::Verdict;

/// What happened in the registry of Windows, or did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum WindowsOutcome {
    /// Windows gives the card in a reader to this other driver.
    OtherDriver {
        /// The name of its key.
        entry: String,
    },
    /// Passports have the ATR of the card in a reader too: it is registered for those who ask for it.
    SharedAtr,
    /// There is no CNS in a reader, to which a driver was to be given.
    NoCard,
    /// Only the administrator may write there.
    NeedsAdministrator,
    /// The minidriver is not installed.
    NoMinidriver,
    /// What was registered is gone.
    Unregistered,
}

impl WindowsOutcome {
    /// How good that is.
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Unregistered => Verdict::Ok,
            Self::OtherDriver { .. } | Self::SharedAtr => Verdict::Warning,
            Self::NoCard | Self::NeedsAdministrator | Self::NoMinidriver => Verdict::Problem,
        }
    }
}
