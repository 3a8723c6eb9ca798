//! What the log asks of Windows.

use std::fs::{File, OpenOptions};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

pub(super) use cns_cache::runs_with_elevated_privileges;

/// CreateFileW: what a link or another reparse point leads to is not opened; the point itself is.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0000_0400;
/// Whoever serves a pipe of that name may know who we are, and not act as us.
const SECURITY_IDENTIFICATION: u32 = 0x0001_0000;

/// For appending, if it is (or becomes) a plain file. Who may read it, the folder says: files take its access list.
pub(super) fn open(path: &Path) -> Option<File> {
    let file = OpenOptions::new()
        .append(true)
        .create(true)
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
        .security_qos_flags(SECURITY_IDENTIFICATION)
        .open(path)
        .ok()?;
    let metadata = file.metadata().ok()?;
    let link = metadata.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0;
    (metadata.is_file() && !link).then_some(file)
}

pub(super) fn thread() -> impl std::fmt::Display {
    format!("{:?}", std::thread::current().id())
}
