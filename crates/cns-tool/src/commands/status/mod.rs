//! `cns status`: what is in the readers, and how it is.
//!
//! It sends no PIN command but the question for the counters, and that only to families that answer it without spending
//! a try.

mod collect;
mod messages;
mod show;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options::{JsonOption, ReaderOption};

/// The options of `cns status`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    reader: ReaderOption,
    /// Show the whole tax code
    #[arg(long)]
    show: bool,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let reports = collect::collect(arguments.reader.reader.as_deref(), arguments.show, context)?;
    if context.wants_json() {
        context.write_json(&collect::Readers { readers: &reports });
    } else {
        show::show(&reports, context);
    }
    Ok(exit(&reports))
}

/// One card that can be used is enough; else the first thing that is wrong.
fn exit(reports: &[collect::ReaderReport]) -> Exit {
    let exits: Vec<Exit> = reports.iter().map(collect::ReaderReport::exit).collect();
    match exits.iter().find(|exit| **exit == Exit::Success) {
        Some(success) => *success,
        None => exits.into_iter().find(|exit| *exit != Exit::NoCard).unwrap_or(Exit::NoCard),
    }
}
