//! `cns load-module`: for `cns doctor`, which tries a library in a process that may crash.

use crate::commands::doctor::load;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// The library to load.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    path: String,
}

/// Prints the library's own description on one line of JSON.
pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    match load(&arguments.path) {
        Ok(loaded) => {
            context.output.json_line(&loaded);
            Ok(Exit::Success)
        }
        Err(error) => {
            context.output.note(&error.to_string());
            Ok(Exit::Failed)
        }
    }
}
