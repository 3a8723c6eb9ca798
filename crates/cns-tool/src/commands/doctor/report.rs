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
use crate::host::Host;
use crate::programs::ProgramState;
use crate::text::Language;

/// The text of the file, in English: its readers are the maintainers.
#[must_use]
pub fn report(host: &Host, transport: &dyn Transport, findings: &[Finding]) -> String {
    let mut text = format!(
        "cns {} support report\nNo name, tax code, card number or certificate is in here.\n\nsystem: {}\nkernel: {}\n\
         architecture: {}\n\n",
        env!("CARGO_PKG_VERSION"),
        system(host).unwrap_or_else(|| std::env::consts::OS.into()),
        first_line(host, "/proc/sys/kernel/osrelease").unwrap_or_else(|| "unknown".into()),
        std::env::consts::ARCH,
    );
    for finding in findings {
        let mark = match finding.verdict() {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "problem",
            Verdict::NotApplicable => "n/a",
        };
        let what = messages::finding(Language::English, finding).what;
        let detail = detail(finding).map(|detail| format!(" {detail}")).unwrap_or_default();
        text += &format!("[{mark}] {}\n", one_line(&format!("{what}{detail}")));
    }
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

fn system(host: &Host) -> Option<String> {
    let release = fs::read_to_string(host.at("/etc/os-release")).ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn first_line(host: &Host, path: &str) -> Option<String> {
    Some(fs::read_to_string(host.at(path)).ok()?.lines().next()?.to_owned())
}
