//! The entries: read whole or not at all, replaced by a rename, the oldest thrown away.
//!
//! No locks: a reader sees an entry before or after it was replaced, and of two writers one is the last.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use rustix::fs::{
    AtFlags, Dir, Mode, OFlags, Stat, Timespec, Timestamps, fstat, openat, renameat, statat, unlinkat,
    utimensat,
};

use crate::directory::{self, is_closed, is_file, is_own};
use crate::entry::{SUFFIX, decode, encode, file_name};
use crate::{Entry, LONGEST_ENTRY, MOST_ENTRIES};

/// What the names of files begin with that are not whole yet.
const UNFINISHED: &str = ".new-";
/// One that is older was left by a process that ended in the middle.
const FORSAKEN: Duration = Duration::from_secs(60);
/// The most names that are looked at: whoever fills the directory with more makes some be passed over.
const MOST_NAMES: usize = 1024;

/// The entries of one directory.
#[derive(Debug, Clone)]
pub struct Cache {
    path: PathBuf,
}

/// A file of the directory that has an entry's name, whatever it is.
struct Candidate {
    name: String,
    found: Stat,
}

impl Cache {
    /// This user's entries; `None` where remembering is switched off or there is no place for it.
    #[must_use]
    pub fn of_this_user() -> Option<Self> {
        if crate::is_switched_off() {
            return None;
        }
        directory::path().map(Self::at)
    }

    /// The entries in this directory, which is made when there is something to keep.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// What was kept, the one used last in front; files that are not to be believed are passed over.
    ///
    /// # Errors
    /// As [`Cache::status`].
    pub fn load(&self) -> io::Result<Vec<Vec<u8>>> {
        let Some(directory) = directory::open(&self.path)? else { return Ok(Vec::new()) };
        let candidates = candidates(&directory)?;
        let sound = candidates.iter().filter_map(|candidate| read(&directory, &candidate.name));
        Ok(sound.take(MOST_ENTRIES).filter_map(|file| decode(&file)).map(|(_, content)| content).collect())
    }

    /// Keeps something about the card that `key` names, in place of what was kept before. What is kept already is only
    /// noted as used.
    ///
    /// # Errors
    /// Those of the file system, `PermissionDenied` for a directory that is not the user's alone, `FileTooLarge` for
    /// more than [`LONGEST_ENTRY`]. What was kept before may then still be there.
    pub fn store(&self, key: &str, label: &str, content: &[u8]) -> io::Result<()> {
        let file = encode(label, content).ok_or(io::ErrorKind::FileTooLarge)?;
        let directory = directory::make(&self.path)?;
        let name = file_name(key);
        if read(&directory, &name).is_some_and(|kept| kept == file) {
            return note_use(&directory, &name);
        }
        replace(&directory, &name, &file)?;
        throw_away(&directory)
    }

    /// The entries as a person is told of them, the one used last in front.
    ///
    /// # Errors
    /// Those of the file system, and `PermissionDenied` for a directory that is not the user's alone. No directory is
    /// no error.
    pub fn status(&self) -> io::Result<Vec<Entry>> {
        let Some(directory) = directory::open(&self.path)? else { return Ok(Vec::new()) };
        let entry = |Candidate { name, found }: Candidate| Entry {
            label: read(&directory, &name).and_then(|file| decode(&file)).map(|(label, _)| label),
            bytes: u64::try_from(found.st_size).unwrap_or_default(),
            used: time(&found),
        };
        Ok(candidates(&directory)?.into_iter().map(entry).collect())
    }

