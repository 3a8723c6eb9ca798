//! The directory and its files on Windows.
//!
//! A user's local application data is closed to other users: folders and files made there take its access list.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use known_folders::{KnownFolder, get_known_folder_path};
use same_file::Handle;

/// CreateFileW: what a link or another reparse point leads to is not opened; the point itself is.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0000_0400;

/// A file that was removed while somebody has it open keeps its name for that long, and cannot be opened (on file
/// systems without the POSIX way of removing).
const REMOVAL: Duration = Duration::from_secs(1);

/// Opens a file of the directory, which is made if it is wanted.
pub(super) fn open(path: &Path, make: bool) -> io::Result<File> {
    let deadline = Instant::now() + REMOVAL;
    loop {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create(make)
            .truncate(false)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
        match options.open(path) {
            Ok(file) if is_link(&file.metadata()?) => return Err(io::ErrorKind::PermissionDenied.into()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            opened => return opened,
        }
    }
}

/// Whether the path still leads to this file.
pub(crate) fn is_still_there(file: &File, path: &Path) -> io::Result<bool> {
    let ours = Handle::from_file(file.try_clone()?)?;
    Ok(Handle::from_path(path).is_ok_and(|found| found == ours))
}

/// A removed file keeps its name as long as somebody waits for its lock, and wine opens it all the same: what it says
/// would still be read, and what is written into it would go. An empty one says as little as none.
pub(super) fn clear_file(file: &File, _: &Path) {
    let _ = file.set_len(0);
}

/// A directory of the user's own, as the system says, not the environment: all processes of the user must agree on it.
pub(super) fn directory() -> io::Result<PathBuf> {
    let base = get_known_folder_path(KnownFolder::LocalAppData).ok_or(io::ErrorKind::NotFound)?;
    let mut directory = base;
    for name in ["cns-pkcs11", "run"] {
        directory.push(name);
        match std::fs::create_dir(&directory) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let found = std::fs::symlink_metadata(&directory)?;
        if !found.is_dir() || is_link(&found) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    }
    Ok(directory)
}

fn is_link(found: &Metadata) -> bool {
    found.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0
}

/// The file whose lock says that a process of this user has a login on the card.
pub(crate) fn login_file(card: &super::CardName) -> io::Result<PathBuf> {
    Ok(directory()?.join(super::file_name(card, "login")))
}

/// There is no directory for all users here in which each has the right to its own files only (docs/decisions/0028).
pub(crate) fn is_held_by_another_user(_: &super::CardName) -> bool {
    false
}
