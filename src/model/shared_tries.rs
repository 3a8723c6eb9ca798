//! Wrong tries as all of a user's processes count them: the guard of the last try (`pin_care`) must also hold when a
//! command is typed three times, or when two browsers ask one after the other.
//!
//! A small file per card and secret, locked from before a try until its outcome is written. It speaks of one insertion
//! only: of a reader, its count of insertions, and the life of the PC/SC service that counts. Whatever cannot be read
//! counts as nothing known.

use std::fs::File;
use std::io::{Read, Seek, Write};

use cns_card::{ReaderStatus, Retries};

use super::pin_care::Tries;
use super::runtime::{open, patiently, service_life};

/// The longest content that is read, in bytes.
const LONGEST: u64 = 1024;

/// The file, locked.
pub(super) struct SharedTries {
    file: File,
    insertion: String,
}

/// Whose tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    Pin,
    Puk,
}

impl SharedTries {
    /// Opens and locks the file about a secret of the card in a reader. `None` when the system offers no place for it
    /// or another process keeps it: then this process counts alone.
    pub(super) fn of(card_serial: &str, secret: Secret, reader: &ReaderStatus) -> Option<Self> {
        let kind = match secret {
            Secret::Pin => "pin",
            Secret::Puk => "puk",
        };
        let file =
            open(card_serial, kind).inspect_err(|error| tracing::warn!(%error, "no shared tries")).ok()?;
        if !patiently(|| file.try_lock().is_ok()) {
            tracing::warn!("the shared tries stay locked");
            return None;
        }
        Some(Self { file, insertion: format!("{} {} {}", service_life(), reader.events, reader.name) })
    }

    /// The tries of this insertion, as the last process left them.
    pub(super) fn read(&mut self) -> Option<Tries> {
        let mut content = String::new();
        self.file.rewind().ok()?;
        (&self.file).take(LONGEST).read_to_string(&mut content).ok()?;
        let (insertion, tries) = content.split_once('\n')?;
        let (wrong, said) = tries.trim_end().split_once(' ')?;
        let said = match said {
            "?" => Retries::Unknown,
            "0" => Retries::Blocked,
            left => Retries::Left(left.parse().ok()?),
        };
        (insertion == self.insertion).then_some(Tries::of(said, wrong.parse().ok()?))
    }

    /// Leaves the tries for the next process.
    pub(super) fn write(&mut self, tries: &Tries) {
        let (said, wrong) = tries.parts();
        let said = match said {
            Retries::Unknown => "?".to_owned(),
            Retries::Blocked => "0".to_owned(),
            Retries::Left(left) => left.to_string(),
        };
        let content = format!("{}\n{wrong} {said}\n", self.insertion);
        let written = self
            .file
            .set_len(0)
            .and_then(|()| self.file.rewind())
            .and_then(|()| self.file.write_all(content.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "the shared tries could not be written");
        }
    }
}

/// Closing the file is not enough: a child of a fork has it open too, and the lock belongs to both.
impl Drop for SharedTries {
    fn drop(&mut self) {
        let _ = self.file.unlock();
    }
}
