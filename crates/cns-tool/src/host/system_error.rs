//! Why the system did not read, write or connect.

use std::fmt;
use std::io::{self, ErrorKind};

use serde::{Serialize, Serializer};

use crate::text::Language;

/// An error of the system: its kind, which has a sentence in each language, and the system's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemError {
    /// Of which kind.
    pub kind: io::ErrorKind,
    /// In the system's words, which are English mostly: for programs and for the support report.
    pub words: String,
    /// The system's number for it.
    pub number: Option<i32>,
}

impl From<io::Error> for SystemError {
    fn from(error: io::Error) -> Self {
        Self { kind: error.kind(), words: error.to_string(), number: error.raw_os_error() }
    }
}

impl From<io::ErrorKind> for SystemError {
    fn from(kind: io::ErrorKind) -> Self {
        io::Error::from(kind).into()
    }
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// For programs: the words.
impl Serialize for SystemError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words)
    }
}

impl SystemError {
    /// What it was in a clause, with the system's number where there are no words for it; no full stop.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let clause = match self.kind {
            ErrorKind::PermissionDenied => language.pick("Non hai il permesso", "You do not have permission"),
            ErrorKind::ReadOnlyFilesystem => {
                language.pick("Il disco è in sola lettura", "The disk is read-only")
            }
            ErrorKind::StorageFull => language.pick("Il disco è pieno", "The disk is full"),
            ErrorKind::QuotaExceeded => language.pick(
                "Hai esaurito il tuo spazio su questo disco",
                "You have used up your space on this disk",
            ),
            ErrorKind::NotFound => {
                language.pick("Il file o la cartella non esiste", "The file or folder does not exist")
            }
            ErrorKind::IsADirectory => {
                language.pick("È una cartella, non un file", "It is a folder, not a file")
            }
            ErrorKind::NotADirectory => language
                .pick("Una parte del percorso non è una cartella", "A part of the path is not a folder"),
            ErrorKind::ResourceBusy => {
                language.pick("Un altro programma lo sta usando", "Another program is using it")
            }
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                language.pick("Il contenuto del file non è quello previsto", "The content is not as expected")
            }
            ErrorKind::ConnectionRefused => language
                .pick("A quell'indirizzo non risponde nessun servizio", "No service answers at that address"),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => language
                .pick(
                    "Il sito o il programma ha chiuso il collegamento",
                    "The site or program closed the connection",
                ),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                language.pick("Nessuna risposta in tempo utile", "No answer came in time")
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => language
                .pick("L'indirizzo non è raggiungibile dalla rete", "The network cannot reach that address"),
            _ => return self.unknown(language),
        };
        clause.to_owned()
    }

    fn unknown(&self, language: Language) -> String {
        let clause =
            language.pick("Il sistema ha risposto con un errore", "The system answered with an error");
        self.number.map_or_else(|| clause.to_owned(), |number| format!("{clause} ({number})"))
    }
}
