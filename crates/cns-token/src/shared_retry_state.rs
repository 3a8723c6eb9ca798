//! The retry state as all of a user's processes share it: one count for the browser, the command and every other
//! program.
//!
//! A small file per card and secret, locked from before a PIN command until its outcome is written. It names the
//! insertion it speaks of: a reader, its count of insertions, and the life of the PC/SC service that counts. Whatever
//! cannot be read counts as nothing known.

use std::fs::File;
use std::io::{Read, Seek, Write};

use cns_card::{ReaderStatus, Retries};
use fs4::FileExt;

use crate::card_name::CardName;
use crate::retry_state::{RetryState, Secret};
use crate::runtime_directory::{LockTimeout, clear, open_existing, open_locked};

/// The longest content that is read, in bytes.
const LONGEST: u64 = 1024;
/// Marks the process that a person allowed to spend the last try.
const ALLOWED: &str = "last-try-allowed";

/// The file, locked.
pub(crate) struct SharedRetryState {
    file: File,
    card: CardName,
    kind: &'static str,
    insertion: String,
}

/// What the file says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) state: RetryState,
    /// The process that may spend the last try: a person said yes there.
    pub(crate) allowed: Option<u32>,
}

impl SharedRetryState {
    /// Opens and locks the file about a secret of the card in a reader. `None` when the system offers no place for it: then
    /// this process counts alone.
    ///
    /// # Errors
    /// Another process holds it all the time: what it counts is not known, so no try may be spent.
    pub(crate) fn open(
        card: &CardName,
        secret: Secret,
        reader: &ReaderStatus,
    ) -> Result<Option<Self>, LockTimeout> {
        let kind = kind(secret);
        match open_locked(card, kind, |file| FileExt::try_lock(file).is_ok()) {
            Ok(Some(file)) => {
                Ok(Some(Self { file, card: card.clone(), kind, insertion: insertion(card, reader) }))
            }
            Ok(None) => {
                tracing::warn!("the shared retry state stays locked");
                Err(LockTimeout)
            }
            Err(error) => {
                tracing::warn!(%error, "no shared retry state");
                Ok(None)
            }
        }
    }

    /// The state as the last process left it; of an earlier insertion only the wrong attempts in a row still count.
    pub(crate) fn read(&mut self) -> Record {
        let _ = self.file.rewind();
        read(&self.file, &self.insertion).unwrap_or_default()
    }

    /// Leaves the record for the next process; after a right PIN there is nothing to leave.
    pub(crate) fn write(&mut self, record: Record) {
        if record == Record::default() {
            return clear(&self.file, &self.card, self.kind);
        }
        let (reported, here, in_a_row) = record.state.parts();
        let reported = match reported {
            Retries::Unknown => "?".to_owned(),
            Retries::Blocked => "0".to_owned(),
            Retries::Left(left) => left.to_string(),
        };
        let mut content = format!("{}\n{here} {in_a_row} {reported}\n", self.insertion);
        if let Some(process) = record.allowed {
            content.push_str(&format!("{ALLOWED} {process}\n"));
        }
        // In place: on a full disk a new record may be refused, and then the old one must still stand.
        let written = self
            .file
            .rewind()
            .and_then(|()| self.file.write_all(content.as_bytes()))
            .and_then(|()| self.file.set_len(content.len() as u64));
        if let Err(error) = written {
            tracing::warn!(%error, "the shared retry state could not be written");
        }
    }
}

/// What is recorded, without waiting. `None`: a PIN command is under way, or there is no place for records.
pub(crate) fn read_without_waiting(card: &CardName, secret: Secret, reader: &ReaderStatus) -> Option<Record> {
    match open_existing(card, kind(secret)) {
        Ok(Some(file)) => {
            FileExt::try_lock_shared(&file).ok()?;
            let record = read(&file, &insertion(card, reader)).unwrap_or_default();
            let _ = FileExt::unlock(&file);
            Some(record)
        }
        Ok(None) => Some(Record::default()),
        Err(_) => None,
    }
}

