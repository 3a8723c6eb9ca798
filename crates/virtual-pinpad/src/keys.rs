//! Who types: a file of lines, and a file beside it of what the reader was asked.
//!
//! Each line is one entry: the words a person types, in order and separated by spaces, or `cancel`, or `timeout`. A
//! line is used once.

use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::request::PinEntry;

/// The variable that names the file.
pub const VARIABLE: &str = "VIRTUAL_PINPAD_KEYS";

fn file() -> Option<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from)
}

/// Takes the next line.
pub(crate) fn next() -> Result<PinEntry, String> {
    let file = file().ok_or_else(|| format!("{VARIABLE} is not set"))?;
    let lines = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let (line, rest) = lines.split_once('\n').ok_or("no line is left")?;
    fs::write(&file, rest).map_err(|error| error.to_string())?;
    Ok(match line.trim() {
        "cancel" => PinEntry::Cancelled,
        "timeout" => PinEntry::Timeout,
        words => {
            PinEntry::Typed(words.split(' ').map(|word| Zeroizing::new(word.as_bytes().to_vec())).collect())
        }
    })
}

/// Adds a line to the account of what the reader was asked, in `<file>.asked`.
pub(crate) fn note(line: &str) {
    let Some(file) = file() else { return };
    let account = File::options().create(true).append(true).open(file.with_extension("asked"));
    if let Ok(mut account) = account {
        let _ = writeln!(account, "{line}");
    }
}
