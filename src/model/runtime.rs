//! Files that this user's processes share about the cards in the readers, for as long as the session lasts: a
//! directory of the user's own, names that tell nothing of a card, locks with a bounded wait.
//! Holds nothing secret and nothing personal; must not touch the card.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::hash::digest;
use super::mechanism::Hash;

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
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
            .open(&path)?;
        if !patiently(|| try_lock(&file)) {
            return Ok(None);
        }
        // Between opening and locking its last user may have removed it: then a lock on it says nothing to anybody.
        if file.metadata()?.nlink() > 0 {
            return Ok(Some(file));
        }
    }
}

/// Opens the file of this kind about a card, if there is one.
pub(super) fn open_existing(card_serial: &str, kind: &str) -> Option<File> {
    let path = directory().ok()?.join(file_name(card_serial, kind));
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new().read(true).write(true).custom_flags(flags).open(path).ok()
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

/// Which life of the PC/SC service this is: its counts of insertions begin anew with each. Debian's service ends
/// itself when nobody uses it. Empty where that cannot be told.
pub(super) fn service_life() -> String {
    let socket = service().map_or_else(|| PathBuf::from("/run/pcscd/pcscd.comm"), PathBuf::from);
    match std::fs::metadata(socket.with_file_name("pcscd.pid")) {
        Ok(started) => format!("{}.{:09}", started.mtime(), started.mtime_nsec()),
        Err(_) => String::new(),
    }
}

/// Where the PC/SC service is reached, if not at the usual place.
fn service() -> Option<std::ffi::OsString> {
    std::env::var_os("PCSCLITE_CSOCK_NAME")
}

/// A name that tells nothing of the card to who may list the directory. The PC/SC service is part of it: the
/// same number behind another service (a test's own, a remote one) is another card.
fn file_name(card_serial: &str, kind: &str) -> String {
    let service = service().unwrap_or_default();
    let name = digest(Hash::Sha256, &[b"cns-pkcs11", card_serial.as_bytes(), service.as_encoded_bytes()]);
    name[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "." + kind
}

/// A directory of the user's own. Not taken from the environment: all processes of the user must agree on it,
/// and a setuid program must not be led elsewhere.
fn directory() -> io::Result<PathBuf> {
    let user = rustix::process::geteuid().as_raw();
    let runtime = PathBuf::from(format!("/run/user/{user}"));
    let directory = if is_own(&runtime, user) {
        runtime.join("cns-pkcs11")
    } else {
        PathBuf::from(format!("/tmp/cns-pkcs11-{user}"))
    };
    match std::fs::DirBuilder::new().mode(0o700).create(&directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if is_own(&directory, user) { Ok(directory) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

/// Whether it is a real directory (not a link) of this user that no other user can write to.
fn is_own(path: &Path, user: u32) -> bool {
    std::fs::symlink_metadata(path)
        .is_ok_and(|found| found.is_dir() && found.uid() == user && found.mode() & 0o022 == 0)
}