    /// Removes all entries, and what a process left that ended in the middle; returns how many entries there were.
    ///
    /// # Errors
    /// As [`Cache::status`]; and of the first file that could not be removed, after all others were.
    pub fn clear(&self) -> io::Result<usize> {
        let Some(directory) = directory::open(&self.path)? else { return Ok(0) };
        let (mut removed, mut outcome) = (0, Ok(()));
        for name in names(&directory)? {
            match remove(&directory, &name) {
                Ok(()) => removed += usize::from(name.ends_with(SUFFIX)),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome.map(|()| removed)
    }
}

/// Entries and unfinished ones; other names are nobody's business here.
fn names(directory: &OwnedFd) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for found in Dir::read_from(directory)?.take(MOST_NAMES) {
        if let Ok(name) = found?.file_name().to_str()
            && (name.ends_with(SUFFIX) || name.starts_with(UNFINISHED))
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// All that has an entry's name, the newest in front.
fn candidates(directory: &OwnedFd) -> io::Result<Vec<Candidate>> {
    let names = names(directory)?.into_iter().filter(|name| name.ends_with(SUFFIX));
    let looked_at = |name: String| {
        let found = statat(directory, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(Candidate { name, found })
    };
    let mut candidates: Vec<Candidate> = names.filter_map(looked_at).collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse(time(&candidate.found)));
    Ok(candidates)
}

/// The whole content of a file that is the user's own, closed to others and not too long. Does not wait for a pipe.
fn read(directory: &OwnedFd, name: &str) -> Option<Vec<u8>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = openat(directory, name, flags, Mode::empty()).ok()?;
    let found = fstat(&file).ok()?;
    if !is_file(&found) || !is_own(&found) || !is_closed(&found) {
        return None;
    }
    let mut content = Vec::new();
    let longest = LONGEST_ENTRY as u64;
    File::from(file).take(longest + 1).read_to_end(&mut content).ok()?;
    (content.len() <= LONGEST_ENTRY).then_some(content)
}

/// A file is there whole or not at all.
fn replace(directory: &OwnedFd, name: &str, content: &[u8]) -> io::Result<()> {
    static WRITTEN: AtomicU32 = AtomicU32::new(0);
    let (process, number) = (std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
    let unfinished = format!("{UNFINISHED}{process}-{number}");
    let outcome = write(directory, &unfinished, content).and_then(|()| {
        match renameat(directory, &unfinished, directory, name) {
            Err(rustix::io::Errno::ISDIR) => {
                remove(directory, name)?;
                Ok(renameat(directory, &unfinished, directory, name)?)
            }
            outcome => Ok(outcome?),
        }
    });
    if outcome.is_err() {
        let _ = unlinkat(directory, &unfinished, AtFlags::empty());
    }
    outcome
}

fn write(directory: &OwnedFd, name: &str, content: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = openat(directory, name, flags, Mode::RUSR | Mode::WUSR)?;
    File::from(file).write_all(content)?;
    note_use(directory, name)
}

/// By the fine clock: the file system's own may stand still between two entries.
fn note_use(directory: &OwnedFd, name: &str) -> io::Result<()> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let now = Timespec { tv_sec: seconds, tv_nsec: since.subsec_nanos().into() };
    let times = Timestamps { last_access: now, last_modification: now };
    Ok(utimensat(directory, name, &times, AtFlags::SYMLINK_NOFOLLOW)?)
}

/// The oldest entries beyond [`MOST_ENTRIES`], and what processes left that ended in the middle.
fn throw_away(directory: &OwnedFd) -> io::Result<()> {
    for candidate in candidates(directory)?.iter().skip(MOST_ENTRIES) {
        remove(directory, &candidate.name)?;
    }
    for name in names(directory)?.iter().filter(|name| name.starts_with(UNFINISHED)) {
        let forsaken = statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
            .is_ok_and(|found| time(&found).elapsed().is_ok_and(|age| age > FORSAKEN));
        if forsaken {
            remove(directory, name)?;
        }
    }
    Ok(())
}

/// Another process may have been faster.
fn remove(directory: &OwnedFd, name: &str) -> io::Result<()> {
    let outcome = match unlinkat(directory, name, AtFlags::empty()) {
        Err(rustix::io::Errno::ISDIR) => unlinkat(directory, name, AtFlags::REMOVEDIR),
        outcome => outcome,
    };
    match outcome {
        Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[allow(clippy::useless_conversion, reason = "narrower fields on 32 bits")]
fn time(found: &Stat) -> SystemTime {
    let seconds = Duration::from_secs(u64::try_from(found.st_mtime).unwrap_or_default());
    let rest = Duration::from_nanos(found.st_mtime_nsec.into());
    SystemTime::UNIX_EPOCH.checked_add(seconds + rest).unwrap_or(SystemTime::UNIX_EPOCH)
}
