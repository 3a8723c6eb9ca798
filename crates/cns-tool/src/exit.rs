//! How the command ends: its exit codes, and failures as three sentences.

use std::process::ExitCode;

use serde::{Serialize, Serializer};

use crate::host::SystemError;
use crate::text::Language;

/// The exit codes, the same for every subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: what was asked for is done, and all is well.
    Success = 0,
    /// 1: it failed, or something that was checked is not well.
    Failed = 1,
    /// 2: the command line is wrong.
    Usage = 2,
    /// 3: no PC/SC service, or no reader.
    NoReader = 3,
    /// 4: no card in the reader.
    NoCard = 4,
    /// 5: a card that cannot be used: not a CNS, mute, without certificate.
    UnusableCard = 5,
    /// 6: the PIN or PUK was wrong; a try is spent. Also when the person would not use the last one after it.
    WrongPin = 6,
    /// 7: the PIN or PUK is locked.
    Locked = 7,
    /// 8: nothing was sent to the card: the PIN cannot be one, is too easy, was typed differently, or the person said no.
    NotDone = 8,
    /// 130: interrupted: Ctrl-C, a closed terminal.
    Interrupted = 130,
}

impl Exit {
    /// The number that a script sees.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// Why a command failed, for programs; finer than the exit code, and as stable (docs/json.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "named after what happened; docs/json.md has a sentence for each")]
pub enum ErrorCode {
    Failed,
    CardBusy,
    NoModule,
    ModuleNotLoaded,
    Usage,
    NoService,
    NoReader,
    UnknownReader,
    NoCard,
    CardRemoved,
    UnusableCard,
    MuteCard,
    UnsupportedCard,
    NoCertificate,
    ReaderCannotSign,
    WrongPin,
    PinLocked,
    NotDone,
    SeveralCards,
    NoTerminal,
    Interrupted,
}

impl From<Exit> for ErrorCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success | Exit::Failed => Self::Failed,
            Exit::Usage => Self::Usage,
            Exit::NoReader => Self::NoReader,
            Exit::NoCard => Self::NoCard,
            Exit::UnusableCard => Self::UnusableCard,
            Exit::WrongPin => Self::WrongPin,
            Exit::Locked => Self::PinLocked,
            Exit::NotDone => Self::NotDone,
            Exit::Interrupted => Self::Interrupted,
        }
    }
}

impl Serialize for Exit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.code())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// What happened, why, what to do next; without the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FailureText {
    pub(crate) what: String,
    /// Empty when it is said already.
    pub(crate) why: &'static str,
    /// Empty when there is nothing to do.
    pub(crate) next: &'static str,
}

impl FailureText {
    pub(crate) fn new(what: impl Into<String>, why: &'static str, next: &'static str) -> Self {
        Self { what: what.into(), why, next }
    }

    /// The failure that ends the command with this code.
    pub(crate) fn with(self, exit: Exit) -> Failure {
        let sentence = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Failure { why: sentence(self.why), next: sentence(self.next), ..Failure::new(exit, self.what) }
    }
}

/// Why a command could not do what was asked: what happened, why, what to do next, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What happened, for programs.
    pub code: ErrorCode,
    /// How the command ends.
    pub exit: Exit,
    /// What happened: one sentence.
    #[serde(rename = "text")]
    pub what: String,
    /// Why, where that is known and not said already.
    pub why: Option<String>,
    /// What the person can do next.
    pub next: Option<String>,
}

impl Failure {
    /// A failure of which only the fact is known.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { code: exit.into(), exit, what: what.into(), why: None, next: None }
    }

    /// With a finer code than that of its exit.
    #[must_use]
    pub(crate) fn with_code(self, code: ErrorCode) -> Self {
        Self { code, ..self }
    }

    /// With the reason.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// With what the system said as the reason.
    #[must_use]
    pub(crate) fn because_of(self, error: impl Into<SystemError>, language: Language) -> Self {
        self.because(format!("{}.", error.into().text(language)))
    }

    /// With what to do.
    #[must_use]
    pub fn then(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}
