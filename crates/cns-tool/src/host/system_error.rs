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
    /// In the system's words, which are English mostly.
    pub words: String,
}

impl From<io::Error> for SystemError {
    fn from(error: io::Error) -> Self {
        Self { kind: error.kind(), words: error.to_string() }
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
    /// What it was in a clause, the system's own words last; no full stop.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let words = &self.words;
        let clause = match self.kind {
            ErrorKind::PermissionDenied => {
                language.pick("Non hai il permesso", "You are not permitted to do that")
            }
            ErrorKind::ReadOnlyFilesystem => {
                language.pick("Il disco è in sola lettura", "The disk is read-only")
            }
            ErrorKind::StorageFull => {
                language.pick("Sul disco non c'è più spazio", "There is no space left on the disk")
            }
            ErrorKind::QuotaExceeded => language.pick(
                "Hai già usato tutto lo spazio che ti spetta su questo disco",
                "You have used up your share of this disk",
            ),
            ErrorKind::NotFound => {
                language.pick("Il file o la cartella non esiste", "The file or folder does not exist")
            }
            ErrorKind::IsADirectory => {
                language.pick("È una cartella, non un file", "It is a folder, not a file")
            }
            ErrorKind::NotADirectory => {
                language.pick("Una parte del percorso non è una cartella", "A part of the path is no folder")
            }
            ErrorKind::ResourceBusy => {
                language.pick("Un altro programma lo sta usando", "Another program is using it")
            }
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => language
                .pick("Il contenuto non è quello che dovrebbe essere", "What is in it is not what should be"),
            ErrorKind::ConnectionRefused => language
                .pick("A quell'indirizzo non risponde nessun servizio", "No service answers at that address"),
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => language
                .pick(
                    "Il collegamento è stato chiuso dall'altra parte",
                    "The other side closed the connection",
                ),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => {
                language.pick("Non è arrivata nessuna risposta in tempo utile", "No answer came in time")
            }
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                language.pick("La rete non arriva fin lì", "The network does not reach there")
            }
            _ => {
                return language
                    .pick(format!("Il sistema dice: {words}"), format!("The system says: {words}"));
            }
        };
        language.pick(
            format!("{clause} (il sistema dice: {words})"),
            format!("{clause} (the system says: {words})"),
        )
    }
}