fn read(file: &File, insertion: &str) -> Option<Record> {
    let mut content = String::new();
    file.take(LONGEST).read_to_string(&mut content).ok()?;
    let mut lines = content.lines();
    let same_insertion = lines.next()? == insertion;
    let mut numbers = lines.next()?.split_ascii_whitespace();
    let here = numbers.next()?.parse().ok()?;
    let in_a_row = numbers.next()?.parse().ok()?;
    let reported = match numbers.next()? {
        "?" => Retries::Unknown,
        "0" => Retries::Blocked,
        left => Retries::Left(left.parse().ok()?),
    };
    let state = RetryState::from_record(reported, here, in_a_row);
    if !same_insertion {
        return Some(Record { state: state.in_another_insertion(), allowed: None });
    }
    let allowed = lines.next().and_then(|line| line.strip_prefix(ALLOWED)?.trim().parse().ok());
    Some(Record { state, allowed })
}

fn kind(secret: Secret) -> &'static str {
    match secret {
        Secret::Pin => "pin",
        Secret::Puk => "puk",
    }
}

fn insertion(card: &CardName, reader: &ReaderStatus) -> String {
    format!("{} {} {}", card.service_life(), reader.events, reader.name)
}

/// Closing the file is not enough: a child of a fork has it open too, and the lock belongs to both.
impl Drop for SharedRetryState {
    fn drop(&mut self) {
        let _ = FileExt::unlock(&self.file);
    }
}

#[cfg(test)]
mod tests {
    use cns_card::Occupancy;

    use super::*;

    fn reader(events: u32) -> ReaderStatus {
        ReaderStatus {
            name: "Reader".to_owned(),
            occupancy: Occupancy::Card,
            held_exclusively: false,
            events,
        }
    }

    #[test]
    fn what_one_process_writes_the_next_one_reads() {
        let card = CardName::for_test("shared retry state");
        let mut state = RetryState::default();
        state.wrong(Retries::Left(2));
        let written = Record { state, allowed: Some(4711) };
        SharedRetryState::open(&card, Secret::Pin, &reader(1))
            .expect("free")
            .expect("a place")
            .write(written);
        assert_eq!(
            SharedRetryState::open(&card, Secret::Pin, &reader(1)).expect("free").expect("a place").read(),
            written
        );
        assert_eq!(read_without_waiting(&card, Secret::Pin, &reader(1)), Some(written));
        let later = read_without_waiting(&card, Secret::Pin, &reader(3)).expect("a record");
        assert_eq!(later, Record { state: state.in_another_insertion(), allowed: None });
        assert_eq!(read_without_waiting(&card, Secret::Puk, &reader(1)), Some(Record::default()));
        let mut shared =
            SharedRetryState::open(&card, Secret::Pin, &reader(1)).expect("free").expect("a place");
        assert_eq!(read_without_waiting(&card, Secret::Pin, &reader(1)), None, "a PIN command is under way");
        shared.write(Record::default());
        drop(shared);
        assert_eq!(read_without_waiting(&card, Secret::Pin, &reader(1)), Some(Record::default()));
    }

    /// A child of a fork has the same open file: as long as it lives, closing ours would leave the lock in its hands.
    #[test]
    fn the_lock_is_given_up_though_a_child_has_the_file_open() {
        let card = CardName::for_test("shared retry state of a parent");
        let open =
            || SharedRetryState::open(&card, Secret::Pin, &reader(1)).expect("not locked").expect("a place");
        let first = open();
        let of_the_child = first.file.try_clone().expect("the same open file");
        drop(first);
        open().write(Record::default());
        drop(of_the_child);
    }

    /// Counting alone would begin with all tries.
    #[test]
    fn a_record_that_stays_locked_is_no_empty_one() {
        let card = CardName::for_test("shared retry state that stays locked");
        let open = || SharedRetryState::open(&card, Secret::Pin, &reader(1));
        let mut held = open().expect("free").expect("a place");
        assert!(matches!(open(), Err(LockTimeout)));
        held.write(Record::default());
    }
}
