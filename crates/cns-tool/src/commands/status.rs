//! `cns status`: what is in the readers.

use crate::cli::ReaderOption;
use crate::exit::{Exit, Failure};
use crate::reader_choice;
use crate::world::World;

/// The options of `cns status`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
}

pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let opened = reader_choice::open_card(arguments.reader.reader.as_deref(), world)?;
    world.output.title(&opened.reader);
    world.output.field(world.text.family(), 10, opened.card.family());
    Ok(Exit::Success)
}
