//! A command as a line of shell.

use std::ffi::OsStr;

use anyhow::Result;

use crate::clients::cns_command::program;

/// The command line.
pub fn line(language: &str, arguments: &str) -> Result<String> {
    Ok(format!("{} --lang {language} {arguments}", quoted(program()?)))
}

/// As a word of a shell's line.
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    format!("'{}'", word.as_ref().to_string_lossy().replace('\'', r"'\''"))
}
