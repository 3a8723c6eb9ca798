//! What `setup` has changed so far, with the files as they were before: so that `--remove` can give them back.
//!
//! A folder with `ledger.json` and one backup for each file that was there before. An entry is written before its file
//! is: after a power cut there may be an entry without a change, never a change without an entry. Unfinished files of a
//! killed run are removed by the next one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::atomic_write;
use super::log_entry::{Entry, Written, fingerprint};
use crate::host::os;
use crate::programs::formats::format::Change;

const FILE: &str = "ledger.json";
const LOCK: &str = "lock";
/// How long another command may work before this one gives up. One command writes a dozen small files.
const PATIENCE: Duration = Duration::from_secs(10);

/// The log of one user, or of the administrator for all users.
#[derive(Debug)]
pub struct BackupLog {
    folder: PathBuf,
    content: LogContent,
    /// Held as long as the log is open for writing, so that two commands follow each other.
    lock: Option<File>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct LogContent {
    /// Folders that were made, for the log itself and for files.
    folders: Vec<PathBuf>,
    entries: BTreeMap<PathBuf, Entry>,
}

impl BackupLog {
    /// Reads the log in `folder`; empty if there is none.
    ///
    /// # Errors
    /// Those of reading; [`io::ErrorKind::InvalidData`] if the file is no log.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let content = match atomic_write::read(&folder.join(FILE))? {
            Some(bytes) => serde_json::from_slice(&bytes)?,
            None => LogContent::default(),
        };
        Ok(Self { folder: folder.to_owned(), content, lock: None })
    }

    /// Opens the log for writing; waits up to ten seconds for another command that has it open.
    ///
    /// # Errors
    /// Those of the file system, and of [`BackupLog::read`]; [`io::ErrorKind::WouldBlock`] if another command has it
    /// open for longer.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Self::open_within(folder, PATIENCE)
    }

    fn open_within(folder: &Path, patience: Duration) -> io::Result<Self> {
        let (path, end) = (folder.join(LOCK), Instant::now() + patience);
        let mut made = Vec::new();
        let lock = loop {
            let locked = match atomic_write::make_folder(folder, 0o700) {
                Ok(missing) => {
                    made.extend(missing);
                    os::try_lock(&path)
                }
                Err(error) => Err(error),
            };
            match locked {
                Ok(Some(lock)) => break lock,
                Ok(None) if Instant::now() >= end => return Err(io::ErrorKind::WouldBlock.into()),
                Ok(None) => {}
                // A command that has just ended removed the folders with its log.
                Err(error) if error.kind() == io::ErrorKind::NotFound && Instant::now() < end => {}
                Err(error) => {
                    atomic_write::remove_folders(&made);
                    return Err(error);
                }
            }
            sleep(Duration::from_millis(20));
        };
        match Self::opened(folder, made) {
            Ok(log) => Ok(Self { lock: Some(lock), ..log }),
            Err(error) => {
                // A log that cannot be used is left as it was found.
                os::remove_lock(&path, lock)?;
                Err(error)
            }
        }
    }

    /// With the lock held: the log, without what killed runs left in its folder.
    fn opened(folder: &Path, mut made: Vec<PathBuf>) -> io::Result<Self> {
        let mut log = Self::read(folder)?;
        // Also where the first run was killed before the list had its name.
        atomic_write::remove_unfinished_in(folder);
        if folder.join(FILE).exists() {
            log.remove_unneeded();
        } else {
            // These two have our name: they are removed if they are empty in the end.
            made.extend(folder.ancestors().take(2).map(Path::to_owned));
        }
        log.record_folders(made)?;
        Ok(log)
    }

    /// Backups without an entry. A backup is written before its entry and removed after it.
    fn remove_unneeded(&self) {
        let backups: Vec<&String> =
            self.content.entries.values().filter_map(|entry| entry.backup.as_ref()).collect();
        let Ok(found) = fs::read_dir(&self.folder) else { return };
        for file in found.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if is_backup_name(&name) && !backups.contains(&&name) {
                let _ = fs::remove_file(file.path());
            }
        }
    }

    /// The files changed so far.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.content.entries.keys().map(PathBuf::as_path)
    }

    /// What is known about a file.
    #[must_use]
    pub(crate) fn entry(&self, path: &Path) -> Option<&Entry> {
        self.content.entries.get(path)
    }

    /// What stood in the file before; `None` if there was none.
    ///
    /// # Errors
    /// Those of reading the backup.
    pub(crate) fn original(&self, entry: &Entry) -> io::Result<Option<Vec<u8>>> {
        entry.backup.as_ref().map(|name| fs::read(self.folder.join(name))).transpose()
    }

    /// Where the backup of the file is.
    #[must_use]
    pub(crate) fn backup(&self, path: &Path) -> Option<PathBuf> {
        Some(self.folder.join(self.entry(path)?.backup.as_ref()?))
    }

    fn has_made(&self, folder: &Path) -> bool {
        self.content.folders.iter().any(|made| made == folder)
    }

    /// To be called before folders are made, which are to be removed when they are empty again.
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn record_folders(&mut self, folders: Vec<PathBuf>) -> io::Result<()> {
        let new: Vec<PathBuf> = folders.into_iter().filter(|folder| !self.has_made(folder)).collect();
        if new.is_empty() && self.folder.join(FILE).exists() {
            return Ok(());
        }
        self.content.folders.extend(new);
        self.content.folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        self.content.folders.dedup();
        self.save()
    }

    /// To be called before `path` is written, which holds `now`: backs up `original`, to be given
    /// back later, and notes what will be written.
    ///
    /// # Errors
    /// Those of writing; nothing is recorded then.
    pub(crate) fn record(
        &mut self,
        path: &Path,
        now: Option<&[u8]>,
        original: Option<&[u8]>,
        (written, changes): (&[u8], Vec<Change>),
    ) -> io::Result<()> {
        let backup = original.map(|_| backup_name(path));
        if let (Some(name), Some(original)) = (&backup, original) {
            atomic_write::keep(&self.folder.join(name), original)?;
        }
        let earlier = self.content.entries.get(path).map(|entry| entry.possible(now)).unwrap_or_default();
        let last = Written { fingerprint: fingerprint(written), changes };
        self.content.entries.insert(path.to_owned(), Entry { backup, last, earlier });
        self.save()
    }

    /// To be called after `path` was given back.
    ///
    /// # Errors
    /// Those of writing.
    pub(crate) fn remove(&mut self, path: &Path) -> io::Result<()> {
        // Without the lock it is only read.
        if self.lock.is_none() {
            return Ok(());
        }
        let Some(entry) = self.content.entries.remove(path) else { return Ok(()) };
        self.save()?;
        if let Some(backup) = entry.backup {
            fs::remove_file(self.folder.join(backup))?;
        }
        Ok(())
    }

    /// Removes the folders that were made and are empty again; removes itself if it has no entries.
    ///
    /// # Errors
    /// Those of writing.
    pub fn close(mut self) -> io::Result<()> {
        self.content.folders.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        let before = self.content.folders.len();
        // Before the list of them goes: if this run is killed here, the next one removes them.
        let own = self.folder.clone();
        self.content
            .folders
            .retain(|folder| own.starts_with(folder) || (fs::remove_dir(folder).is_err() && folder.exists()));
        if !self.content.entries.is_empty() {
            return if self.content.folders.len() == before { Ok(()) } else { self.save() };
        }
        if self.folder.join(FILE).exists() {
            fs::remove_file(self.folder.join(FILE))?;
        }
        // The lock goes last: a command that waits for it sees that it has no name any more, and begins anew.
        if let Some(lock) = self.lock.take() {
            os::remove_lock(&self.folder.join(LOCK), lock)?;
        }
        atomic_write::remove_folders(&self.content.folders);
        Ok(())
    }

    fn save(&self) -> io::Result<()> {
        atomic_write::keep(&self.folder.join(FILE), &serde_json::to_vec_pretty(&self.content)?)
    }
}

/// Letters of a path's fingerprint in a backup's name.
const DIGITS: usize = 16;

/// One for each path, and readable: the file's own name at the end.
fn backup_name(path: &Path) -> String {
    let whole = fingerprint(path.as_os_str().as_encoded_bytes());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{}-{name}", &whole[..DIGITS])
}

fn is_backup_name(name: &str) -> bool {
    let digits = name.split('-').next().unwrap_or_default();
    digits.len() == DIGITS
        && digits.len() < name.len()
        && digits.bytes().all(|digit| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit))
}

#[cfg(test)]
mod tests;
