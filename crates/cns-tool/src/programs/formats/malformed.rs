//! What is wrong in a file of another program.

use serde::{Serialize, Serializer};

use crate::text::Language;

/// A file that Firefox cannot use, or that has something else where the policy belongs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is no text.
    #[error("no UTF-8 text")]
    NotText,
    /// It is no JSON: where, and what the parser says.
    #[error("line {line}, column {column}: {words}")]
    NotJson {
        /// From 1 on.
        line: usize,
        /// From 1 on.
        column: usize,
        /// In English.
        words: String,
    },
    /// This member is there and is no object.
    #[error("{0} is no object")]
    NotAnObject(&'static str),
    /// A name stands twice in one object: Firefox takes the last.
    #[error("{0:?} is there twice")]
    Duplicate(String),
}

/// For programs: in English.
impl Serialize for Malformed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Malformed {
    /// What is wrong, in a clause; no full stop.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::NotText => {
                language.pick("non è un file di testo (UTF-8)", "it is not a text file (UTF-8)").to_owned()
            }
            Self::NotJson { line, column, .. } => language.pick(
                format!("riga {line}, colonna {column}: non è JSON valido"),
                format!("line {line}, column {column}: not valid JSON"),
            ),
            Self::NotAnObject("{}") => {
                language.pick("non è un oggetto JSON", "it is not a JSON object").to_owned()
            }
            Self::Duplicate(name) => {
                language.pick(format!("«{name}» c'è due volte"), format!("“{name}” is there twice"))
            }
            Self::NotAnObject(name) => language
                .pick(format!("«{name}» non è un oggetto JSON"), format!("\"{name}\" is not a JSON object")),
        }
    }
}
