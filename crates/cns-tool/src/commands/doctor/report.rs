//! The support report: findings and card responses, without data of the holder.

use std::fs;

use cns_card::{CardReport, Transport};

use super::card_finding::CardFinding;
use super::finding::Finding;
use super::messages;
use super::readers;
use super::redaction::redact;
use crate::console::Verdict;
use crate::console::one_line;
use crate::host::{Host, System};
use crate::programs::ProgramState;
use crate::text::Language;

/// The text of the file: for the person and who helps, in their language; then, for the maintainers, in English.
#[must_use]
pub fn report(host: &Host, transport: &dyn Transport, findings: &[Finding], language: Language) -> String {
    let mut text = String::new();
    if language != Language::English {
        text += &messages::support_report(language, env!("CARGO_PKG_VERSION"));
        text += &lines(findings, language, &host.system);
        text += &format!("\n---\n{}\n\n", messages::FOR_THE_MAINTAINERS.to(language));
    }
    text += &format!(
        "{}system: {}\nkernel: {}\narchitecture: {}\n\n",
        messages::support_report(Language::English, env!("CARGO_PKG_VERSION")),
        system(host).unwrap_or_else(|| std::env::consts::OS.into()),
        first_line(host, "/proc/sys/kernel/osrelease").unwrap_or_else(|| "unknown".into()),
        std::env::consts::ARCH,
    );
    text += &lines(findings, Language::English, &host.system);
    for (number, reader) in readers::occupied(transport).iter().enumerate() {
        let answers = CardReport::collect(transport, reader);
        let answers = answers.map_or_else(|error| error.to_string(), |report| report.to_string());
        text += &format!("\ncard {}:\n{answers}\n", number + 1);
    }
    redact(&text, host)
}

/// What a library or the system said, which only maintainers want to read.
fn detail(finding: &Finding) -> Option<String> {
    match finding {
        Finding::ModuleFails { why, .. } => Some(why.clone()),
        Finding::OfCard { finding: CardFinding::CardFails { error }, .. } => Some(error.to_string()),
        Finding::Program(ProgramState::Malformed { why, .. }) => Some(why.to_string()),
        Finding::Program(ProgramState::Unreadable { why, .. }) => Some(why.to_string()),
        _ => None,
    }
}

/// A line for each finding; where the person is to read it, also what to do.
fn lines(findings: &[Finding], language: Language, system: &System) -> String {
    let line = |finding: &Finding| {
        let mark = match finding.verdict() {
            Verdict::Ok => "ok",
            Verdict::Warning => language.pick("avviso", "warning"),
            Verdict::Problem => language.pick("problema", "problem"),
            Verdict::NotApplicable => "n/a",
        };
        let text = messages::finding(language, finding, system);
        let detail = detail(finding).filter(|_| language == Language::English);
        let detail = detail.map(|detail| format!(" {detail}")).unwrap_or_default();
        let what = format!("[{mark}] {}\n", one_line(&format!("{}{detail}", text.what)));
        match text.remedy {
            Some(remedy) if language != Language::English => {
                format!("{what}  {}: {}\n", messages::REMEDY.to(language), one_line(&remedy))
            }
            _ => what,
        }
    };
    findings.iter().map(line).collect()
}

fn system(host: &Host) -> Option<String> {
    let release = fs::read_to_string(host.at("/etc/os-release")).ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn first_line(host: &Host, path: &str) -> Option<String> {
    Some(fs::read_to_string(host.at(path)).ok()?.lines().next()?.to_owned())
}
