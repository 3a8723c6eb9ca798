//! What a rule finds, held against the list of what is not mended yet.

use std::collections::BTreeMap;

/// Breaches that are known and being mended: the rule and the key of its finding. Each line goes with what it excuses; none may
/// be added.
#[rustfmt::skip]
const NOT_YET: &[(&str, &str)] = &[
    // Types of two crates, to be renamed in the command or the card engine.
    // The command.
    // The fuzz targets.
];

/// One breach of a rule.
pub struct Finding {
    /// What an exception names: a file, or a word and a member.
    pub key: String,
    pub text: String,
}

impl Finding {
    pub fn new(key: &str, text: String) -> Self {
        Finding { key: key.to_owned(), text }
    }
}

/// Fails for each finding that is no exception, and for each exception that nothing needs any more.
pub fn check(rule: &str, findings: Vec<Finding>) {
    let excepted: Vec<_> = NOT_YET.iter().filter(|(of, _)| *of == rule).map(|(_, key)| *key).collect();
    let mut groups = BTreeMap::<&str, Vec<&str>>::new();
    for finding in findings.iter().filter(|finding| !excepted.contains(&finding.key.as_str())) {
        groups.entry(&finding.key).or_default().push(&finding.text);
    }
    let faults = groups.iter().map(|(key, texts)| match texts[..] {
        [one] => format!("{key}: {one}"),
        _ => format!("{key}: {} times:\n    {}", texts.len(), texts.join("\n    ")),
    });
    let mut faults: Vec<_> = faults.collect();
    let not_needed = excepted.iter().filter(|key| !findings.iter().any(|finding| finding.key == **key));
    faults.extend(not_needed.map(|key| format!("{key}: mended; take it out of tests/layers/findings.rs")));
    assert!(faults.is_empty(), "{rule}, {} faults:\n{}", faults.len(), faults.join("\n"));
}
