//! Elevation and locks of Windows. Files take the access list of their folder, so that there is no owner and no mode to
//! keep.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;

use super::SocketState;

/// CreateFileW: others may remove it, and nothing else.
const FILE_SHARE_DELETE: u32 = 0x0000_0004;
/// Somebody has it open and does not share it.
const ERROR_SHARING_VIOLATION: i32 = 32;

/// 0 for the administrator, with the rights that he has to ask for ("run as administrator").
pub(crate) fn user() -> u32 {
    if is_elevated::is_elevated() { 0 } else { 1 }
}

/// The language of the user's settings.
pub(crate) fn locale() -> Option<String> {
    sys_locale::get_locale()
}

/// None: owners on Windows have no number.
pub(crate) fn owner(_: &Metadata) -> Option<u32> {
    None
}

/// A new file has its folder's access list already; of the old one's attributes, "read-only" stays.
pub(crate) fn keep_metadata(new: &File, _: &Path, before: &Metadata) -> io::Result<()> {
    new.set_permissions(before.permissions())
}

/// As the folder says.
pub(crate) fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

/// Makes a folder whose parent is there.
pub(crate) fn make_folder(folder: &Path, _: u32) -> io::Result<()> {
    fs::create_dir(folder)
}

/// The file system sees to it.
pub(crate) fn sync_folder(_: &Path) {}

/// Not asked: a new file in the place of the old one is what editors make there too.
pub(crate) fn names(_: &Metadata) -> u64 {
    1
}

/// Access lists of folders for programs and shared data let everybody read.
pub(crate) fn is_open_to_all(_: &Metadata) -> bool {
    true
}

/// Links need rights of their own there.
pub(crate) fn may_be_anothers(_: &Metadata, _: &Metadata) -> bool {
    false
}

/// Takes the lock file, made if it is not there; it is ours until the file is closed. `None` if another process has it.
pub(crate) fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).share_mode(FILE_SHARE_DELETE);
    match options.open(path) {
        Ok(lock) => Ok(Some(lock)),
        // A file that is being removed denies access until its last user closes it.
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a lock file that is held.
pub(crate) fn remove_lock(path: &Path, lock: File) -> io::Result<()> {
    // No folder is removed in which a file is open.
    drop(lock);
    fs::remove_file(path)
}

/// Whether another process has this file to itself.
pub(crate) fn is_locked(path: &Path) -> bool {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    opened.is_err_and(|error| error.raw_os_error() == Some(ERROR_SHARING_VIOLATION))
}

/// A path without links: a second name (hard link) of a file keeps its content when the first is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileIdentity(std::path::PathBuf);

/// What a path leads to.
pub(crate) fn identity(path: &Path) -> Option<FileIdentity> {
    path.is_file().then(|| fs::canonicalize(path).ok().map(FileIdentity)).flatten()
}

/// An open file.
pub(crate) fn identity_of(_: &File, path: &Path) -> Option<FileIdentity> {
    identity(path)
}

/// Not to be known here.
pub(crate) fn identity_of_output() -> Option<FileIdentity> {
    None
}

/// Making links is for administrators.
pub(crate) fn may_follow(_: &Metadata, _: &Path) -> bool {
    true
}

/// Not to be known here.
pub(crate) fn identity_of_input() -> Option<FileIdentity> {
    None
}

/// The smart card service has no socket here.
pub(crate) fn socket_state(_: &Path) -> SocketState {
    SocketState::Absent
}
