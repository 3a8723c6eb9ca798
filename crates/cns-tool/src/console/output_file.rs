//! Where the bytes of a result go: a file, whole or not at all, or the standard output.
//!
//! A result is never written over what it was made from, over an older result that should stay, or through a link that
//! somebody else has put there.

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::messages;
use super::untrusted_text::{clean, one_line};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::os::{self, FileIdentity};
use crate::text::Language;

/// The standard output, where a file is named: `-`, and names that systems have for it.
const STANDARD_OUTPUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
/// Of a new file.
const MODE: u32 = 0o644;
/// Links that lead to links; Linux follows as many.
const MOST_LINKS: usize = 40;

/// Bytes that a terminal shows, or would be upset by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Text,
    Binary,
}

/// A place for a result.
#[derive(Debug, Clone)]
pub(crate) struct Destination {
    file: Option<PathBuf>,
    kind: OutputKind,
    /// A file that is there is replaced.
    overwrite: bool,
    /// What the result is made from.
    source: Option<FileIdentity>,
}

/// Why nothing is written.
#[derive(Debug)]
enum WriteRefusal {
    IsTheSource,
    Exists,
    LinkOfAnother,
    System(io::Error),
}

impl From<io::Error> for WriteRefusal {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// What a name leads to.
enum OutputTarget {
    /// A file, or none yet: replaced in one step.
    File(PathBuf),
    /// A pipe, a device, an open descriptor: written to as it is.
    Stream(PathBuf),
}

impl Destination {
    /// In a file, or on the standard output where none is named; an older result is replaced.
    pub(crate) fn new(kind: OutputKind, file: Option<&Path>) -> Self {
        let named = file.filter(|file| !STANDARD_OUTPUT.iter().any(|name| *file == Path::new(name)));
        Self { file: named.map(Path::to_owned), kind, overwrite: true, source: None }
    }

    /// The same, but an older result is replaced only where that is asked for.
    pub(crate) fn overwriting(self, overwrite: bool) -> Self {
        Self { overwrite, ..self }
    }

    /// The same, but never over this file.
    pub(crate) fn made_from(self, source: Option<FileIdentity>) -> Self {
        Self { source, ..self }
    }

    /// Whether [`Destination::deliver`] could do it: to be asked before anything is done that costs a person something.
    pub(crate) fn check(&self, context: &Context<'_>) -> Result<(), Failure> {
        let language = context.language;
        match &self.file {
            Some(file) => self.can_write(file).map_err(|refusal| write_failure(file, refusal, language)),
            None if self.kind == OutputKind::Binary && context.output.is_terminal() => {
                Err(Failure::new(Exit::Usage, messages::NOT_ON_A_TERMINAL.to(language))
                    .then(messages::NAME_A_FILE.to(language)))
            }
            None if self.is_source(os::identity_of_output()) => {
                Err(write_failure(Path::new(STANDARD_OUTPUT[0]), WriteRefusal::IsTheSource, language))
            }
            None => Ok(()),
        }
    }

    /// Writes a result. A file is named in a note; bytes that no terminal shows are not written to one.
    pub(crate) fn deliver(&self, bytes: &[u8], context: &mut Context<'_>) -> Result<(), Failure> {
        self.check(context)?;
        let language = context.language;
        let bytes = match (self.kind, std::str::from_utf8(bytes)) {
            (OutputKind::Text, Ok(text)) => clean(text).into_owned().into_bytes(),
            _ => bytes.to_vec(),
        };
        match &self.file {
            Some(file) => {
                self.write(file, &bytes).map_err(|refusal| write_failure(file, refusal, language))?;
                context.output.note(&messages::written(language, &file.display().to_string()));
                Ok(())
            }
            None => context
                .output
                .bytes(&bytes)
                .map_err(|error| write_failure(Path::new(STANDARD_OUTPUT[0]), error.into(), language)),
        }
    }

    /// Is it the standard output?
    pub(crate) fn is_output(&self) -> bool {
        self.file.is_none()
    }

    fn is_source(&self, there: Option<FileIdentity>) -> bool {
        there.is_some() && there == self.source
    }

