//! What `setup` has changed so far, with the files as they were before: so that `--remove` can give them back.
//!
//! A folder with `ledger.json` and one backup for each file that was there before. An entry is written before its file
//! is: after a power cut there may be an entry without a change, never a change without an entry.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::files;
use crate::calls;

const FILE: &str = "ledger.json";

/// The memory of one user, or of the machine.
#[derive(Debug)]
pub struct Ledger {
    folder: PathBuf,
    book: Book,
    /// Locked as long as the ledger is open, so that two commands follow each other.
    lock: Option<File>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Book {
    /// Folders that were made, for the ledger itself and for files.
    folders: Vec<PathBuf>,
    entries: BTreeMap<PathBuf, Entry>,
}

/// A file that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The name of the backup; `None` if there was no file.
    backup: Option<String>,
    /// SHA-256 of what was written, in hexadecimal digits.
    written: String,
}

impl Entry {
    /// Whether there was no file before.
    #[must_use]
    pub(super) fn made_the_file(&self) -> bool {
        self.backup.is_none()
    }

    /// Whether nobody has changed the file since.
    #[must_use]
    pub(super) fn is_as_written(&self, content: &[u8]) -> bool {
        fingerprint(content) == self.written
    }
}

impl Ledger {
    /// Opens the ledger in `folder` to look at it. No ledger is an empty one.
    ///
    /// # Errors
    /// Those of reading; a ledger that is none, as [`io::ErrorKind::InvalidData`].
    pub fn look(folder: &Path) -> io::Result<Self> {
        let book = match files::read(&folder.join(FILE))? {
            Some(content) => serde_json::from_slice(&content)?,
            None => Book::default(),
        };
        Ok(Self { folder: folder.to_owned(), book, lock: None })
    }

    /// Opens the ledger to write into it; waits for another command that does.
    ///
    /// # Errors
    /// Those of the file system, and of [`Ledger::look`].
    pub fn open(folder: &Path) -> io::Result<Self> {
        let made = files::make_folder(folder, 0o700)?;
        let lock = calls::lock_folder(folder)?;
        let mut ledger = Self { lock: Some(lock), ..Self::look(folder)? };
        ledger.made(made);
        Ok(ledger)
    }

    /// The files changed so far.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.book.entries.keys().map(PathBuf::as_path)
    }

    /// What is known about a file.
    #[must_use]
    pub(super) fn entry(&self, path: &Path) -> Option<&Entry> {
        self.book.entries.get(path)
    }

    /// What stood in the file before; `None` if there was none.
    ///
    /// # Errors
    /// Those of reading the backup.
    pub(super) fn original(&self, entry: &Entry) -> io::Result<Option<Vec<u8>>> {
        entry.backup.as_ref().map(|name| fs::read(self.folder.join(name))).transpose()
    }

    /// Where the file is kept as it was.
    #[must_use]
    pub(super) fn backup(&self, path: &Path) -> Option<PathBuf> {
        Some(self.folder.join(self.entry(path)?.backup.as_ref()?))
    }

    /// Folders that were made, to be removed when they are empty again.
    pub(super) fn made(&mut self, folders: Vec<PathBuf>) {
        self.book.folders.extend(folders);
    }

    /// To be called before `path` is written: keeps `original` (what to give back later) and what will be written.
    ///
    /// # Errors
    /// Those of writing; nothing is remembered then.
    pub(super) fn remember(
        &mut self,
        path: &Path,
        original: Option<&[u8]>,
        written: &[u8],
    ) -> io::Result<()> {
        let backup = original.map(|_| backup_name(path));
        if let (Some(name), Some(original)) = (&backup, original) {
            files::replace(&self.folder.join(name), original, 0o600)?;
        }
        let entry = Entry { backup, written: fingerprint(written) };
        self.book.entries.insert(path.to_owned(), entry);
        self.save()
    }

    /// To be called after `path` was given back.
    ///
    /// # Errors
    /// Those of writing.
    pub(super) fn forget(&mut self, path: &Path) -> io::Result<()> {
        let Some(entry) = self.book.entries.remove(path) else { return Ok(()) };
        self.save()?;
        if let Some(backup) = entry.backup {
            fs::remove_file(self.folder.join(backup))?;
        }
        Ok(())
    }

    /// Removes the folders that were made and are empty again; leaves no trace if nothing is remembered.
    ///
    /// # Errors
    /// Those of writing.
    pub fn close(mut self) -> io::Result<()> {
        let empty = self.book.entries.is_empty();
        if empty && self.folder.join(FILE).exists() {
            fs::remove_file(self.folder.join(FILE))?;
        }
        if empty {
            // Windows removes no folder that is open.
            self.lock = None;
        }
        self.book.folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        let before = self.book.folders.len();
        self.book.folders.retain(|folder| fs::remove_dir(folder).is_err() && folder.exists());
        if empty || self.book.folders.len() == before { Ok(()) } else { self.save() }
    }

    fn save(&self) -> io::Result<()> {
        files::replace(&self.folder.join(FILE), &serde_json::to_vec_pretty(&self.book)?, 0o600)
    }
}

fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One for each path, and readable: the file's own name at the end.
fn backup_name(path: &Path) -> String {
    let whole = fingerprint(path.as_os_str().as_encoded_bytes());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{}-{name}", &whole[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_remembers_and_leaves_no_trace() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("state/cns/setup");
        let file = base.path().join("pkcs11.txt");
        let mut ledger = Ledger::open(&folder).unwrap();
        ledger.remember(&file, Some(b"before"), b"after").unwrap();
        drop(ledger);

        let mut ledger = Ledger::open(&folder).unwrap();
        let entry = ledger.entry(&file).unwrap().clone();
        assert!(entry.is_as_written(b"after") && !entry.is_as_written(b"after all"));
        assert_eq!(ledger.original(&entry).unwrap().unwrap(), b"before");
        assert!(ledger.backup(&file).unwrap().ends_with(backup_name(&file)));
        ledger.forget(&file).unwrap();
        ledger.close().unwrap();
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_ledger_that_cannot_be_read_is_not_written_over() {
        let base = tempfile::tempdir().unwrap();
        fs::write(base.path().join(FILE), "{").unwrap();
        assert_eq!(Ledger::open(base.path()).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert_eq!(fs::read(base.path().join(FILE)).unwrap(), b"{");
    }
}
