//! `cns doctor`: what keeps the card from working.

use std::path::PathBuf;

use serde::Serialize;
use time::OffsetDateTime;

use crate::doctor::{Area, Examination, Finding, examine, report};
use crate::exit::{Exit, Failure};
use crate::foreign::one_line;
use crate::machine::Machine;
use crate::module_path;
use crate::output::Verdict;
use crate::result_file::{Destination, Form};
use crate::text::described;
use crate::world::World;

/// The options of `cns doctor`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// For programs.
    #[arg(long, help = described().json_option())]
    json: bool,
    /// Where to write the support file.
    #[arg(long, value_name = described().file_value(), help = described().doctor_report_option())]
    report: Option<PathBuf>,
    /// The module that programs should use.
    #[arg(long, value_name = described().file_value(), help = described().doctor_module_option())]
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

pub(crate) fn run(arguments: &Arguments, world: &mut World<'_>) -> Result<Exit, Failure> {
    let destination = arguments.report.as_deref().map(|file| Destination::new(Form::Text, Some(file)));
    if let Some(destination) = &destination {
        destination.check(world)?;
    }
    let machine = Machine::of_process(world.system.clone());
    let module = match &arguments.module {
        Some(given) => Some(std::path::absolute(given).unwrap_or_else(|_| given.clone())),
        None => module_path::find(&machine.system).map(|found| machine.inside(&found)),
    };
    let examination = Examination {
        machine: &machine,
        transport: world.transport,
        now: OffsetDateTime::from(world.now),
        module: module.map(|path| path.display().to_string()),
    };
    let progress = world.output.progress(world.text.examining());
    let findings = examine(&examination);
    drop(progress);
    // The standard output holds one thing: what was asked for there.
    let report_alone = destination.as_ref().is_some_and(Destination::is_output);
    match arguments.json {
        _ if report_alone => {}
        true => json(&findings, world),
        false => tell(&findings, world),
    }
    if let Some(destination) = destination {
        let text = report(&machine, world.transport, &findings);
        destination.deliver(text.as_bytes(), world)?;
        world.output.note(world.text.about_the_support_report());
    }
    let problem = findings.iter().any(|finding| finding.verdict() == Verdict::Problem);
    Ok(if problem { Exit::Failed } else { Exit::Success })
}

fn tell(findings: &[Finding], world: &mut World<'_>) {
    let text = world.text;
    let mut area = None;
    for finding in findings {
        if area != Some(finding.area()) {
            area = Some(finding.area());
            world.output.title(text.area(finding.area()));
        }
        let told = text.doctor_finding(finding);
        world.output.verdict(finding.verdict(), &told.what);
        if let Some(remedy) = told.remedy {
            world.output.line(&format!("  {}: {}", text.remedy(), one_line(&remedy)));
        }
    }
    let count = |verdict| findings.iter().filter(|finding| finding.verdict() == verdict).count();
    world.output.line("");
    world.output.line(&text.doctor_summary(count(Verdict::Problem), count(Verdict::Warning)));
}

fn json(findings: &[Finding], world: &mut World<'_>) {
    let row = |finding| {
        let told = world.text.doctor_finding(finding);
        let verdict = verdict_name(finding.verdict());
        Row { area: finding.area(), verdict, finding, explanation: told.what, remedy: told.remedy }
    };
    let rows: Vec<Row<'_>> = findings.iter().map(row).collect();
    world.output.json(&rows);
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ok => "ok",
        Verdict::Warning => "warning",
        Verdict::Problem => "problem",
        Verdict::NotApplicable => "not-applicable",
    }
}
