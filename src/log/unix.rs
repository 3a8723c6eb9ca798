//! What the log asks of Unix.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;

pub(super) use cns_cache::runs_with_foreign_rights;

/// For appending, if it is (or becomes) a plain file of this user's. NONBLOCK so that a pipe cannot stop us.
pub(super) fn open(path: &Path) -> Option<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).ok()?;
    let file =
        OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    (metadata.is_file() && metadata.uid() == geteuid().as_raw()).then_some(file)
}

#[cfg(target_os = "linux")]
pub(super) fn thread() -> impl std::fmt::Display {
    rustix::thread::gettid().as_raw_nonzero()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn thread() -> impl std::fmt::Display {
    format!("{:?}", std::thread::current().id())
}
