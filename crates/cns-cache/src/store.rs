//! The entries: read whole or not at all, replaced by a rename, the oldest thrown away.
//!
//! No locks: a reader sees an entry before or after it was replaced, and of two writers one is the last.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use crate::directory::{self, Directory, DirectoryEntry};
use crate::entry::{LONGEST_ENTRY, SUFFIX, decode, encode, file_name};

/// The environment variable that switches the cache off: `off`, `no` or `0`.
pub const SWITCH: &str = "CNS_PKCS11_CACHE";

/// The most entries that are kept; the one that was not used for longest goes.
pub const MOST_ENTRIES: usize = 16;

/// What the names of files begin with that are not whole yet.
const UNFINISHED: &str = ".new-";
/// One that is older was left by a process that ended in the middle.
const ABANDONED_AGE: Duration = Duration::from_secs(60);
/// The most names that are looked at: in a directory with more some are passed over.
const MOST_NAMES: usize = 1024;

/// An entry, as it is reported to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheEntry {
    /// Whose card it is, in the words of the module; `None` when the file is damaged or not to be believed. The module
    /// passes over such a file.
    pub label: Option<String>,
    /// The file's length, in bytes.
    pub bytes: u64,
    /// When the card was last listed.
    pub used: SystemTime,
}

/// Has the user switched the cache off with [`SWITCH`]?
#[must_use]
pub fn is_switched_off() -> bool {
    let said = std::env::var_os(SWITCH).unwrap_or_default();
    ["off", "no", "0"].iter().any(|off| said.eq_ignore_ascii_case(off))
}

/// The entries of one directory.
#[derive(Debug, Clone)]
pub struct Cache {
    path: PathBuf,
}

/// A file of the directory that has an entry's name, whatever it is.
struct EntryFile {
    name: String,
    found: DirectoryEntry,
}

impl Cache {
    /// This user's entries; `None` where the cache is switched off or there is no place for it.
    #[must_use]
    pub fn of_this_user() -> Option<Self> {
        if is_switched_off() {
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
        let Some(directory) = Directory::open(&self.path)? else { return Ok(Vec::new()) };
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
        let directory = Directory::make(&self.path)?;
        let name = file_name(key);
        if read(&directory, &name).is_some_and(|kept| kept == file) {
            return directory.note_use(&name);
        }
        replace(&directory, &name, &file)?;
        discard(&directory)
    }

    /// Removes what was kept about the card that `key` names, if anything was.
    ///
    /// # Errors
    /// As [`Cache::status`], and that it could not be removed.
    pub fn forget(&self, key: &str) -> io::Result<()> {
        let Some(directory) = Directory::open(&self.path)? else { return Ok(()) };
        match directory.remove(&file_name(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The entries as they are reported to a person, the one used last in front.
    ///
    /// # Errors
    /// Those of the file system, and `PermissionDenied` for a directory that is not the user's alone. No directory is
    /// no error.
    pub fn status(&self) -> io::Result<Vec<CacheEntry>> {
        let Some(directory) = Directory::open(&self.path)? else { return Ok(Vec::new()) };
        let entry = |EntryFile { name, found }: EntryFile| CacheEntry {
            label: read(&directory, &name).and_then(|file| decode(&file)).map(|(label, _)| label),
            bytes: found.bytes,
            used: found.modified,
        };
        Ok(candidates(&directory)?.into_iter().map(entry).collect())
    }

    /// Removes all entries, and what a process left that ended in the middle; returns how many entries there were.
    ///
    /// # Errors
    /// As [`Cache::status`]; and of the first file that could not be removed, after all others were.
    pub fn clear(&self) -> io::Result<usize> {
        let Some(directory) = Directory::open(&self.path)? else { return Ok(0) };
        let (mut removed, mut outcome) = (0, Ok(()));
        for name in names(&directory)? {
            match directory.remove(&name) {
                Ok(()) => removed += usize::from(name.ends_with(SUFFIX)),
                Err(error) => outcome = outcome.and(Err(error)),
            }
        }
        outcome.map(|()| removed)
    }
}

/// Entries and unfinished ones; other names are left alone.
fn names(directory: &Directory) -> io::Result<Vec<String>> {
    let mut names = directory.names(MOST_NAMES)?;
    names.retain(|name| name.ends_with(SUFFIX) || name.starts_with(UNFINISHED));
    Ok(names)
}

/// All that has an entry's name, the newest in front.
fn candidates(directory: &Directory) -> io::Result<Vec<EntryFile>> {
    let names = names(directory)?.into_iter().filter(|name| name.ends_with(SUFFIX));
    let looked_at = |name: String| Some(EntryFile { found: directory.entry(&name)?, name });
    let mut candidates: Vec<EntryFile> = names.filter_map(looked_at).collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.found.modified));
    Ok(candidates)
}

/// The whole content of a file that is to be believed and not too long.
fn read(directory: &Directory, name: &str) -> Option<Vec<u8>> {
    let content = directory.read(name, LONGEST_ENTRY as u64 + 1)?;
    (content.len() <= LONGEST_ENTRY).then_some(content)
}

/// A file is there whole or not at all. Where the clock was moved, another process may take an unfinished file for one that
/// was left, and remove it: then it is written once more.
fn replace(directory: &Directory, name: &str, content: &[u8]) -> io::Result<()> {
    const ATTEMPTS: usize = 8;
    for _ in 1..ATTEMPTS {
        match replace_once(directory, name, content) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            outcome => return outcome,
        }
    }
    replace_once(directory, name, content)
}

fn replace_once(directory: &Directory, name: &str, content: &[u8]) -> io::Result<()> {
    static WRITTEN: AtomicU32 = AtomicU32::new(0);
    let (process, number) = (std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
    let unfinished = format!("{UNFINISHED}{process}-{number}");
    let outcome = directory
        .write_new(&unfinished, content)
        .and_then(|()| directory.note_use(&unfinished))
        .and_then(|()| directory.rename(&unfinished, name));
    if outcome.is_err() {
        let _ = directory.remove(&unfinished);
    }
    outcome
}

/// The oldest entries beyond [`MOST_ENTRIES`], and what processes left that ended in the middle.
fn discard(directory: &Directory) -> io::Result<()> {
    for candidate in candidates(directory)?.iter().skip(MOST_ENTRIES) {
        directory.remove(&candidate.name)?;
    }
    for name in names(directory)?.iter().filter(|name| name.starts_with(UNFINISHED)) {
        let forsaken = directory
            .entry(name)
            .is_some_and(|found| found.modified.elapsed().is_ok_and(|age| age > ABANDONED_AGE));
        if forsaken {
            directory.remove(name)?;
        }
    }
    Ok(())
}
