//! Elevation and locks of Windows. Files take the access list of their folder, so that there is no owner and no mode to
//! keep.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// CreateFileW: a folder may be opened.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
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

/// Nobody that could be told from the user by a number.
pub(crate) fn owner(_: &Metadata) -> Option<u32> {
    None
}

/// A new file has its folder's access list already; of the old one's attributes, "read-only" stays.
pub(crate) fn keep_owner(new: &File, _: &Path, before: &Metadata) -> io::Result<()> {
    new.set_permissions(before.permissions())
}

/// As the folder says.
pub(crate) fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}

/// Makes a folder and those above it.
pub(crate) fn make_folders(folder: &Path, _: u32) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Waits until no other command has the folder; it is ours until the file is closed.
pub(crate) fn lock_folder(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).share_mode(FILE_SHARE_DELETE).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
    loop {
        match options.open(folder) {
            Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => {
                sleep(Duration::from_millis(50));
            }
            opened => return opened,
        }
    }
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
