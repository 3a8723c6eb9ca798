//! `cns doctor`: what keeps the card from working.

mod action;
mod area;
mod area_messages;
pub(crate) mod card;
mod card_finding;
mod card_messages;
mod diagnosis;
mod examination;
mod finding;
mod finding_text;
mod fix;
mod fix_messages;
pub(crate) mod messages;
pub(crate) mod module;
mod other_modules;
mod program_messages;
pub(crate) mod readers;
mod redaction;
pub(crate) mod registrations;
mod report;
mod show;
mod usb;
pub(crate) mod windows;
mod windows_finding;
mod windows_messages;

pub use action::Action;
pub use area::Area;
pub use card_finding::CardFinding;
pub use examination::Examination;
pub use finding::Finding;
pub use module::{LibraryInfo, load};
pub(crate) use redaction::redact;
pub use report::report;
pub(crate) use show::show_finding;
pub use windows_finding::WindowsFinding;

use std::path::PathBuf;

use self::diagnosis::Diagnosis;
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::options::JsonOption;
use crate::pkcs11::module_path::module_file_name;
use crate::text::Language;

/// The options of `cns doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Run the commands that solve problems, asking before each
    #[arg(long, conflicts_with_all = ["json", "module"])]
    fix: bool,
    /// Whether a program reads the result.
    #[command(flatten)]
    pub json: JsonOption,
    /// Also write a file for whoever helps you, without personal data
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The module that programs should use.
    #[arg(long, value_name = "FILE", help = concat!("Examine this ", module_file_name!(), " instead of the installed one"))]
    module: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    if arguments.fix {
        fix::require_person(context)?;
    }
    let destination = arguments.report.as_deref().map(|file| Destination::new(OutputKind::Text, Some(file)));
    if let Some(destination) = &destination {
        destination.check(context)?;
    }
    let host = Host::of_process(context.system.clone());
    let examine = |context: &mut Context<'_>| {
        Diagnosis::of(&Examination::new(&host, arguments.module.as_deref(), context))
    };
    let progress = context.output.progress(messages::EXAMINING.to(context.language));
    let diagnosis = examine(context);
    drop(progress);
    // The standard output holds one thing: what was asked for there.
    let report_alone = destination.as_ref().is_some_and(Destination::is_output);
    match context.wants_json() {
        _ if report_alone => {}
        true => show::json(&diagnosis, &host, context),
        false => show::show(&diagnosis, context),
    }
    if let Some(destination) = destination {
        let text = report(&host, context.transport, &diagnosis.findings, context.language);
        destination.deliver(text.as_bytes(), context)?;
        context.output.note(messages::ABOUT_THE_SUPPORT_REPORT.to(context.language));
    }
    match arguments.fix {
        true => fix::run(&diagnosis, &host, context, examine),
        false => Ok(diagnosis.exit()),
    }
}

/// The findings as `cns doctor --json` has them, for a report.
pub(crate) fn diagnosis_as_json(examination: &Examination<'_>, language: Language) -> String {
    let diagnosis = Diagnosis::of(examination);
    let document = show::document(&diagnosis, examination.host, language);
    serde_json::to_string_pretty(&document).unwrap_or_else(|error| error.to_string())
}

/// Checks everything, from the service to the browsers: no PIN command is sent, nothing is changed.
#[must_use]
pub fn examine(examination: &Examination<'_>) -> Vec<Finding> {
    Diagnosis::of(examination).findings
}
