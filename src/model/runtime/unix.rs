//! The directory, its files and the PC/SC service on Unix.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Opens a file of the directory, which is made if it is wanted.
pub(super) fn open(path: &Path, make: bool) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(make)
        .truncate(false)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)
}

/// Whether the file has a name yet.
pub(super) fn is_still_there(file: &File, _: &Path) -> io::Result<bool> {
    Ok(file.metadata()?.nlink() > 0)
}

/// Which life of the PC/SC service this is: its counts of insertions begin anew with each. Debian's service ends
/// itself when nobody uses it. Empty where that cannot be told.
pub(in crate::model) fn service_life() -> String {
    let socket = service().map_or_else(|| PathBuf::from("/run/pcscd/pcscd.comm"), PathBuf::from);
    match std::fs::metadata(socket.with_file_name("pcscd.pid")) {
        Ok(started) => format!("{}.{:09}", started.mtime(), started.mtime_nsec()),
        Err(_) => String::new(),
    }
}

/// Where the PC/SC service is reached, if not at the usual place.
pub(super) fn service() -> Option<OsString> {
    std::env::var_os("PCSCLITE_CSOCK_NAME")
}

/// A directory of the user's own. Not taken from the environment: all processes of the user must agree on it,
/// and a setuid program must not be led elsewhere.
pub(super) fn directory() -> io::Result<PathBuf> {
    let user = rustix::process::geteuid().as_raw();
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
