//! What the log asks of Unix.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::process::geteuid;

pub(super) use cns_cache::runs_with_elevated_privileges;

/// For appending, if it is (or becomes) a plain file of this user's, which from then on no other user can read: it may
/// have been made by an editor or a shell. NONBLOCK so that a pipe cannot stop us.
pub(super) fn open(path: &Path) -> Option<File> {
    let flags = OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let flags = i32::try_from(flags.bits()).ok()?;
    let file =
        OpenOptions::new().append(true).create(true).mode(0o600).custom_flags(flags).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.uid() != geteuid().as_raw() {
        return None;
    }
    if metadata.mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600)).ok()?;
    }
    Some(file)
}

#[cfg(target_os = "linux")]
pub(super) fn thread() -> impl std::fmt::Display {
    rustix::thread::gettid().as_raw_nonzero()
}

#[cfg(not(target_os = "linux"))]
pub(super) fn thread() -> impl std::fmt::Display {
    format!("{:?}", std::thread::current().id())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(file: &File) -> u32 {
        file.metadata().unwrap().mode() & 0o7777
    }

    #[test]
    fn a_file_that_others_may_read_is_closed_to_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "kept\n").unwrap();
        for before in [0o644, 0o620, 0o604, 0o777] {
            std::fs::set_permissions(&path, Permissions::from_mode(before)).unwrap();
            assert_eq!(mode(&open(&path).unwrap()), 0o600, "it was {before:o}");
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "kept\n");
    }

    #[test]
    #[allow(clippy::print_stderr, reason = "a test that cannot run says so")]
    fn a_file_of_another_user_stays_as_it_is() {
        if !geteuid().is_root() {
            eprintln!("skipped: a_file_of_another_user_stays_as_it_is: only root can give a file away");
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, "theirs\n").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
        assert!(open(&path).is_none());
        assert_eq!(mode(&File::open(&path).unwrap()), 0o644);
    }
}
