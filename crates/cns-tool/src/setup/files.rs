//! Writing other programs' files: whole or not at all, and as they were before where that is asked for.
//!
//! A file is replaced by a complete one in one step; it keeps its owner and its mode, and a link to it stays a link.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::calls;

/// The content, or `None` where there is no file.
///
/// # Errors
/// Those of reading, other than its absence.
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts `content` in the place of the file, in one step. A new file gets `mode`.
///
/// # Errors
/// Those of the file system; the file is then as it was.
pub(crate) fn replace(path: &Path, content: &[u8], mode: u32) -> io::Result<()> {
    let path = real(path);
    let mut new = beside(&path, mode)?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    new.persist(&path)?;
    Ok(())
}

/// Whether [`replace`] could do it, as far as that can be known without changing anything.
///
/// # Errors
/// Those that `replace` would end with.
pub(crate) fn can_replace(path: &Path, mode: u32) -> io::Result<()> {
    beside(&real(path), mode).map(drop)
}

/// A link is not replaced, but what it leads to.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A new file, in the same folder, that belongs to whom the file at `path` belongs to; gone when it is dropped.
fn beside(path: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let new = tempfile::NamedTempFile::new_in(folder)?;
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(before) => calls::keep_owner(new.as_file(), new.path(), &before)?,
        Err(_) => calls::set_mode(new.as_file(), mode)?,
    }
    Ok(new)
}

/// Makes a folder and those above it; says which were made, the deepest first.
///
/// # Errors
/// Those of the file system; what was made before the failure is taken away again.
pub(super) fn make_folder(folder: &Path, mode: u32) -> io::Result<Vec<PathBuf>> {
    let missing: Vec<PathBuf> =
        folder.ancestors().take_while(|above| !above.exists()).map(Path::to_owned).collect();
    let made = calls::make_folders(folder, mode);
    if let Err(error) = made {
        remove_folders(&missing);
        return Err(error);
    }
    Ok(missing)
}

/// Removes the folders, the deepest first, as far as they are empty.
pub(super) fn remove_folders(folders: &[PathBuf]) {
    for folder in folders {
        let _ = fs::remove_dir(folder);
    }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::fs::Permissions;
    #[cfg(unix)]
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, b"new", 0o600).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is left behind");
    }

    #[test]
    fn folders_go_as_they_came() {
        let base = tempfile::tempdir().unwrap();
        let deep = base.path().join("a/b/c");
        let made = make_folder(&deep, 0o700).unwrap();
        assert_eq!(made.len(), 3);
        assert_eq!(make_folder(&deep, 0o700).unwrap(), Vec::<PathBuf>::new());
        fs::write(base.path().join("a/theirs"), "").unwrap();
        remove_folders(&made);
        assert!(!base.path().join("a/b").exists() && base.path().join("a/theirs").exists());
    }
}
