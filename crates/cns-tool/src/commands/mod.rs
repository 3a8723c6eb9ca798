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
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(crate) fn run(cli: &Cli, context: &mut Context<'_>) -> Result<Exit, Failure> {
    // From the start to the end: who types while the card is read must not see the digits either.
    let _hidden = asks_for_a_secret(&cli.command).then(|| context.prompt.hide_typing());
    match &cli.command {
        Command::Doctor(arguments) => doctor::run(arguments, context),
        Command::LoadModule(arguments) => load_module::run(arguments, context),
        Command::Cache { action } => cache::run(*action, context),
        Command::CardReport(arguments) => card_report::run(arguments, context),
        Command::Cert { action } => cert::run(action, context),
        Command::Data(arguments) => data::run(arguments, context),
        Command::Setup(arguments) => setup::run(arguments, context),
        Command::Generate(arguments) => generate::run(arguments, context),
        Command::Guide(arguments) => guide::run(arguments, context),
        Command::Pin { action } => pin::run(action, context),
        Command::Sign(arguments) => sign::run(arguments, context),
        Command::Status(arguments) => status::run(arguments, context),
        Command::TestLogin(arguments) => test_login::run(arguments, context),
        Command::Watch(arguments) => watch::run(arguments, context),
    }
}

fn asks_for_a_secret(command: &Command) -> bool {
    matches!(command, Command::Pin { .. } | Command::Sign(_) | Command::TestLogin(_))
}
