//! `cns card-report`: what a card of an unknown lot answers, to attach to an issue.

mod messages;

use std::path::PathBuf;

use cns_card::CardReport;

use crate::card::failures::card_failure;
use crate::card::reader_selection::select_reader;
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::ReaderOption;

/// The options of `cns card-report`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let language = context.language;
    let reader = select_reader(arguments.reader.reader.as_deref(), context)?;
    let report = {
        let _shown = context.output.progress(messages::ASKING_EVERY_FILE.to(language));
        CardReport::collect(context.transport, &reader).map_err(|error| card_failure(error, language))?
    };
    Destination::new(OutputKind::Text, arguments.output.as_deref())
        .deliver(report.to_string().as_bytes(), context)?;
    context.output.note(messages::ABOUT_THE_REPORT.to(language));
    Ok(Exit::Success)
}
