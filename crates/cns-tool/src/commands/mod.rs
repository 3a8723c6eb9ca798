//! The subcommands, one file each.

pub mod cache;
pub mod card_report;
pub mod cert;
pub mod data;
pub mod doctor;
pub mod generate;
pub mod guide;
pub mod load_module;
pub mod pin;
pub mod setup;
pub mod sign;
pub mod status;
pub mod test_login;
pub mod watch;

use crate::cli::{Cli, Command};
use crate::exit::{Exit, Failure};
use crate::world::World;

pub(crate) fn run(cli: &Cli, world: &mut World<'_>) -> Result<Exit, Failure> {
    // From the start to the end: who types while the card is read must not see the digits either.
    let _hidden = asks_for_a_secret(&cli.command).then(|| world.prompt.hide_typing());
    match &cli.command {
        Command::Doctor(arguments) => doctor::run(arguments, world),
        Command::LoadModule(arguments) => load_module::run(arguments, world),
        Command::Cache { action } => cache::run(*action, world),
        Command::CardReport(arguments) => card_report::run(arguments, world),
        Command::Cert { action } => cert::run(action, world),
        Command::Data(arguments) => data::run(arguments, world),
        Command::Setup(arguments) => setup::run(arguments, world),
        Command::Generate(arguments) => generate::run(arguments, world),
        Command::Guide(arguments) => guide::run(arguments, world),
        Command::Pin { action } => pin::run(action, world),
        Command::Sign(arguments) => sign::run(arguments, world),
        Command::Status(arguments) => status::run(arguments, world),
        Command::TestLogin(arguments) => test_login::run(arguments, world),
        Command::Watch(arguments) => watch::run(arguments, world),
    }
}

fn asks_for_a_secret(command: &Command) -> bool {
    matches!(command, Command::Pin { .. } | Command::Sign(_) | Command::TestLogin(_))
}
