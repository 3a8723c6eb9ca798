//! The subcommands, one file each.

pub mod doctor;
pub mod load_module;
pub mod pin;
pub mod setup;
pub mod status;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::world::World;

pub(crate) fn run(cli: &Cli, world: &mut World<'_>) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Doctor(arguments) => doctor::run(arguments, world),
        Command::LoadModule(arguments) => load_module::run(arguments, world),
        Command::Setup(arguments) => setup::run(arguments, world),
        Command::Pin { action } => pin::run(action, world),
        Command::Status(arguments) => status::run(arguments, world),
    }
}
