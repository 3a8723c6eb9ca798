//! Owners, modes and locks of Unix.

use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::fs::{FlockOperation, Gid, Uid, chown, fcntl_lock, flock};

/// Who asks; 0 is the administrator.
pub(crate) fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The language that is set elsewhere than in variables.
pub(crate) fn locale() -> Option<String> {
    None
}

/// Whose file it is, where files have owners.
pub(crate) fn owner(metadata: &Metadata) -> Option<u32> {
    Some(metadata.uid())
}

/// Gives a new file the owner, the group and the mode of the one that it replaces.
pub(crate) fn keep_owner(new: &File, path: &Path, before: &Metadata) -> io::Result<()> {
    let now = new.metadata()?;
    if (now.uid(), now.gid()) != (before.uid(), before.gid()) {
        chown(path, Some(Uid::from_raw(before.uid())), Some(Gid::from_raw(before.gid())))?;
    }
    new.set_permissions(before.permissions())
}

/// Who may read and write a new file.
pub(crate) fn set_mode(new: &File, mode: u32) -> io::Result<()> {
    new.set_permissions(Permissions::from_mode(mode))
}

/// Makes a folder and those above it.
pub(crate) fn make_folders(folder: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(folder)
}

/// Waits until no other command has the folder; it is ours until the file is closed.
pub(crate) fn lock_folder(folder: &Path) -> io::Result<File> {
    let lock = File::open(folder)?;
    flock(&lock, FlockOperation::LockExclusive)?;
    Ok(lock)
}

/// Whether another process holds a lock (fcntl) on this file. A file that we may not write is not ours to judge.
pub(crate) fn is_locked(path: &Path) -> bool {
    let Ok(file) = File::options().read(true).write(true).open(path) else { return false };
    match fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => false,
        Err(error) => matches!(
            io::Error::from(error).kind(),
            io::ErrorKind::WouldBlock | io::ErrorKind::PermissionDenied
        ),
    }
}

/// Device and inode of what has content that can be lost: a file or a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileIdentity {
    device: u64,
    inode: u64,
}

/// What a path leads to.
pub(crate) fn identity(path: &Path) -> Option<FileIdentity> {
    std::fs::metadata(path).ok().as_ref().and_then(of)
}

/// An open file, whatever its name is now.
pub(crate) fn identity_of(file: &File, _: &Path) -> Option<FileIdentity> {
    file.metadata().ok().as_ref().and_then(of)
}

/// Where the standard output goes.
pub(crate) fn identity_of_output() -> Option<FileIdentity> {
    let output = std::io::stdout().as_fd().try_clone_to_owned().ok()?;
    File::from(output).metadata().ok().as_ref().and_then(of)
}

fn of(metadata: &Metadata) -> Option<FileIdentity> {
    let kind = metadata.file_type();
    let can_be_lost = kind.is_file() || kind.is_block_device();
    can_be_lost.then(|| FileIdentity { device: metadata.dev(), inode: metadata.ino() })
}

/// Whether a link, by its own metadata, may be followed to a place to write. A link of somebody else's leads where they
/// want; the administrator's (`/dev/stderr`) is followed where nobody else can make one like it. Linux has this rule for
/// folders with the sticky bit (`fs.protected_symlinks`).
pub(crate) fn may_follow(link: &Metadata, folder: &Path) -> bool {
    const WRITABLE_BY_OTHERS: u32 = 0o022;
    let others = || std::fs::metadata(folder).map_or(true, |folder| folder.mode() & WRITABLE_BY_OTHERS != 0);
    link.uid() == user() || link.uid() == 0 && !others()
}

/// What the standard input is read from.
pub(crate) fn identity_of_input() -> Option<FileIdentity> {
    let input = std::io::stdin().as_fd().try_clone_to_owned().ok()?;
    File::from(input).metadata().ok().as_ref().and_then(of)
}
