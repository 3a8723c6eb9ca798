//! Where the bytes of a result go: a file, whole or not at all, or the standard output.

use std::fs;
use std::io;
use std::path::Path;

use crate::exit::{Exit, Failure};
use crate::setup::files;
use crate::world::World;

/// The standard output, where a file is named.
const STANDARD_OUTPUT: &str = "-";

/// Bytes that a terminal shows, or would be upset by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Binary,
}

/// Writes a result. A file is named in a note; bytes that no terminal shows are not written to one.
pub(crate) fn deliver(
    bytes: &[u8],
    form: Form,
    file: Option<&Path>,
    world: &mut World<'_>,
) -> Result<(), Failure> {
    let text = world.text;
    let file = file.filter(|file| *file != Path::new(STANDARD_OUTPUT));
    match file {
        Some(file) => {
            write(file, bytes).map_err(|error| {
                Failure::new(Exit::Failed, text.not_written(&file.display().to_string()))
                    .because(error.to_string())
            })?;
            world.output.note(&text.written(&file.display().to_string()));
            Ok(())
        }
        None if form == Form::Binary && world.output.is_terminal() => {
            Err(Failure::new(Exit::Usage, text.not_on_a_terminal()).then(text.name_a_file()))
        }
        None => world.output.bytes(bytes).map_err(|error| {
            Failure::new(Exit::Failed, text.not_written(STANDARD_OUTPUT)).because(error.to_string())
        }),
    }
}

/// What is no file (a pipe, a device) is written to as it is.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::metadata(file) {
        Ok(there) if !there.is_file() => fs::write(file, bytes),
        _ => files::replace(&absolute(file)?, bytes, 0o644),
    }
}

/// A name alone has no folder to make the new file in.
fn absolute(file: &Path) -> io::Result<std::path::PathBuf> {
    std::path::absolute(file)
}