    /// A pipe is not opened for the check: its reader would see it end.
    fn can_write(&self, file: &Path) -> Result<(), WriteRefusal> {
        if let OutputTarget::File(path) = self.target(file)? {
            new_file_for(&path)?;
        }
        Ok(())
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> Result<(), WriteRefusal> {
        match self.target(file)? {
            OutputTarget::Stream(path) => {
                fs::File::options().write(true).truncate(true).open(path)?.write_all(bytes)?;
            }
            OutputTarget::File(path) => {
                let mut new = new_file_for(&path)?;
                new.write_all(bytes)?;
                new.as_file().sync_all()?;
                self.put(new, &path)?;
            }
        }
        Ok(())
    }

    /// In one step; what came into being there meanwhile stays, unless `--force` was given.
    fn put(&self, new: NamedTempFile, path: &Path) -> Result<(), WriteRefusal> {
        if self.overwrite {
            new.persist(path).map_err(|error| error.error)?;
            return Ok(());
        }
        match new.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Err(WriteRefusal::Exists),
            // Some file systems cannot do both in one step.
            Err(error) if fs::symlink_metadata(path).is_err() => {
                error.file.persist(path).map_err(|error| error.error)?;
                Ok(())
            }
            Err(error) => Err(error.error.into()),
        }
    }

    fn target(&self, file: &Path) -> Result<OutputTarget, WriteRefusal> {
        let target = follow_links(file)?;
        let (OutputTarget::File(path) | OutputTarget::Stream(path)) = &target;
        if self.is_source(os::identity(path)) {
            return Err(WriteRefusal::IsTheSource);
        }
        if let OutputTarget::File(path) = &target {
            match fs::metadata(path) {
                Ok(there) if there.is_dir() => return Err(io::Error::from(ErrorKind::IsADirectory).into()),
                Ok(_) if !self.overwrite => return Err(WriteRefusal::Exists),
                _ => {}
            }
        }
        Ok(target)
    }
}

/// Follows links of our own at the end of a path; those on the way are the system's to follow or refuse.
fn follow_links(file: &Path) -> Result<OutputTarget, WriteRefusal> {
    let mut path = std::path::absolute(file)?;
    for _ in 0..MOST_LINKS {
        let there = match fs::symlink_metadata(&path) {
            Ok(there) => there,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(OutputTarget::File(path)),
            Err(error) => return Err(error.into()),
        };
        if !there.is_symlink() {
            let whole = there.is_file() || there.is_dir();
            return Ok(if whole { OutputTarget::File(path) } else { OutputTarget::Stream(path) });
        }
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        if !os::may_follow(&there, &folder) {
            return Err(WriteRefusal::LinkOfAnother);
        }
        if folder.starts_with("/proc") {
            // An open descriptor: its name may lead elsewhere, or nowhere.
            return Ok(OutputTarget::Stream(path));
        }
        path = folder.join(fs::read_link(&path)?);
    }
    Err(io::Error::from(ErrorKind::InvalidInput).into())
}

/// A new file in the same folder, with owner and mode of the one that it replaces; gone when it is dropped.
fn new_file_for(path: &Path) -> io::Result<NamedTempFile> {
    let new = NamedTempFile::new_in(path.parent().unwrap_or(Path::new("/")))?;
    match fs::metadata(path) {
        Ok(before) => os::keep_metadata(new.as_file(), path, &before)?,
        Err(_) => os::set_mode(new.as_file(), MODE)?,
    }
    Ok(new)
}

fn write_failure(file: &Path, refusal: WriteRefusal, language: Language) -> Failure {
    let file = file.display().to_string();
    let file = one_line(&file);
    let failed = |what: String| Failure::new(Exit::Failed, what);
    match refusal {
        WriteRefusal::IsTheSource => {
            failed(messages::output_is_input(language, &file)).then(messages::NAME_A_FILE.to(language))
        }
        WriteRefusal::Exists => {
            failed(messages::file_exists(language, &file)).then(messages::FORCE_OR_ANOTHER.to(language))
        }
        WriteRefusal::LinkOfAnother => {
            failed(messages::link_of_another(language, &file)).then(messages::NAME_A_FILE.to(language))
        }
        WriteRefusal::System(error) => {
            let barred = matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem);
            let failure = failed(messages::not_written(language, &file)).because_of(error, language);
            if barred { failure.then(messages::NAME_ANOTHER_FILE.to(language)) } else { failure }
        }
    }
}
