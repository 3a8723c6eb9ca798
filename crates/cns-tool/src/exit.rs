//! How the command ends: its exit codes, and failures as three sentences.

use std::process::ExitCode;

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
    /// 6: the PIN or PUK was wrong; a try is spent.
    WrongPin = 6,
    /// 7: the PIN or PUK is locked.
    Locked = 7,
    /// 8: nothing was sent to the card: the PIN cannot be one, is too easy, was typed differently, or the person said no.
    NotDone = 8,
    /// 130: interrupted (Ctrl-C).
    Interrupted = 130,
}

impl Exit {
    /// The number that a script sees.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
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
        Failure { exit, what: self.what, why: sentence(self.why), next: sentence(self.next) }
    }
}

/// Why a command could not do what was asked: what happened, why, what to do next, in the person's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// How the command ends.
    pub exit: Exit,
    /// What happened: one sentence.
    pub what: String,
    /// Why, where that is known and not said already.
    pub why: Option<String>,
    /// What the person can do next.
    pub next: Option<String>,
}

impl Failure {
    /// A failure of which only the fact is known.
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self { exit, what: what.into(), why: None, next: None }
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
