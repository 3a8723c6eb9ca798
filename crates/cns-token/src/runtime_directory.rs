//! Files that processes share about the cards in the readers, for as long as the session lasts: names that say nothing
//! of a card, locks with a bounded wait.
//!
//! The retry state lies in a directory of the user's own. Login locks lie where the programs of all users see them, if
//! the system has such a place. Holds nothing secret and nothing personal; must not touch the card.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::card_name::CardName;

#[cfg_attr(unix, path = "runtime_directory/unix.rs")]
#[cfg_attr(windows, path = "runtime_directory/windows.rs")]
mod system;

use system::{clear_file, directory, open};
pub(crate) use system::{is_held_by_another_user, is_still_there, login_file};

/// Another process held a lock for longer than this one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another process holds the lock")]
pub(crate) struct LockTimeout;

/// How long a process waits for another one's lock.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the user's file of this kind about a card, made when there is none, and locks it, waiting a while for others.
/// `Ok(None)`: another process held it all the time.
pub(crate) fn open_locked(
    card: &CardName,
    kind: &str,
    try_lock: impl Fn(&File) -> bool,
) -> io::Result<Option<File>> {
    open_locked_file(&directory()?.join(file_name(card, kind)), try_lock)
}

/// The same with the path of the file.
pub(crate) fn open_locked_file(path: &Path, try_lock: impl Fn(&File) -> bool) -> io::Result<Option<File>> {
    loop {
        let file = open(path, true)?;
        if !lock_until_timeout(|| try_lock(&file)) {
            return Ok(None);
        }
        // Between opening and locking its last user may have removed it: then a lock on it says nothing to anybody.
        if is_still_there(&file, path)? {
            return Ok(Some(file));
        }
    }
}

/// Opens the user's file of this kind about a card, if there is one.
pub(crate) fn open_existing(card: &CardName, kind: &str) -> io::Result<Option<File>> {
    open_existing_file(&directory()?.join(file_name(card, kind)))
}

/// The same with the path of the file.
pub(crate) fn open_existing_file(path: &Path) -> io::Result<Option<File>> {
    match open(path, false) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Leaves nothing in the user's file of this kind, which the caller has locked for itself alone: it is removed, or empty.
pub(crate) fn clear(file: &File, card: &CardName, kind: &str) {
    if let Ok(directory) = directory() {
        clear_file(file, &directory.join(file_name(card, kind)));
    }
}

/// Removes a file that the caller has locked for itself alone.
pub(crate) fn remove_file(path: &PathBuf) {
    let _ = std::fs::remove_file(path);
}

/// Tries to take a lock until it works or [`PATIENCE`] ends.
fn lock_until_timeout(try_lock: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !try_lock() {
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

fn file_name(card: &CardName, kind: &str) -> String {
    format!("{}.{kind}", card.key())
}
