//! Every sentence of the command, in Italian and in English.
//!
//! Each subject has a trait with one method per message (`status.rs`), implemented for [`Italian`] in `it/status.rs` and
//! for [`English`] in `en/status.rs`; [`Text`] asks for all of them. So a message that lacks a language does not compile.
//! A new subject is a trait here, its two files, and its name in [`Text`].

mod cert;
mod cli;
mod common;
mod doctor;
mod en;
mod guide;
mod it;
mod login;
mod pin;
mod setup;
mod status;
mod support;
mod system;

use std::cell::Cell;

pub use cert::{CertText, DataField};
pub use cli::CliText;
pub use common::{CommonText, Explained};
pub use doctor::{DoctorText, Told};
pub use guide::GuideText;
pub use login::{LoginText, Refusal};
pub use pin::{PinText, Secret, Weakness};
pub use setup::SetupText;
pub use status::StatusText;
pub use support::{Event, SupportText};
pub use system::{SystemError, SystemText};

use crate::world::System;

/// All messages of a language.
pub trait Text:
    CertText
    + CliText
    + CommonText
    + DoctorText
    + GuideText
    + LoginText
    + PinText
    + SetupText
    + StatusText
    + SupportText
    + SystemText
{
}

/// In italiano.
#[derive(Debug, Clone, Copy)]
pub struct Italian;

/// In English.
#[derive(Debug, Clone, Copy)]
pub struct English;

impl Text for Italian {}
impl Text for English {}

/// A language of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Language {
    /// Italiano.
    #[value(name = "it")]
    Italian,
    /// English.
    #[value(name = "en")]
    English,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Italian, Self::English];

    /// The messages of the language.
    #[must_use]
    pub fn text(self) -> &'static dyn Text {
        match self {
            Self::Italian => &Italian,
            Self::English => &English,
        }
    }

    /// Its two letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Italian => "it",
            Self::English => "en",
        }
    }

    /// The language of these two letters.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// As the locale says (POSIX: `LC_ALL`, then `LC_MESSAGES`, then `LANG`); English for every other language.
    #[must_use]
    pub fn of_locale(system: &System) -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| system.variable(name));
        let locale = set.map(|locale| locale.to_string_lossy().to_lowercase()).unwrap_or_default();
        match locale.split(['_', '.', '@', '-']).next() {
            Some("it") => Self::Italian,
            _ => Self::English,
        }
    }
}

thread_local! {
    /// The language in which the command line describes itself: `clap`'s attributes are evaluated without arguments.
    static DESCRIBED_IN: Cell<Language> = const { Cell::new(Language::English) };
}

/// The messages that the command line's attributes take theirs from.
pub(crate) fn described() -> &'static dyn Text {
    DESCRIBED_IN.get().text()
}

/// Evaluates something with the command line described in a language.
pub(crate) fn describing<T>(language: Language, evaluate: impl FnOnce() -> T) -> T {
    let before = DESCRIBED_IN.replace(language);
    let value = evaluate();
    DESCRIBED_IN.set(before);
    value
}
