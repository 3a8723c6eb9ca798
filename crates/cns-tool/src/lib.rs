//! The command `cns`: what a person with a card asks a computer about it.
//!
//! What this crate is for: talking to people, in Italian or English, about their card, their PIN and their set-up. The
//! card itself is `cns-card`'s; what goes through the PKCS#11 module goes through the module as installed, loaded like
//! any program would load it. It must never send a PIN that nobody typed for that very attempt, show one, take one from
//! an argument or a variable, or print a sentence that is not in [`text`].
//!
//! One file per subcommand under [`commands`]; all a command may touch is in its [`Context`], so that tests give it
//! virtual cards, a scripted terminal and a prepared system.
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
pub mod options;
pub mod pkcs11;
pub mod programs;
pub mod text;

pub use card::certificate::{CNS_POLICY, Certificate, Validity};
pub use console::{Colour, Output, Verdict};
pub use context::{Context, OperatingSystem, System};
pub use exit::{Exit, Failure};

use std::ffi::OsString;

use clap::FromArgMatches;

use cli::Cli;
use text::Language;

/// Runs the command with these arguments, the program's name first, and says how it ended; whatever went wrong is told
/// on the error output already.
///
/// `context` gets the language and the colours that the arguments ask for.
pub fn run(arguments: &[OsString], context: &mut Context<'_>) -> Exit {
    let language = cli::wanted_language(arguments).unwrap_or_else(|| Language::of_locale(&context.system));
    context.speak(language);
    let matches = match cli::command(language).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return clap_errors::report(&error, context),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return clap_errors::report(&error, context),
    };
    context.output.set_colour(cli.colour.unwrap_or(Colour::Auto));
    match commands::run(&cli, context) {
        Ok(exit) => exit,
        Err(failure) => failure.report(context),
    }
}
