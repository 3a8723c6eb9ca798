//! `cns start`: from the card in the hand to a login, step by step. It looks at what is there and does what is missing;
//! nothing is remembered, so that a second run passes over what is done.

mod browsers;
mod login;
mod messages;
mod site;
mod steps;
mod yes_or_no;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::{ModuleOption, ReaderOption};
use steps::Steps;

pub(crate) const EXIT_CODE: &str = "You can skip any step; if you run it again, it continues with what is \
                                    missing. It asks for the PIN only after a yes. Exit code: 0 when nothing \
                                    is left to do, else that of the first thing left (cns --help).";

/// The options of `cns start`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    #[command(flatten)]
    module: ModuleOption,
    /// Only your own programs, even as administrator
    #[arg(long)]
    user: bool,
    /// Wait for Enter at the end, when the window closes by itself
    #[arg(long)]
    pause: bool,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    if !context.prompt.is_interactive() {
        return Err(messages::for_a_person(context.language).with(Exit::NotDone));
    }
    let mut steps = Steps::new(context);
    steps.wanted_reader.clone_from(&arguments.reader.reader);
    steps.module.clone_from(&arguments.module.module);
    steps.own_programs_only = arguments.user;
    steps.card()?;
    steps.step(5, messages::BROWSERS, browsers::set_up)?;
    if steps.has_card() {
        steps.step(6, messages::LOGIN, login::try_login)?;
    }
    if steps.is_complete() {
        steps.step(7, messages::SITE, site::open)?;
    }
    let exit = steps.end();
    if arguments.pause {
        // However it is answered: this is the end.
        let _ = context.ask(messages::PRESS_ENTER.to(context.language));
    }
    Ok(exit)
}
