//! The text of a card report: one line a command, its status word, and what is kept of the answer.
//!
//! ```text
//! CNS card report 1
//! ATR 3BFF…
//! 00A40800041100110100 9000 FCI 6F…
//! 00B0000010 9000 SEQUENCE 0 1885
//! ```
//!
//! Empty lines and lines that begin with `#` do not count.

use super::content::{CardReport, ReportContent, ReportEntry};
use crate::iso7816::StatusWord;

const TITLE: &str = "CNS card report 1";
/// The most lines of a report that is read.
const MOST_LINES: usize = 1000;

/// A text that is no card report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is not of a card report")]
pub struct ReportError {
    /// The line, counted from 1.
    pub line: usize,
}

impl std::fmt::Display for CardReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{TITLE}")?;
        writeln!(f, "# What the card answered; nothing of its holder, and no body of a file.")?;
        writeln!(f, "ATR {}", hexadecimal(&self.atr))?;
        self.entries.iter().try_for_each(|entry| writeln!(f, "{entry}"))
    }
}

impl std::fmt::Display for ReportEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:04X}", hexadecimal(&self.command), self.status.0)?;
        match &self.content {
            ReportContent::Nothing => Ok(()),
            ReportContent::ControlInformation(bytes) => write!(f, " FCI {}", hexadecimal(bytes)),
            ReportContent::Sequence { start, length } => write!(f, " SEQUENCE {start} {length}"),
            ReportContent::Filled { byte, length } => write!(f, " FILLED {byte:02X} {length}"),
            ReportContent::Objects(objects) => {
                f.write_str(" OBJECTS")?;
                objects.iter().try_for_each(|(identifier, size)| write!(f, " {identifier:04X}:{size:04X}"))
            }
            ReportContent::JSign => f.write_str(" JSIGN"),
            ReportContent::Bytes { length } => write!(f, " BYTES {length}"),
        }
    }
}

/// Reads a report.
pub(super) fn parse(text: &str) -> Result<CardReport, ReportError> {
    let numbered = (1..).zip(text.lines().map(str::trim));
    let mut lines = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut expected = |line: usize| lines.next().ok_or(ReportError { line });
    let (number, title) = expected(1)?;
    if title != TITLE {
        return Err(ReportError { line: number });
    }
    let (number, atr) = expected(2)?;
    let atr = atr.strip_prefix("ATR ").and_then(bytes).ok_or(ReportError { line: number })?;
    let entries = lines
        .map(|(line, text)| {
            let parsed = if line > MOST_LINES { None } else { entry(text) };
            parsed.ok_or(ReportError { line })
        })
        .collect::<Result<_, _>>()?;
    Ok(CardReport { atr, entries })
}

fn entry(line: &str) -> Option<ReportEntry> {
    let mut words = line.split_ascii_whitespace();
    let command = bytes(words.next()?).filter(|command| command.len() >= 4)?;
    let status = StatusWord(number(words.next()?)?);
    let content = match words.next() {
        None => ReportContent::Nothing,
        Some("FCI") => ReportContent::ControlInformation(bytes(words.next()?)?),
        Some("SEQUENCE") => ReportContent::Sequence {
            start: words.next()?.parse().ok()?,
            length: words.next()?.parse().ok()?,
        },
        Some("FILLED") => ReportContent::Filled {
            byte: u8::from_str_radix(words.next()?, 16).ok()?,
            length: words.next()?.parse().ok()?,
        },
        Some("OBJECTS") => ReportContent::Objects(words.by_ref().map(object).collect::<Option<_>>()?),
        Some("JSIGN") => ReportContent::JSign,
        Some("BYTES") => ReportContent::Bytes { length: words.next()?.parse().ok()? },
        Some(_) => return None,
    };
    words.next().is_none().then_some(ReportEntry { command, status, content })
}

fn object(word: &str) -> Option<(u16, u16)> {
    let (identifier, size) = word.split_once(':')?;
    Some((number(identifier)?, number(size)?))
}

/// Four hexadecimal digits.
fn number(digits: &str) -> Option<u16> {
    match bytes(digits)?[..] {
        [high, low] => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    pairs.map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8)).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_report() {
        let line = |text: &str| parse(text).map(|_| 0).unwrap_or_else(|error| error.line);
        assert_eq!(line(""), 1);
        assert_eq!(line("\n# a word\nsomething else"), 3);
        assert_eq!(line(TITLE), 2);
        let report = |rest: &str| line(&format!("{TITLE}\nATR 3B00\n{rest}"));
        assert_eq!(report(""), 0);
        assert_eq!(report("00A40800 9000\n"), 0);
        for wrong in [
            "00A4080 9000",
            "00A4 9000",
            "00A40800",
            "00A40800 900",
            "00A40800 +900",
            "00A40800 9000 FCI",
            "00A40800 9000 FCI 6F0",
            "00A40800 9000 WHAT",
            "00B00000 9000 BYTES -1",
            "00B00000 9000 BYTES 1 2",
            "00B00000 9000 OBJECTS 100E",
        ] {
            assert_eq!(report(wrong), 3, "{wrong}");
        }
        assert_eq!(line(&format!("{TITLE}\nATR 3B0")), 2);
    }

    fn content() -> impl Strategy<Value = ReportContent> {
        prop_oneof![
            Just(ReportContent::Nothing),
            Just(ReportContent::JSign),
            proptest::collection::vec(any::<u8>(), 1..40).prop_map(ReportContent::ControlInformation),
            (any::<usize>(), any::<usize>())
                .prop_map(|(start, length)| ReportContent::Sequence { start, length }),
            (any::<u8>(), any::<usize>()).prop_map(|(byte, length)| ReportContent::Filled { byte, length }),
            proptest::collection::vec(any::<(u16, u16)>(), 0..6).prop_map(ReportContent::Objects),
            any::<usize>().prop_map(|length| ReportContent::Bytes { length }),
        ]
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            atr in proptest::collection::vec(any::<u8>(), 1..33),
            entries in proptest::collection::vec(
                (proptest::collection::vec(any::<u8>(), 4..20), any::<u16>(), content()), 0..20),
        ) {
            let entries = entries.into_iter().map(|(command, status, content)| {
                ReportEntry { command, status: StatusWord(status), content }
            });
            let report = CardReport { atr, entries: entries.collect() };
            prop_assert_eq!(parse(&report.to_string()), Ok(report));
        }

        #[test]
        fn never_panics(text in "(CNS card report 1\nATR 3B00\n)?[0-9A-F SEQUNC:\n]{0,80}") {
            let _ = parse(&text);
        }
    }
}
