//! Writing other programs' files: whole or not at all, and as they were before where that is asked for.
//!
//! A file is replaced by a complete one in one step; it keeps its owner, its mode, its access list and its other
//! attributes, and a link to it stays a link.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::host::os;

/// How unfinished files are called, so that a later run knows what an earlier one has left.
const UNFINISHED: &str = ".cns-setup-";
/// How many letters follow.
const LETTERS: usize = 6;

/// The content, or `None` where there is no file.
///
/// # Errors
/// Those of reading, other than its absence.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts `content` in the place of a file in the backup log's own folder, in one step.
///
/// # Errors
/// Those of the file system; the file is then as it was.
pub(crate) fn keep(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = real(path);
    finish(beside(&path, 0o600)?, &path, content)
}

/// The same for any file, if it still holds what was read from it. A new file gets `mode`.
///
/// # Errors
/// [`io::ErrorKind::ResourceBusy`] if another program has changed it meanwhile, and those of the file system.
pub(crate) fn exchange(path: &Path, read_before: Option<&[u8]>, content: &[u8], mode: u32) -> io::Result<()> {
    let path = real(path);
    let new = beside(&path, mode)?;
    unchanged(&path, read_before)?;
    finish(new, &path, content)
}

/// Removes the file, if it still holds what was read from it.
///
/// # Errors
/// As [`exchange`].
pub(crate) fn remove(path: &Path, read_before: &[u8]) -> io::Result<()> {
    unchanged(path, Some(read_before))?;
    fs::remove_file(path)?;
    path.parent().into_iter().for_each(os::sync_folder);
    Ok(())
}

fn unchanged(path: &Path, read_before: Option<&[u8]>) -> io::Result<()> {
    let same = read(path)?.as_deref() == read_before;
    if same { Ok(()) } else { Err(io::ErrorKind::ResourceBusy.into()) }
}

fn finish(mut new: tempfile::NamedTempFile, path: &Path, content: &[u8]) -> io::Result<()> {
    new.write_all(content)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    path.parent().into_iter().for_each(os::sync_folder);
    Ok(())
}

/// Whether [`exchange`] could do it, as far as that can be known without changing anything.
///
/// # Errors
/// Those that `exchange` would end with.
pub(crate) fn can_exchange(path: &Path, mode: u32) -> io::Result<()> {
    beside(&real(path), mode).map(drop)
}

/// A link is not replaced, but what it leads to.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A new file, in the same folder, with all that the file at `path` has but its content; gone when it is dropped.
fn beside(path: &Path, mode: u32) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("/"));
    let new = tempfile::Builder::new().prefix(UNFINISHED).rand_bytes(LETTERS).tempfile_in(folder)?;
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(before) => os::keep_metadata(new.as_file(), path, &before)?,
        Err(_) => os::set_mode(new.as_file(), mode)?,
    }
    Ok(new)
}

/// Removes unfinished files that killed runs have left beside the file at `path`. To be called with the log locked.
pub(crate) fn remove_unfinished(path: &Path) {
    if let Some(folder) = real(path).parent() {
        remove_unfinished_in(folder);
    }
}

/// The same, in a folder.
pub(crate) fn remove_unfinished_in(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let letters = name.to_str().and_then(|name| name.strip_prefix(UNFINISHED));
        let ours = letters.is_some_and(|rest| {
            rest.len() == LETTERS && rest.bytes().all(|letter| letter.is_ascii_alphanumeric())
        });
        if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The folders that are missing on the way to this one, the deepest first.
pub(crate) fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    folder.ancestors().take_while(|above| !above.exists()).map(Path::to_owned).collect()
}

/// Makes a folder and those above it; says which were missing, the deepest first.
///
/// # Errors
/// Those of the file system; what was made before the failure is taken away again.
pub(crate) fn make_folder(folder: &Path, mode: u32) -> io::Result<Vec<PathBuf>> {
    let missing = missing_folders(folder);
    for above in missing.iter().rev() {
        match os::make_folder(above, mode) {
            Ok(()) => above.parent().into_iter().for_each(os::sync_folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && above.is_dir() => {}
            Err(error) => {
                remove_folders(&missing);
                let gone =
                    error.kind() == io::ErrorKind::AlreadyExists && fs::symlink_metadata(above).is_err();
                // Another command has made it and removed it again meanwhile.
                return Err(if gone { io::ErrorKind::NotFound.into() } else { error });
            }
        }
    }
    Ok(missing)
}

/// Removes the folders, the deepest first, as far as they are empty.
pub(crate) fn remove_folders(folders: &[PathBuf]) {
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
        keep(&link, b"new").unwrap();
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
