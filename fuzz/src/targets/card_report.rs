//! The text of a card report, as attached to an issue: read, written and read again.

use cns_card::CardReport;

use crate::FuzzTarget;

/// See above.
pub const TARGET: FuzzTarget = FuzzTarget { name: "card_report", longest: 6000, prepare: || (), run };

fn run(data: &[u8]) {
    let Ok(report) = CardReport::parse(&String::from_utf8_lossy(data)) else { return };
    assert_eq!(CardReport::parse(&report.to_string()).as_ref(), Ok(&report), "what is written is read");
}
