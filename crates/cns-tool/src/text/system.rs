//! Why the system did not read, write or connect.

use std::fmt;
use std::io;

use serde::{Serialize, Serializer};

use crate::programs::Malformed;

/// An error of the system: of which kind, which can be told in any language, and in the system's own words.
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

/// Messages about errors of the system.
pub trait SystemText {
    /// What it was in a clause, the system's own words last; no full stop.
    fn system_error(&self, error: &SystemError) -> String;
    /// What is wrong in a file of another program; no full stop.
    fn mistake(&self, mistake: &Malformed) -> String;
}
