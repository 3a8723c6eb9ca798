//! Where the bytes of a result go: a file, whole or not at all, or the standard output.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::setup::files;
use crate::text::Text;
use crate::world::World;

/// The standard output, where a file is named.
const STANDARD_OUTPUT: &str = "-";
/// Of a new file.
const MODE: u32 = 0o644;

/// Bytes that a terminal shows, or would be upset by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Binary,
}

/// Whether [`deliver`] could do it: to be asked before anything is done that costs a person something.
pub(crate) fn can_deliver(form: Form, file: Option<&Path>, world: &World<'_>) -> Result<(), Failure> {
    let text = world.text;
    match named(file) {
        Some(file) => can_write(file).map_err(|error| not_written(file, error, text)),
        None if form == Form::Binary && world.output.is_terminal() => {
            Err(Failure::new(Exit::Usage, text.not_on_a_terminal()).then(text.name_a_file()))
        }
        None => Ok(()),
    }
}

/// Writes a result. A file is named in a note; bytes that no terminal shows are not written to one.
pub(crate) fn deliver(
    bytes: &[u8],
    form: Form,
    file: Option<&Path>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let text = world.text;
    can_deliver(form, file, world)?;
    match named(file) {
        Some(file) => {
            write(file, bytes).map_err(|error| not_written(file, error, text))?;
            world.output.note(&text.written(&file.display().to_string()));
            Ok(())
        }
        None => {
            world.output.bytes(bytes).map_err(|error| not_written(Path::new(STANDARD_OUTPUT), error, text))
        }
    }
}

fn named(file: Option<&Path>) -> Option<&Path> {
    file.filter(|file| *file != Path::new(STANDARD_OUTPUT))
}

fn not_written(file: &Path, error: io::Error, text: &dyn Text) -> Failure {
    let elsewhere = matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem);
    let failure = Failure::new(Exit::Failed, text.not_written(&file.display().to_string()));
    let failure = failure.because_of(error, text);
    if elsewhere { failure.then(text.name_another_file()) } else { failure }
}

/// What is no file (a pipe, a device) is written to as it is.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(there) if !there.is_file() => fs::write(file, bytes),
        _ => files::replace(&std::path::absolute(file)?, bytes, MODE),
    }
}

/// A pipe is not opened to try: whoever reads it would see it end.
fn can_write(file: &Path) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(there) if there.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(there) if !there.is_file() => Ok(()),
        // A name alone has no folder to make the new file in.
        _ => files::can_replace(&std::path::absolute(file)?, MODE),
    }
}
