//! What the backup log knows of a file.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::programs::formats::format::Change;

/// Of how many killed runs, one after the other, an entry has the changes.
const MOST: usize = 8;

/// A file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The name of the backup; `None` if there was no file.
    pub(super) backup: Option<String>,
    #[serde(flatten)]
    pub(super) last: Written,
    /// What was written before that: the file still holds it if the runs since then were killed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier: Vec<Written>,
}

/// What was written into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// SHA-256 of the whole file, in hexadecimal digits.
    #[serde(rename = "written")]
    pub(super) fingerprint: String,
    /// Which bytes of it are ours. Version 0.1.0 did not note that.
    #[serde(default)]
    pub(super) changes: Vec<Change>,
}

impl Entry {
    /// Whether there was no file before.
    #[must_use]
    pub(crate) fn created_file(&self) -> bool {
        self.backup.is_none()
    }

    /// Whether the file is as one of the runs wrote it.
    #[must_use]
    pub(crate) fn is_as_written(&self, content: &[u8]) -> bool {
        let content = fingerprint(content);
        self.written().any(|written| written.fingerprint == content)
    }

    /// Which bytes of the file are ours, by the last run and by those before it.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &[Change]> {
        self.written().map(|written| written.changes.as_slice()).filter(|changes| !changes.is_empty())
    }

    fn written(&self) -> impl Iterator<Item = &Written> {
        std::iter::once(&self.last).chain(&self.earlier)
    }

    /// What may stand in the file, which holds `now`.
    pub(super) fn possible(&self, now: Option<&[u8]>) -> Vec<Written> {
        let now = now.map(fingerprint);
        let exactly = self.written().find(|written| Some(&written.fingerprint) == now.as_ref());
        exactly.map_or_else(|| self.written().take(MOST).cloned().collect(), |written| vec![written.clone()])
    }
}

/// SHA-256, in hexadecimal digits.
pub(super) fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
