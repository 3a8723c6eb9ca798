//! The command `cns`: state, PIN, certificate, set-up and diagnosis of an Italian CNS card, in Italian and English.
//!
//! One folder per subcommand under [`commands`], with its arguments, logic and messages. A command touches only what is
//! in its [`Context`], so tests give it virtual cards, a scripted terminal and a prepared file tree. It never sends a PIN
//! that was not typed for that very attempt, shows one, or takes one from an argument or a variable.
#![forbid(unsafe_code)]

pub mod card;
mod clap_errors;
pub mod cli;
pub mod commands;
pub mod console;
mod context;
mod exit;
pub mod host;
mod italian_help;
mod json;
pub mod options;
pub mod pkcs11;
pub mod programs;
pub mod text;

pub use card::certificate::{CNS_POLICY, CertificateDetails, Validity};
pub use console::{Colour, Output, Verdict};
pub use context::Context;
pub use exit::{ErrorCode, Exit, Failure};
pub use host::{OperatingSystem, System};

use std::ffi::OsString;
use std::io;

use clap::error::ErrorKind;

use cli::Cli;
use text::Language;

/// Runs the command with these arguments, the program's name first. Errors are written to the error output.
///
/// `context` gets the language and the colours that the arguments ask for.
pub fn run(arguments: &[OsString], context: &mut Context<'_>) -> Exit {
    let language = cli::wanted_language(arguments).unwrap_or_else(|| Language::of_locale(&context.system));
    context.set_language(language);
    context.json = json::requested(&cli::command(language), arguments);
    // A program that reads JSON waits for nothing and is asked nothing.
    context.on_terminal &= context.json.is_none();
    let exit = run_parsed(parse(arguments, context), context);
    let exit = context.final_exit(exit);
    match context.output.take_lost() {
        // Who reads no further has what was wanted.
        Some(error) if error.kind() != io::ErrorKind::BrokenPipe => context.report_lost_result(error, exit),
        _ => exit,
    }
}

fn run_parsed(parsed: Result<Cli, clap::Error>, context: &mut Context<'_>) -> Exit {
    match parsed {
        Ok(cli) => {
            context.output.set_colour(cli.colour.unwrap_or(Colour::Auto));
            cli.run(context).unwrap_or_else(|failure| context.report(&failure))
        }
        Err(error) => clap_errors::report(&error, context),
    }
}

/// What the command line says; for a person who names no command: `start`.
fn parse(arguments: &[OsString], context: &Context<'_>) -> Result<Cli, clap::Error> {
    cli::parse(arguments, context.language).or_else(|error| {
        let lacks_command = matches!(
            error.kind(),
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
        );
        if !context.on_terminal || !lacks_command {
            return Err(error);
        }
        let start = [arguments, &["start".into()]].concat();
        cli::parse(&start, context.language).map_err(|_| error)
    })
}
