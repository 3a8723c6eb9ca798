//! Wrong tries as all of a user's processes count them: the guard of the last try (`pin_care`) must also hold when a
//! command is typed three times, or when two browsers ask one after the other.
//!
//! A small file per card and secret, locked from before a try until its outcome is written. It names the insertion it
//! speaks of: a reader, its count of insertions, and the life of the PC/SC service that counts. Whatever cannot be read
//! counts as nothing known.

use std::fs::File;
use std::io::{Read, Seek, Write};

use cns_card::{ReaderStatus, Retries};

use super::pin_care::Tries;
use super::runtime::{open_locked, remove, service_life};
use super::token::Token;

/// The longest content that is read, in bytes.
const LONGEST: u64 = 1024;

/// The file, locked.
pub(super) struct SharedTries {
    file: File,
    card_serial: String,
    kind: &'static str,
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
    pub(super) fn of(token: &Token, secret: Secret, reader: &ReaderStatus) -> Option<Self> {
        let kind = match secret {
            Secret::Pin => "pin",
            Secret::Puk => "puk",
        };
        match open_locked(&token.serial, kind, |file| file.try_lock().is_ok()) {
            Ok(Some(file)) => {
                let insertion = format!("{} {} {}", service_life(), reader.events, reader.name);
                Some(Self { file, card_serial: token.serial.clone(), kind, insertion })
            }
            Ok(None) => {
                tracing::warn!("the shared tries stay locked");
                None
            }
            Err(error) => {
                tracing::warn!(%error, "no shared tries");
                None
            }
        }
    }

    /// The tries as the last process left them; of an earlier insertion only the number of wrong ones still counts.
    pub(super) fn read(&mut self) -> Option<Tries> {
        let mut content = String::new();
        self.file.rewind().ok()?;
        (&self.file).take(LONGEST).read_to_string(&mut content).ok()?;
        let (insertion, numbers) = content.split_once('\n')?;
        let mut numbers = numbers.split_ascii_whitespace();
        let wrong_here = numbers.next()?.parse().ok()?;
        let wrong_in_a_row = numbers.next()?.parse().ok()?;
        let said = match numbers.next()? {
            "?" => Retries::Unknown,
            "0" => Retries::Blocked,
            left => Retries::Left(left.parse().ok()?),
        };
        let tries = Tries::of(said, wrong_here, wrong_in_a_row);
        Some(if insertion == self.insertion { tries } else { tries.in_another_insertion() })
    }

    /// Leaves the tries for the next process; after a right secret there is nothing to leave.
    pub(super) fn write(&mut self, tries: &Tries) {
        if *tries == Tries::default() {
            return remove(&self.card_serial, self.kind);
        }
        let (said, wrong_here, wrong_in_a_row) = tries.parts();
        let said = match said {
            Retries::Unknown => "?".to_owned(),
            Retries::Blocked => "0".to_owned(),
            Retries::Left(left) => left.to_string(),
        };
        let content = format!("{}\n{wrong_here} {wrong_in_a_row} {said}\n", self.insertion);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A child of a fork has the same open file: as long as it lives, closing ours would leave the lock in its hands.
    #[test]
    fn the_lock_is_given_up_though_a_child_has_the_file_open() {
        const KIND: &str = "pin";
        let card_serial = format!("shared tries {}", std::process::id());
        let locked =
            || open_locked(&card_serial, KIND, |file| file.try_lock().is_ok()).expect("a place for it");
        let tries = |file| SharedTries {
            file,
            card_serial: card_serial.clone(),
            kind: KIND,
            insertion: String::new(),
        };
        let first = tries(locked().expect("not locked"));
        let of_the_child = first.file.try_clone().expect("the same open file");
        drop(first);
        tries(locked().expect("given up")).write(&Tries::default());
        drop(of_the_child);
    }
}
