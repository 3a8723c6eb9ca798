//! The directory of the entries: the user's own, closed to everybody else, and reached without following a link.
//!
//! What each system has to offer for it: [`Directory`] opens and makes it, and reads, writes, replaces and removes the
//! files in it; `store` decides which.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

#[cfg_attr(unix, path = "directory/unix.rs")]
#[cfg_attr(windows, path = "directory/windows.rs")]
mod system;

pub(crate) use system::Directory;

use crate::privileges::runs_with_elevated_privileges;

const NAME: &str = "cns-pkcs11";

/// What is known of a file without opening it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DirectoryEntry {
    pub(crate) bytes: u64,
    pub(crate) modified: SystemTime,
}

/// In the user's folder for what may be lost.
pub(crate) fn path() -> Option<PathBuf> {
    if runs_with_elevated_privileges() {
        return None;
    }
    system::base().map(|base| base.join(NAME))
}

fn base_and_name(path: &Path) -> Option<(&Path, &OsStr)> {
    Some((path.parent()?, path.file_name()?))
}
