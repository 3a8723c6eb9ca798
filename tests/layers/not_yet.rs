//! Breaches that are known and being mended. Each line goes with what it excuses; none may be added.

/// The rule and the key of its finding.
#[rustfmt::skip]
pub const NOT_YET: &[(&str, &str)] = &[
    // The command.
    ("circle", "crates/cns-tool/src/cli.rs"),
    ("old file", "desk in crates/cns-tool/tests"),
    ("old name", "Desk in crates/cns-tool"),
    ("old name", "Question in crates/cns-tool"),
    ("old name", "Shown in crates/cns-tool"),
    ("old name", "health_card in crates/cns-tool"),
    ("old name", "meant in crates/cns-tool"),
    ("old name", "provider in crates/cns-tool"),
    // The fuzz targets.
    ("old word", "room in fuzz"),
    ("path in a document", "docs/hostile-cards.md"),
    // Here.
    ("old name", "Desk in tests"),
    ("old name", "LastTryKept in tests"),
    ("old name", "Ledger in tests"),
    ("old name", "Look in tests"),
    ("old name", "Seen in tests"),
    ("old name", "Tries in tests"),
    ("old name", "digesting in tests"),
    ("old name", "remembering in tests"),
];
