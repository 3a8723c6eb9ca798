//! What is cached of cards between processes: small files in the user's cache directory.
//!
//! What this crate is for: where those files are, who may have made them, how they are written whole and thrown away.
//! What is in an entry is its caller's affair; nothing secret ever is. It must never follow a link, wait for a lock,
//! believe a file that is damaged or another user's, or fail in a way that costs its caller more than the entry.
//! Decision 0017.
#![forbid(unsafe_code)]

mod directory;
mod entry;
mod privileges;
mod store;

use std::io;
use std::path::PathBuf;

pub use entry::LONGEST_ENTRY;
pub use privileges::runs_with_elevated_privileges;
pub use store::{Cache, CacheEntry, MOST_ENTRIES, SWITCH, is_switched_off};

/// Where the entries are, whether or not there are any: `$XDG_CACHE_HOME/cns-pkcs11`, else `~/.cache/cns-pkcs11`; on
/// macOS `~/Library/Caches/cns-pkcs11`, on Windows `cns-pkcs11` in the user's local application data. `None` without such
/// a place, and in a program that runs with another user's rights.
#[must_use]
pub fn directory() -> Option<PathBuf> {
    directory::path()
}

/// The entries there are, the one used last in front, those that were left from before [`SWITCH`] was set included.
///
/// # Errors
/// Those of the file system, and `PermissionDenied` when the directory is not the user's alone. No directory is no
/// error.
pub fn status() -> io::Result<Vec<CacheEntry>> {
    match directory() {
        Some(path) => Cache::at(path).status(),
        None => Ok(Vec::new()),
    }
}

/// Removes all entries; returns how many there were.
///
/// # Errors
/// As [`status`].
pub fn clear() -> io::Result<usize> {
    match directory() {
        Some(path) => Cache::at(path).clear(),
        None => Ok(0),
    }
}
