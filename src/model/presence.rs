//! "The last one out locks the door": which processes have a logged-in user on a card.
//!
//! Each such process holds a shared advisory lock on a file named by the card; the system takes it back when the
//! process dies. Whoever logs out asks whether anybody else still holds one; if not, the card is reset so that no
//! other program can sign with the PIN that was typed. Holds no secret; must not touch the card.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::hash::digest;
use super::mechanism::Hash;

/// How long a login waits for another process that is just locking the door.
const PATIENCE: Duration = Duration::from_secs(3);

/// The lock of a process that has a user logged in.
pub(super) struct PresenceLock {
    file: File,
}

impl PresenceLock {
    /// Says that this process has a user on the card. `None` when the system offers no place for such a lock:
    /// then every logout locks the door.
    pub(super) fn enter(card_serial: &str) -> Option<Self> {
        let file = open(card_serial).inspect_err(|error| tracing::warn!(%error, "no presence lock")).ok()?;
        let deadline = Instant::now() + PATIENCE;
        while file.try_lock_shared().is_err() {
            if Instant::now() >= deadline {
                tracing::warn!("the presence lock stays taken");
                return None;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(Self { file })
    }

    /// Gives the lock up. If no other process has one, `lock_the_door` runs while a new one cannot be taken.
    pub(super) fn leave(self, lock_the_door: impl FnOnce()) {
        let _ = self.file.unlock();
        if self.file.try_lock().is_ok() {
            lock_the_door();
            let _ = self.file.unlock();
        }
    }
}

fn open(card_serial: &str) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(directory()?.join(file_name(card_serial)))
}

/// A name that tells nothing of the card to who may list the directory. The PC/SC service is part of it: the
/// same number behind another service (a test's own, a remote one) is another card.
fn file_name(card_serial: &str) -> String {
    let service = std::env::var_os("PCSCLITE_CSOCK_NAME").unwrap_or_default();
    let name =
        digest(Hash::Sha256, &[b"cns-pkcs11 presence", card_serial.as_bytes(), service.as_encoded_bytes()]);
    name[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>() + ".lock"
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
