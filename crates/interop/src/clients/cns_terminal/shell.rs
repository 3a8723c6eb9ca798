//! A command as a line of shell.

use anyhow::Result;

use crate::clients::cns_command::program;
pub(super) use crate::clients::terminal::quoted;

/// The command line.
pub fn line(language: &str, arguments: &str) -> Result<String> {
    Ok(format!("{} --lang {language} {arguments}", quoted(program()?)))
}
