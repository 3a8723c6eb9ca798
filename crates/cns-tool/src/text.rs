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

pub use cert::{CertText, DataField};
pub use cli::CliText;
pub use common::{CommonText, FailureText};
pub use doctor::{DoctorText, FindingText};
pub use guide::GuideText;
pub use login::{LoginText, Refusal};
pub use pin::{PinText, Secret, Weakness};
pub use setup::SetupText;
pub use status::StatusText;
pub use support::{Event, SupportText};
pub use system::{SystemError, SystemText};

use crate::context::System;

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

/// A message without variable parts, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    italian: &'static str,
    english: &'static str,
}

impl Message {
    /// The message with these two wordings.
    pub const fn new(italian: &'static str, english: &'static str) -> Self {
        Self { italian, english }
    }

    /// Its wording in a language.
    #[must_use]
    pub fn to(self, language: Language) -> &'static str {
        language.pick(self.italian, self.english)
    }
}

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

    /// One of two wordings. Both are arguments, so a missing language does not compile.
    #[must_use]
    pub fn pick<T>(self, italian: T, english: T) -> T {
        match self {
            Self::Italian => italian,
            Self::English => english,
        }
    }

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

impl From<Language> for cns_card::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::Italian => Self::Italian,
            Language::English => Self::English,
        }
    }
}
