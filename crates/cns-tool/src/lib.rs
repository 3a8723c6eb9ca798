//! The command `cns`: what a person with a card asks a computer about it.
//!
//! What this crate is for: talking to people, in Italian or English, about their card, their PIN and their set-up. The
//! card itself is `cns-card`'s; what goes through the PKCS#11 module goes through the module as installed, loaded like
//! any program would load it. It must never send a PIN that nobody typed for that very attempt, show one, take one from
//! an argument or a variable, or print a sentence that is not in [`text`].
//!
//! One file per subcommand under [`commands`]; all a command may touch is in its [`World`], so that tests give it
//! virtual cards, a scripted terminal and a prepared system.
#![forbid(unsafe_code)]

pub mod browsers;
mod calls;
mod certificate;
pub mod cli;
mod cms;
pub mod commands;
pub mod doctor;
mod exit;
mod foreign;
pub mod health_card;
pub mod interrupt;
pub mod login;
mod lot;
pub mod machine;
mod masked;
pub mod module_path;
mod output;
pub mod prompt;
mod provider;
mod public_key;
pub mod reader_choice;
mod result_file;
pub mod setup;
mod terminal;
pub mod text;
mod tls;
mod unsupported_text;
mod usage;
mod world;

pub use certificate::{CNS_POLICY, Certificate, Validity};
pub use exit::{Exit, Failure};
pub use output::{Colour, Output, Verdict};
pub use world::{OperatingSystem, System, World};

use std::ffi::OsString;

use clap::FromArgMatches;

use cli::Cli;
use text::Language;

/// Runs the command with these arguments, the program's name first, and says how it ended; whatever went wrong is told
/// on the error output already.
///
/// `world` gets the language and the colours that the arguments ask for.
pub fn run(arguments: &[OsString], world: &mut World<'_>) -> Exit {
    let language = cli::wanted_language(arguments).unwrap_or_else(|| Language::of_locale(&world.system));
    world.speak(language);
    let matches = match cli::command(language).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage::report(&error, world),
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return usage::report(&error, world),
    };
    world.output.set_colour(cli.colour.unwrap_or(Colour::Auto));
    match commands::run(&cli, world) {
        Ok(exit) => exit,
        Err(failure) => failure.report(world),
    }
}
