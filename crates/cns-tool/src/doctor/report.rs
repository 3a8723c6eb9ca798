//! A file for whoever helps: what was found, and what the card answers, without anything of its holder.

use std::fs;

use cns_card::{CardReport, Transport};

use super::finding::Finding;
use super::readers;
use crate::machine::Machine;
use crate::output::Verdict;
use crate::text::{DoctorText as _, English};

/// The text of the file, in English: it is read by whoever maintains the program.
#[must_use]
pub fn report(machine: &Machine, transport: &dyn Transport, findings: &[Finding]) -> String {
    let mut text = format!(
        "cns {} support report\nNo name, tax code, card number or certificate is in here.\n\nsystem: {}\nkernel: {}\n\
         architecture: {}\n\n",
        env!("CARGO_PKG_VERSION"),
        system(machine).unwrap_or_else(|| std::env::consts::OS.into()),
        first_line(machine, "/proc/sys/kernel/osrelease").unwrap_or_else(|| "unknown".into()),
        std::env::consts::ARCH,
    );
    for finding in findings {
        let mark = match finding.verdict() {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "problem",
            Verdict::NotApplicable => "n/a",
        };
        let line = format!("[{mark}] {}\n", English.doctor_finding(finding).what);
        text += &line;
    }
    for (number, reader) in readers::occupied(transport).iter().enumerate() {
        let answers = CardReport::collect(transport, reader);
        let answers = answers.map_or_else(|error| error.to_string(), |report| report.to_string());
        text += &format!("\ncard {}:\n{answers}\n", number + 1);
    }
    without_serial_numbers(&text)
}

fn system(machine: &Machine) -> Option<String> {
    let release = fs::read_to_string(machine.at("/etc/os-release")).ok()?;
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(name.trim_matches('"').to_owned())
}

fn first_line(machine: &Machine, path: &str) -> Option<String> {
    Some(fs::read_to_string(machine.at(path)).ok()?.lines().next()?.to_owned())
}

/// Readers tell their serial number in brackets; it is nobody's business.
fn without_serial_numbers(text: &str) -> String {
    let mut rest = text;
    let mut clean = String::new();
    while let Some(open) = rest.find('(') {
        let (before, from) = rest.split_at(open);
        clean += before;
        let end = from.find(')').map_or(from.len(), |close| close + 1);
        let (bracket, after) = from.split_at(end);
        let inside = bracket.trim_matches(['(', ')']);
        let serial = inside.len() >= 6 && inside.bytes().all(|byte| byte.is_ascii_hexdigit());
        clean += if serial { "(…)" } else { bracket };
        rest = after;
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_of_readers_are_left_out() {
        let name = "Gemalto PC Twin Reader (70D7E2EE) 00 00 (CCID)";
        assert_eq!(without_serial_numbers(name), "Gemalto PC Twin Reader (…) 00 00 (CCID)");
        assert_eq!(without_serial_numbers("a (b"), "a (b");
    }
}
