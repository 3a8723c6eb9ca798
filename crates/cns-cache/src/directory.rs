//! The directory of the entries: the user's own, closed to everybody else, and reached without following a link.

use std::ffi::OsStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, Stat, fstat, mkdirat, openat};
use rustix::process::geteuid;

use crate::rights::runs_with_foreign_rights;

const NAME: &str = "cns-pkcs11";

/// By the XDG Base Directory Specification: relative paths are to be ignored.
pub(crate) fn path() -> Option<PathBuf> {
    if runs_with_foreign_rights() {
        return None;
    }
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
    Some(base.join(NAME))
}

/// Opens the directory. `Ok(None)`: there is none.
pub(crate) fn open(path: &Path) -> io::Result<Option<OwnedFd>> {
    let Some((base, name)) = base_and_name(path) else { return Ok(None) };
    match open_base(base).and_then(|base| open_own(&base, name)) {
        Ok(directory) => Ok(Some(directory)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens the directory, made when there is none. Its parent may be made too, but not what is above.
pub(crate) fn make(path: &Path) -> io::Result<OwnedFd> {
    let (base, name) = base_and_name(path).ok_or(io::ErrorKind::NotFound)?;
    let opened = match open_base(base) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (home, name) = base_and_name(base).ok_or(io::ErrorKind::NotFound)?;
            make_one(&open_base(home)?, name)?;
            open_base(base)?
        }
        opened => opened?,
    };
    make_one(&opened, name)?;
    open_own(&opened, name)
}

fn base_and_name(path: &Path) -> Option<(&Path, &OsStr)> {
    Some((path.parent()?, path.file_name()?))
}

fn make_one(within: &OwnedFd, name: &OsStr) -> io::Result<()> {
    match mkdirat(within, name, Mode::RWXU) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What the user's cache directory is, is the user's choice, a link to another disk included; but it must be theirs:
/// root with a user's `HOME` leaves nothing there.
fn open_base(path: &Path) -> io::Result<OwnedFd> {
    let base = openat(CWD, path, OFlags::DIRECTORY | OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    if is_own(&fstat(&base)?) { Ok(base) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

fn open_own(base: &OwnedFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = openat(base, name, flags, Mode::empty())?;
    let found = fstat(&directory)?;
    if is_own(&found) && is_closed(&found) {
        Ok(directory)
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// Whether it belongs to who we act as.
pub(crate) fn is_own(found: &Stat) -> bool {
    found.st_uid == geteuid().as_raw()
}

/// Whether nobody else may read or write it.
pub(crate) fn is_closed(found: &Stat) -> bool {
    Mode::from_raw_mode(found.st_mode) & (Mode::RWXG | Mode::RWXO) == Mode::empty()
}

/// Whether it is a file, as opposed to a link, a directory, a pipe, a device.
pub(crate) fn is_file(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
}
