//! `cns register-minidriver`, for the installer: the keys by which Windows finds the minidriver beside this program.

mod messages;

use std::path::PathBuf;
use std::{env, io};

use clap::ArgAction;
use clap::builder::BoolishValueParser;
use cns_registration::{MINIDRIVER, Wishes, registration, removal};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::WindowsSystem;

/// What to do with them. The installer says yes and no with 1 and 0.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Take the keys away that name this minidriver
    #[arg(long)]
    remove: bool,
    /// Take the cards of known lots from other products
    #[arg(long, action = ArgAction::Set, value_parser = BoolishValueParser::new(), default_value = "0")]
    take_over: bool,
    /// Take the bare ATR of ST 2022 over NFC, which passports have too
    #[arg(long, action = ArgAction::Set, value_parser = BoolishValueParser::new(), default_value = "0")]
    contactless: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let failed = |error| {
        let failure = Failure::new(Exit::Failed, messages::NOT_REGISTERED.to(context.language));
        failure.because_of(error, context.language)
    };
    change(arguments, context.windows).map_err(failed)?;
    Ok(Exit::Success)
}

fn change(arguments: &Arguments, windows: &dyn WindowsSystem) -> io::Result<()> {
    let minidriver = minidriver()?.display().to_string();
    let registered = windows.card_types()?;
    if arguments.remove {
        return removal(&registered, &minidriver)
            .into_iter()
            .try_for_each(|name| windows.remove_card_type(name));
    }
    let wishes = Wishes { take_over: arguments.take_over, contactless: arguments.contactless };
    let changes = registration(&registered, wishes);
    changes.write.iter().try_for_each(|card_type| windows.write_card_type(card_type, &minidriver))?;
    changes.remove.iter().try_for_each(|name| windows.remove_card_type(name))
}

/// Beside this program, where the installer puts it.
fn minidriver() -> io::Result<PathBuf> {
    Ok(env::current_exe()?.with_file_name(MINIDRIVER))
}
