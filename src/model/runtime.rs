//! Files that this user's processes share about the cards in the readers, for as long as the session lasts: a
//! directory of the user's own, names that tell nothing of a card, locks with a bounded wait.
//! Holds nothing secret and nothing personal; must not touch the card.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use super::hash::digest;
use super::mechanism::Hash;

#[cfg_attr(unix, path = "runtime/unix.rs")]
#[cfg_attr(windows, path = "runtime/windows.rs")]
mod system;

pub(super) use system::service_life;
use system::{directory, is_still_there, open, service};

/// How long a process waits for another one's lock.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the file of this kind about a card, made when there is none, and locks it, waiting a while for others.
/// `Ok(None)`: another process kept it all the time.
pub(super) fn open_locked(
    card_serial: &str,
    kind: &str,
    try_lock: impl Fn(&File) -> bool,
) -> io::Result<Option<File>> {
    let path = directory()?.join(file_name(card_serial, kind));
    loop {
        let file = open(&path, true)?;
        if !patiently(|| try_lock(&file)) {
            return Ok(None);
        }
        // Between opening and locking its last user may have removed it: then a lock on it says nothing to anybody.
        if is_still_there(&file, &path)? {
            return Ok(Some(file));
        }
    }
}

/// Opens the file of this kind about a card, if there is one.
pub(super) fn open_existing(card_serial: &str, kind: &str) -> Option<File> {
    let path = directory().ok()?.join(file_name(card_serial, kind));
    open(&path, false).ok()
}

/// Removes a file that the caller has locked for itself alone.
pub(super) fn remove(card_serial: &str, kind: &str) {
    if let Ok(directory) = directory() {
        let _ = std::fs::remove_file(directory.join(file_name(card_serial, kind)));
    }
}

/// Tries to take a lock until it works or [`PATIENCE`] ends.
fn patiently(try_lock: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !try_lock() {
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// A name that tells nothing of the card to who may list the directory. The PC/SC service is part of it: the
/// same number behind another service (a test's own, a remote one) is another card.
fn file_name(card_serial: &str, kind: &str) -> String {
    let service = service().unwrap_or_default();
    let name = digest(Hash::Sha256, &[b"cns-pkcs11", card_serial.as_bytes(), service.as_encoded_bytes()]);
    name[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "." + kind
}
