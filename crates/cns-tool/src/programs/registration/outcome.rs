//! What can happen to a file or a program; the sentences are those of `cns setup`.

use serde::Serialize;

use super::windows_outcome::WindowsOutcome;
use crate::console::Verdict;
use crate::host::{OperatingSystem, SystemError};
use crate::programs::formats::malformed::Malformed;
use crate::programs::sandbox::Sandboxed;

/// What happened to a file, or did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// The module is registered there now; the file as it was is kept at this path, if there was one.
    Registered(#[serde(skip)] Option<String>),
    /// A copy of the module is there now, where a browser in a sandbox may load it.
    Copied,
    /// That copy would be made, without `--dry-run`.
    WouldCopy,
    /// The copy is gone.
    CopyRemoved,
    /// It would be, without `--dry-run`.
    WouldRegister,
    /// It was there already, at the right path.
    Already,
    /// A package has registered it for everybody.
    ByPackage,
    /// The administrator has registered it for everybody.
    ByAdministrator,
    /// The browser gets its modules from p11-kit.
    ThroughP11Kit,
    /// It does, and p11-kit has no entry for the module.
    NotInP11Kit,
    /// This installation of the browser does not, and each of its users has to register the module.
    EachUser,
    /// Its installations have different policies, and one file for all would put them out of force.
    PoliciesDiffer,
    /// The browser uses the card through Windows.
    ThroughWindows,
    /// The file is again what it was before.
    Restored,
    /// The file has been changed by others since: only the module was taken out.
    TakenOut,
    /// Somebody has changed what was written there: the file stays as it is.
    EditedSince,
    /// A person's file names the module, and does not fit what is installed on this computer.
    Incomplete,
    /// Somebody else has registered the module there, and it stays; `true` if the person named this program, so that
    /// only the file's owner can take it out.
    ByHand(#[serde(skip)] bool),
    /// Somebody else has registered the module there, at this other path, where it is.
    Elsewhere(#[serde(skip)] String),
    /// Somebody else has registered the module there more than once.
    Twice,
    /// It would be restored or taken out, without `--dry-run`.
    WouldRemove,
    /// The module is not registered there.
    NothingThere,
    /// This browser has it open.
    Open(#[serde(skip)] &'static str),
    /// It cannot be understood.
    Malformed(#[serde(skip)] Malformed),
    /// This other module is in the only place there is.
    Occupied(#[serde(skip)] String),
    /// A person has filled the file that is to have our name.
    InUse,
    /// This link on the way leads nowhere.
    DanglingLink(#[serde(skip)] String),
    /// The administrator would follow this link, which another user may have made.
    LinkOfAnother(#[serde(skip)] String),
    /// It is a device, a pipe or a folder.
    NotAFile,
    /// It has a second name, which would go on naming the old content.
    HardLinked,
    /// It is written, and other users may not read this folder or file.
    NotForEverybody(#[serde(skip)] String),
    /// It belongs to the administrator, in a folder of the user.
    RootOwned,
    /// It cannot be read or written.
    NotWritable(#[serde(skip)] SystemError),
    /// The program is not installed, or has never been started by this user.
    NotFound,
    /// The program is not part of `all`.
    OnRequest,
    /// The program uses no PKCS#11 module on this system.
    NotOnThisSystem(#[serde(skip)] OperatingSystem),
    /// A browser in a sandbox that is not set up.
    Sandboxed(#[serde(skip)] Sandboxed),
    /// The administrator has no own browser here: the home belongs to somebody else.
    HomeOfAnother,
    /// What happened in the registry of Windows.
    #[serde(untagged)]
    Windows(WindowsOutcome),
}

impl From<WindowsOutcome> for Outcome {
    fn from(outcome: WindowsOutcome) -> Self {
        Self::Windows(outcome)
    }
}

impl Outcome {
    /// Whether the program has the module now, or would have it without `--dry-run`.
    #[must_use]
    pub fn is_set_up(&self) -> bool {
        matches!(
            self,
            Self::Registered(_)
                | Self::WouldRegister
                | Self::Already
                | Self::ByPackage
                | Self::ByAdministrator
                | Self::ThroughP11Kit
                | Self::ThroughWindows
                | Self::ByHand(_)
                | Self::Elsewhere(_)
        )
    }

    /// How good that is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Registered(_)
            | Self::Copied
            | Self::CopyRemoved
            | Self::Already
            | Self::ByPackage
            | Self::ByAdministrator
            | Self::ThroughP11Kit
            | Self::ThroughWindows
            | Self::Restored
            | Self::TakenOut => Verdict::Ok,
            Self::WouldRegister
            | Self::WouldCopy
            | Self::WouldRemove
            | Self::NothingThere
            | Self::NotFound
            | Self::NotOnThisSystem(_)
            | Self::OnRequest => Verdict::NotApplicable,
            Self::Sandboxed(_)
            | Self::EachUser
            | Self::PoliciesDiffer
            | Self::EditedSince
            | Self::Incomplete
            | Self::ByHand(_)
            | Self::Elsewhere(_) => Verdict::Warning,
            Self::Windows(outcome) => outcome.verdict(),
            _ => Verdict::Problem,
        }
    }
}
