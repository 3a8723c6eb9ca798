//! Two languages: each text is written in both, side by side, beside the code that says it (`messages.rs`).

use time::Date;

use crate::host::System;

/// The months in Italian.
const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// In place of a value that is not known.
pub(crate) const UNKNOWN: Message = Message::new("non si sa", "unknown");

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

    /// A day, as people write it.
    #[must_use]
    pub fn date(self, day: Date) -> String {
        let (month, number) = (usize::from(u8::from(day.month())) - 1, day.day());
        let number = if self == Self::Italian && number == 1 { "1º".to_owned() } else { number.to_string() };
        format!("{number} {} {}", self.pick(MONTHS[month].to_owned(), day.month().to_string()), day.year())
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
