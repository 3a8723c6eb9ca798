//! `cns card-report`: what a card of an unknown lot answers, to attach to an issue.

use std::path::PathBuf;

use cns_card::CardReport;

use crate::cli::ReaderOption;
use crate::exit::{Exit, Failure};
use crate::reader_choice::{card_failure, choose};
use crate::result_file::{Destination, Form};
use crate::text::described;
use crate::world::World;

/// The options of `cns card-report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    #[arg(short, long, value_name = described().file_value(), help = described().output_option())]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let text = world.text;
    let reader = choose(arguments.reader.reader.as_deref(), world)?;
    let report = {
        let _shown = world.output.progress(text.asking_every_file());
        CardReport::collect(world.transport, &reader).map_err(|error| card_failure(error, text))?
    };
    Destination::new(Form::Text, arguments.output.as_deref())
        .deliver(report.to_string().as_bytes(), world)?;
    world.output.note(text.about_the_report());
    Ok(Exit::Success)
}
