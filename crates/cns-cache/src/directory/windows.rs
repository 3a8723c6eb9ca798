//! The directory on Windows: in the user's local application data, which is closed to other users; what is made there
//! takes its access list. Held by an open handle, so that it cannot be replaced.

use std::fs::{self, File, FileTimes, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use known_folders::{KnownFolder, get_known_folder_path};

use super::{DirectoryEntry, base_and_name};

/// CreateFileW: what a link or another reparse point leads to is not opened; the point itself is.
const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
/// CreateFileW: a directory may be opened.
const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x0000_0400;
/// Others may read and write what is in there; not move or remove it.
const FILE_SHARE_READ_AND_WRITE: u32 = 0x0000_0003;

/// As the system says, not the environment.
pub(super) fn base() -> Option<PathBuf> {
    get_known_folder_path(KnownFolder::LocalAppData)
}

/// The directory, open.
pub(crate) struct Directory {
    path: PathBuf,
    _held: File,
}

impl Directory {
    /// Opens the directory. `Ok(None)`: there is none.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        match open_own(path) {
            Ok(held) => Ok(Some(Self { path: path.to_owned(), _held: held })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the directory, made when there is none. Its parent may be made too, but not what is above.
    pub(crate) fn make(path: &Path) -> io::Result<Self> {
        let (base, _) = base_and_name(path).ok_or(io::ErrorKind::NotFound)?;
        make_one(base)?;
        make_one(path)?;
        Ok(Self { path: path.to_owned(), _held: open_own(path)? })
    }

    /// At most so many names of what is in there.
    pub(crate) fn names(&self, most: usize) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for found in fs::read_dir(&self.path)?.take(most) {
            names.extend(found?.file_name().into_string());
        }
        Ok(names)
    }

    /// What is there under a name, be it a link.
    pub(crate) fn entry(&self, name: &str) -> Option<DirectoryEntry> {
        let found = fs::symlink_metadata(self.path.join(name)).ok()?;
        Some(DirectoryEntry {
            bytes: found.len(),
            modified: found.modified().unwrap_or(SystemTime::UNIX_EPOCH),
        })
    }

    /// The first bytes of a file that is no link.
    pub(crate) fn read(&self, name: &str, most: u64) -> Option<Vec<u8>> {
        let mut options = OpenOptions::new();
        let file =
            options.read(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(self.path.join(name)).ok()?;
        let found = file.metadata().ok()?;
        if !found.is_file() || is_link(&found) {
            return None;
        }
        let mut content = Vec::new();
        file.take(most).read_to_end(&mut content).ok()?;
        Some(content)
    }

    /// A new file.
    pub(crate) fn write_new(&self, name: &str, content: &[u8]) -> io::Result<()> {
        File::create_new(self.path.join(name))?.write_all(content)
    }

    /// Says that a file is used now.
    pub(crate) fn note_use(&self, name: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let file =
            options.write(true).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(self.path.join(name))?;
        let now = SystemTime::now();
        file.set_times(FileTimes::new().set_accessed(now).set_modified(now))
    }

    /// Puts a file in the place of another, in one step. What is no file there goes first.
    pub(crate) fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from, target) = (self.path.join(from), self.path.join(to));
        if fs::symlink_metadata(&target).is_ok_and(|found| !found.is_file()) {
            self.remove(to)?;
        }
        fs::rename(from, target)
    }

    /// Removes a file, a link or an empty directory. Another process may have been faster.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        let path = self.path.join(name);
        let outcome = match fs::symlink_metadata(&path) {
            // A link to a directory, too, is removed as a directory; what it leads to stays.
            Ok(found) if found.file_attributes() & FILE_ATTRIBUTE_DIRECTORY != 0 => fs::remove_dir(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) => Err(error),
        };
        match outcome {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

const FILE_ATTRIBUTE_DIRECTORY: u32 = 0x0000_0010;

fn make_one(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn open_own(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    let directory =
        options.read(true).custom_flags(flags).share_mode(FILE_SHARE_READ_AND_WRITE).open(path)?;
    let found = directory.metadata()?;
    if found.is_dir() && !is_link(&found) {
        Ok(directory)
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

fn is_link(found: &Metadata) -> bool {
    found.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0
}
