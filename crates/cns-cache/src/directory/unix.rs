//! The directory on Unix: held by its descriptor, and each file reached from there.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, Timespec, Timestamps, fstat, mkdirat, openat, renameat,
    statat, unlinkat, utimensat,
};
use rustix::io::Errno;
use rustix::process::geteuid;

use super::{DirectoryEntry, base_and_name};

/// By the XDG Base Directory Specification: relative paths are to be ignored.
#[cfg(not(target_os = "macos"))]
pub(super) fn base() -> Option<PathBuf> {
    absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))
}

/// By Apple's File System Programming Guide.
#[cfg(target_os = "macos")]
pub(super) fn base() -> Option<PathBuf> {
    Some(absolute("HOME")?.join("Library/Caches"))
}

fn absolute(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The directory, open.
pub(crate) struct Directory(OwnedFd);

impl Directory {
    /// Opens the directory. `Ok(None)`: there is none.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let Some((base, name)) = base_and_name(path) else { return Ok(None) };
        match open_base(base).and_then(|base| open_own(&base, name)) {
            Ok(directory) => Ok(Some(Self(directory))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the directory, made when there is none. Its parent may be made too, but not what is above.
    pub(crate) fn make(path: &Path) -> io::Result<Self> {
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
        open_own(&opened, name).map(Self)
    }

    /// At most so many names of what is in there.
    pub(crate) fn names(&self, most: usize) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for found in Dir::read_from(&self.0)?.take(most) {
            names.extend(found?.file_name().to_str().ok().map(str::to_owned));
        }
        Ok(names)
    }

    /// What is there under a name, be it a link.
    pub(crate) fn entry(&self, name: &str) -> Option<DirectoryEntry> {
        let found = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(DirectoryEntry {
            bytes: u64::try_from(found.st_size).unwrap_or_default(),
            modified: time(&found),
        })
    }

    /// The first bytes of a file that is the user's own and closed to others. Does not wait for a pipe.
    pub(crate) fn read(&self, name: &str, most: u64) -> Option<Vec<u8>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = openat(&self.0, name, flags, Mode::empty()).ok()?;
        let found = fstat(&file).ok()?;
        if !is_file(&found) || !is_own(&found) || !is_closed(&found) {
            return None;
        }
        let mut content = Vec::new();
        File::from(file).take(most).read_to_end(&mut content).ok()?;
        Some(content)
    }

    /// A new file, for its owner only.
    pub(crate) fn write_new(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?;
        File::from(file).write_all(content)
    }

    /// Says that a file is used now. By the fine clock: the file system's own may stand still between two entries.
    pub(crate) fn note_use(&self, name: &str) -> io::Result<()> {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
        let now = Timespec { tv_sec: seconds, tv_nsec: since.subsec_nanos().into() };
        let times = Timestamps { last_access: now, last_modification: now };
        Ok(utimensat(&self.0, name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Puts a file in the place of another, in one step. What is no file there goes first.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        match renameat(&self.0, from, &self.0, to) {
            Err(Errno::ISDIR) => {
                self.remove(to)?;
                Ok(renameat(&self.0, from, &self.0, to)?)
            }
            outcome => Ok(outcome?),
        }
    }

    /// Removes a file or an empty directory. Another process may have been faster.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        let outcome = match unlinkat(&self.0, name, AtFlags::empty()) {
            Err(Errno::ISDIR) => unlinkat(&self.0, name, AtFlags::REMOVEDIR),
            // What POSIX and macOS say of a directory.
            Err(Errno::PERM) => unlinkat(&self.0, name, AtFlags::REMOVEDIR).map_err(|_| Errno::PERM),
            outcome => outcome,
        };
        match outcome {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn make_one(within: &OwnedFd, name: &OsStr) -> io::Result<()> {
    match mkdirat(within, name, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => Ok(()),
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
fn is_own(found: &Stat) -> bool {
    found.st_uid == geteuid().as_raw()
}

/// Whether only its owner may read or write it.
fn is_closed(found: &Stat) -> bool {
    Mode::from_raw_mode(found.st_mode) & (Mode::RWXG | Mode::RWXO) == Mode::empty()
}

/// Whether it is a file, as opposed to a link, a directory, a pipe, a device.
fn is_file(found: &Stat) -> bool {
    FileType::from_raw_mode(found.st_mode) == FileType::RegularFile
}

#[allow(
    clippy::useless_conversion,
    clippy::unnecessary_fallible_conversions,
    reason = "signed on macOS, narrower on 32 bits"
)]
fn time(found: &Stat) -> SystemTime {
    let seconds = Duration::from_secs(u64::try_from(found.st_mtime).unwrap_or_default());
    let rest = Duration::from_nanos(u64::try_from(found.st_mtime_nsec).unwrap_or_default());
    SystemTime::UNIX_EPOCH.checked_add(seconds + rest).unwrap_or(SystemTime::UNIX_EPOCH)
}
