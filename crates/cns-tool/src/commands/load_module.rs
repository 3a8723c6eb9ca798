//! `cns load-module`: for `cns doctor`, which tries a library in a process that may crash.

use crate::doctor::load;
use crate::exit::{Exit, Failure};
use crate::world::World;

/// The library to load.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    path: String,
}

/// Says on one line of JSON what the library tells of itself.
pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    match load(&arguments.path) {
        Ok(loaded) => {
            world.output.json_line(&loaded);
            Ok(Exit::Success)
        }
        Err(error) => {
            world.output.note(&error.to_string());
            Ok(Exit::Failed)
        }
    }
}
