//! `cns doctor`: what keeps the card from working.

mod area;
pub(crate) mod card;
mod card_finding;
mod card_messages;
mod examination;
mod finding;
mod finding_text;
pub(crate) mod messages;
pub(crate) mod module;
mod other_modules;
mod program_messages;
pub(crate) mod readers;
mod redaction;
pub(crate) mod registrations;
mod report;
mod usb;

pub use area::Area;
pub use card_finding::CardFinding;
pub use examination::Examination;
pub use finding::Finding;
pub use module::{LibraryInfo, load};
pub use report::report;

use std::path::PathBuf;

use serde::Serialize;

use crate::console::Verdict;
use crate::console::one_line;
use crate::console::{Destination, OutputKind};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::pkcs11::module_path::module_file_name;

/// The options of `cns doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write the result as JSON, for programs
    #[arg(long)]
    json: bool,
    /// Also write a file for whoever helps you, without personal data
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The module that programs should use.
    #[arg(long, value_name = "FILE", help = concat!("Examine this ", module_file_name!(), " instead of the installed one"))]
    module: Option<PathBuf>,
}

/// A finding as JSON has it.
#[derive(Serialize)]
struct Row<'a> {
    area: Area,
    verdict: &'static str,
    #[serde(flatten)]
    finding: &'a Finding,
    explanation: String,
    remedy: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let destination = arguments.report.as_deref().map(|file| Destination::new(OutputKind::Text, Some(file)));
    if let Some(destination) = &destination {
        destination.check(context)?;
    }
    let host = Host::of_process(context.system.clone());
    let examination = Examination::new(&host, arguments.module.as_deref(), context);
    let progress = context.output.progress(messages::EXAMINING.to(context.language));
    let findings = examine(&examination);
    drop(progress);
    // The standard output holds one thing: what was asked for there.
    let report_alone = destination.as_ref().is_some_and(Destination::is_output);
    match arguments.json {
        _ if report_alone => {}
        true => json(&findings, context),
        false => show(&findings, context),
    }
    if let Some(destination) = destination {
        let text = report(&host, context.transport, &findings);
        destination.deliver(text.as_bytes(), context)?;
        context.output.note(messages::ABOUT_THE_SUPPORT_REPORT.to(context.language));
    }
    let problem = findings.iter().any(|finding| finding.verdict() == Verdict::Problem);
    Ok(if problem { Exit::Failed } else { Exit::Success })
}

fn show(findings: &[Finding], context: &mut Context<'_>) {
    let language = context.language;
    let mut area = None;
    for finding in findings {
        if area != Some(finding.area()) {
            area = Some(finding.area());
            context.output.title(messages::area(language, finding.area()));
        }
        show_finding(finding, context);
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict() == verdict).count();
    context.output.line("");
    context.output.line(&messages::summary(language, count(Verdict::Problem), count(Verdict::Warning)));
}

/// A finding, and below it what to do.
pub(crate) fn show_finding(finding: &Finding, context: &mut Context<'_>) {
    let text = messages::finding(context.language, finding);
    context.output.verdict(finding.verdict(), &text.what);
    if let Some(remedy) = text.remedy {
        context.output.line(&format!("  {}: {}", messages::REMEDY.to(context.language), one_line(&remedy)));
    }
}

fn json(findings: &[Finding], context: &mut Context<'_>) {
    let row = |finding| {
        let text = messages::finding(context.language, finding);
        let verdict = verdict_name(finding.verdict());
        Row { area: finding.area(), verdict, finding, explanation: text.what, remedy: text.remedy }
    };
    let rows: Vec<Row<'_>> = findings.iter().map(row).collect();
    context.output.json(&rows);
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Problem => "problem",
        Verdict::NotApplicable => "not-applicable",
    }
}

/// Checks everything, from the service to the browsers: no PIN command is sent, nothing is changed.
#[must_use]
pub fn examine(examination: &Examination<'_>) -> Vec<Finding> {
    let host = examination.host;
    let mut findings = readers::examine(host, examination.transport);
    for reader in readers::occupied(examination.transport) {
        findings.extend(card::examine(examination, &reader).into_iter().map(Finding::OfCard));
    }
    findings.push(module::examine(host, examination.module.as_deref()));
    findings.extend(registrations::examine(host, examination.module.as_deref()));
    findings.extend(other_modules::examine(host));
    findings
}
