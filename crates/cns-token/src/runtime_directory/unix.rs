//! The directories and their files on Unix.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};
use rustix::fs::OFlags;

use super::CardName;

/// A link is not followed, and a pipe not waited for.
const OPEN_FLAGS: i32 = (OFlags::NOFOLLOW.bits() | OFlags::NONBLOCK.bits()) as i32;

/// Directories that all users may put files into, and remove only their own from; the first that is there is used.
const SHARED_DIRECTORIES: [&str; 2] = ["/run/lock", "/tmp"];

/// Opens a file of this user, which is made if it is wanted. Its name is readable to others where the directory is: a
/// lock on it says that a login exists, and no more.
pub(super) fn open(path: &Path, make: bool) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(make)
        .truncate(false)
        .mode(0o644)
        .custom_flags(OPEN_FLAGS)
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() || found.uid() != own_user() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(file)
}

/// Whether the path still leads to this file.
pub(crate) fn is_still_there(file: &File, path: &Path) -> io::Result<bool> {
    let ours = file.metadata()?;
    let same = |found: Metadata| (found.dev(), found.ino()) == (ours.dev(), ours.ino());
    Ok(std::fs::symlink_metadata(path).is_ok_and(same))
}

/// Removes a file that the caller has locked for itself alone.
pub(super) fn clear_file(_: &File, path: &Path) {
    let _ = std::fs::remove_file(path);
}

/// The file whose lock says that a process of this user has a login on the card.
pub(crate) fn login_file(card: &CardName) -> io::Result<PathBuf> {
    let directory = SHARED_DIRECTORIES.map(Path::new).into_iter().find(|path| is_shared(path));
    let name = format!("{}{}.login", login_prefix(card), own_user());
    Ok(directory.ok_or(io::ErrorKind::NotFound)?.join(name))
}

/// Whether a process of another user holds such a lock on the card. Whoever owns a file may hold a lock on it, so this is
/// believed only of a file that belongs to the user in its name.
pub(crate) fn is_held_by_another_user(card: &CardName) -> bool {
    let prefix = login_prefix(card);
    let held = |directory: &Path| {
        let Ok(entries) = std::fs::read_dir(directory) else { return false };
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let user = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.strip_suffix(".login"));
            user.and_then(|user| user.parse().ok())
                .is_some_and(|user: u32| user != own_user() && is_locked_by(&entry.path(), user))
        })
    };
    SHARED_DIRECTORIES.map(Path::new).into_iter().find(|path| is_shared(path)).is_some_and(held)
}

fn is_locked_by(path: &Path, user: u32) -> bool {
    let Ok(file) = OpenOptions::new().read(true).custom_flags(OPEN_FLAGS).open(path) else { return false };
    let of_that_user = file.metadata().is_ok_and(|found| found.is_file() && found.uid() == user);
    of_that_user && is_locked_shared(&file)
}

/// Whether a login's lock is on the file. Who has it for itself alone is about to end a login and asks the same of us:
/// two users that log out at one moment must not leave the card to each other.
fn is_locked_shared(file: &File) -> bool {
    FileExt::try_lock_shared(file).is_ok() && matches!(FileExt::try_lock(file), Err(TryLockError::WouldBlock))
}

fn login_prefix(card: &CardName) -> String {
    format!("cns-pkcs11-{}-", card.key())
}

/// Whether it is a real directory of the system's that everybody may write to without touching the others' files.
fn is_shared(path: &Path) -> bool {
    const STICKY_AND_OPEN: u32 = 0o1002;
    std::fs::symlink_metadata(path).is_ok_and(|found| {
        found.is_dir() && found.uid() == 0 && found.mode() & STICKY_AND_OPEN == STICKY_AND_OPEN
    })
}

/// A directory of the user's own. Not taken from the environment: all processes of the user must agree on it,
/// and a setuid program must not be led elsewhere.
pub(super) fn directory() -> io::Result<PathBuf> {
    let user = own_user();
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

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_login_is_one() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("login");
        let (theirs, ours) = (open(&path, true).expect("a file"), open(&path, false).expect("the file"));
        assert!(!is_locked_shared(&ours));
        FileExt::unlock(&ours).expect("unlocked");
        FileExt::lock_shared(&theirs).expect("a lock");
        assert!(is_locked_shared(&ours), "logged in");
        FileExt::unlock(&ours).expect("unlocked");
        FileExt::lock(&theirs).expect("a lock");
        assert!(!is_locked_shared(&ours), "logging out");
    }
}
