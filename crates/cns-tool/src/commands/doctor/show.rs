//! What was found, for people and for programs.

use serde::Serialize;

use super::action::Action;
use super::area::Area;
use super::diagnosis::Diagnosis;
use super::finding::Finding;
use super::{area_messages, messages};
use crate::console::Verdict;
use crate::console::one_line;
use crate::context::Context;
use crate::host::Host;
use crate::text::Language;

/// The result as JSON has it.
#[derive(Serialize)]
struct DoctorDocument<'a> {
    complete: bool,
    problems: usize,
    warnings: usize,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    area: Area,
    verdict: Verdict,
    #[serde(flatten)]
    finding: &'a Finding,
    explanation: String,
    remedy: Option<String>,
    action: Option<Action>,
}

pub(super) fn json(diagnosis: &Diagnosis, host: &Host, context: &mut Context<'_>) {
    context.write_json(&document(diagnosis, host, context.language));
}

/// The result as programs get it.
pub(super) fn document<'a>(
    diagnosis: &'a Diagnosis,
    host: &Host,
    language: Language,
) -> impl Serialize + use<'a> {
    let row = |finding: &'a Finding| {
        let text = messages::finding(language, finding, &host.system);
        Row {
            area: finding.area(),
            verdict: finding.verdict(),
            finding,
            explanation: text.what,
            remedy: text.remedy,
            action: Action::of(finding, host),
        }
    };
    DoctorDocument {
        complete: diagnosis.is_complete(),
        problems: diagnosis.count(Verdict::Problem),
        warnings: diagnosis.count(Verdict::Warning),
        findings: diagnosis.findings.iter().map(row).collect(),
    }
}

/// All findings and the last line.
pub(super) fn show(diagnosis: &Diagnosis, context: &mut Context<'_>) {
    show_findings(diagnosis, |_| true, context);
    context.output.line("");
    show_summary(diagnosis, context);
}

/// The findings that are meant, each below the title of what it is about.
pub(super) fn show_findings(
    diagnosis: &Diagnosis,
    is_meant: impl Fn(&Finding) -> bool,
    context: &mut Context<'_>,
) {
    let mut shown = String::new();
    for finding in diagnosis.findings.iter().filter(|finding| is_meant(finding)) {
        let title = title(finding, diagnosis, context);
        if title != shown {
            context.output.title(&title);
            shown = title;
        }
        show_finding(finding, context);
    }
}

/// A finding, and below it what to do.
pub(crate) fn show_finding(finding: &Finding, context: &mut Context<'_>) {
    let text = messages::finding(context.language, finding, &context.system);
    context.output.verdict(finding.verdict(), &text.what);
    if let Some(remedy) = text.remedy {
        context.output.line(&format!("  {}: {}", messages::REMEDY.to(context.language), one_line(&remedy)));
    }
}

fn title(finding: &Finding, diagnosis: &Diagnosis, context: &Context<'_>) -> String {
    match finding {
        Finding::OfCard { reader, finding } if diagnosis.has_several_cards() => {
            let holder = diagnosis.holders.get(reader).map(String::as_str);
            area_messages::area_of_card(context.language, finding.area(), reader, holder)
        }
        finding => area_messages::area(context.language, finding.area()).to_owned(),
    }
}

pub(super) fn show_summary(diagnosis: &Diagnosis, context: &mut Context<'_>) {
    let language = context.language;
    let (problems, warnings) = (diagnosis.count(Verdict::Problem), diagnosis.count(Verdict::Warning));
    // The missing card is a warning of its own.
    if !diagnosis.lacks_card() || problems > 0 || warnings > 1 {
        context.output.line(&messages::summary(language, problems, warnings));
    }
    if diagnosis.lacks_card() {
        context.output.line(messages::INCOMPLETE.to(language));
    }
}
