//! Names that were replaced (participles and metaphors nobody could look up) do not come back.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::documents::DOCUMENTS;
use crate::findings::{Finding, check};
use crate::sources::{FILES, MEMBERS, SOURCES, below, product};

/// In no file at all.
const NOWHERE: &str = "Dialogue Learned Seen Found Recalled Remembered Habits Told Meaning Recognised Recognition Look \
    LongReads open_for_listing Shown Owner is_told_from_others PresenceLock lock_behind_the_dead \
    lock_the_door Tries pin_tries_of glance_at_pin_tries_of puk_tries_of last_is_kept LastTryKept \
    try_was_sent TrySent EmptyVerify AnswersCounter MaySpendATry glance Keypad KeypadEntry \
    once_from_keypad typed_at_the_reader perform_again perform_unrestored AsLeft distrust_directory \
    directory_moved enter_pin_directory stand_at_root suppose Standing second_thought \
    second_thought_called unproved is_shown_by asked_too_much MAX_ANSWER digesting remembering Wish \
    runs_with_foreign_rights World Machine Explained described describing Ledger Door Manners Vault Desk \
    liar nobody_waits optimistic_signatures contender";

/// Ordinary words elsewhere, and so forbidden where they were names only.
const NOT_IN: &[(&str, &str)] = &[
    (
        "crates/cns-card/src",
        "Question Place places Layout Mark Form Body Start Restore perform prove complete look enter_pin \
        answer qualifier",
    ),
    ("crates/cns-card/src/iso7816", "once"),
    ("crates/cns-token/src", "Known Inside presence look tries shown remembered"),
    ("src", "Known Inside look tries shown first_look"),
    (
        "crates/cns-tool/src",
        "Work Note What lot meant choose Form Question own_site rehearsal health_card masked",
    ),
    ("crates/virtual-cns", "people pace Body"),
    ("crates/interop", "room stack stranger goal bed sets person Place"),
    ("xtask", "room stranger goal bed sets person Layout Place"),
    ("fuzz", "judge stage choices"),
];

/// Files and folders, without ending.
const FILE_NAMES: &[(&str, &str)] = &[
    (
        "crates/cns-card",
        "dialogue recall remembered recognise first_look tries security public_files certificate_file \
        body",
    ),
    ("crates/cns-token", "presence pin_care shared_tries remembering runtime digesting owner"),
    ("src", "shown card_access reading owner presence pin_care remembering digesting"),
    (
        "crates/cns-tool/src",
        "machine calls lot masked health_card provider reader_choice result_file usage world own_site \
        rehearsal ledger note",
    ),
    ("crates/cns-tool/tests", "desk"),
    ("crates/virtual-cns", "people pace manners vault"),
    ("crates", "cryptoki-player"),
    (
        "crates/interop/src",
        "room stack desk stranger abandoned disturbances many_programs bed contender person goal sets \
        keypad",
    ),
    ("fuzz/src", "liar judge stage choices"),
    ("tests", "guest nobody_waits figures optimistic_signatures floors"),
];

/// Words of the building that this tree was once described as. In comments and documents, too.
const PROSE: &[&str] = &["floor", "floors", "room", "rooms"];

#[test]
fn replaced_names_are_gone() {
    let mut findings = Vec::new();
    for source in SOURCES.iter().filter(|source| !source.is_below("tests/layers")) {
        let scoped = NOT_IN
            .iter()
            .filter(|(folder, _)| source.is_below(folder))
            .flat_map(|(_, words)| words.split_whitespace());
        let forbidden: HashSet<_> = NOWHERE.split_whitespace().chain(scoped).collect();
        for token in source.tokens.iter().filter(|token| forbidden.contains(token.text)) {
            let key = format!("{} in {}", token.text, place_of(&source.path));
            findings.push(Finding::new(&key, format!("{}:{}", source.path, token.line)));
        }
    }
    check("old name", findings);
}

#[test]
fn replaced_words_are_gone() {
    let sources = SOURCES.iter().map(|source| (source.path.as_str(), source.text));
    let mut findings = Vec::new();
    for (path, text) in sources.chain(DOCUMENTS.iter().map(|(path, text)| (*path, text.as_str()))) {
        for (at, line) in text.lines().enumerate().filter(|_| !path.starts_with("tests/layers")) {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            if let Some(word) = words.find(|word| PROSE.iter().any(|old| old.eq_ignore_ascii_case(word))) {
                findings.push(Finding::new(
                    &format!("{word} in {}", place_of(path)),
                    format!("{path}:{}", at + 1),
                ));
            }
        }
    }
    check("old word", findings);
}

/// Each type of the product and the command has a name of its own, so that a word means one thing. A file per operating
/// system defines the same types as the other; each subcommand has its `Arguments`.
#[test]
fn type_names_are_unique() {
    let mut defined = BTreeMap::<&str, BTreeSet<&str>>::new();
    let sources = product().into_iter().chain(below("crates/cns-tool/src")).filter(|source| !source.is_test);
    for source in sources {
        let per_system = ["/unix.rs", "/windows.rs", "/macos.rs", "/other.rs"];
        let place = per_system.iter().find_map(|end| source.path.strip_suffix(end)).unwrap_or(&source.path);
        for pair in source.code.windows(2) {
            if ["struct", "enum", "trait"].contains(&pair[0].text) && pair[1].text != "Arguments" {
                defined.entry(pair[1].text).or_default().insert(place);
            }
        }
    }
    let twice = defined.into_iter().filter(|(_, places)| places.len() > 1);
    check("one name", twice.map(|(name, places)| Finding::new(name, format!("{places:?}"))).collect());
}

#[test]
fn replaced_files_are_gone() {
    let mut findings = Vec::new();
    for path in &*FILES {
        for (folder, names) in FILE_NAMES {
            let Some(inside) = path.strip_prefix(&format!("{folder}/")) else { continue };
            let parts = inside.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
            for part in parts.filter(|part| names.split_whitespace().any(|name| name == *part)) {
                findings.push(Finding::new(&format!("{part} in {folder}"), path.clone()));
            }
        }
    }
    check("old file", findings);
}

/// The member, or the first folder of a file outside `crates`.
fn place_of(path: &str) -> &str {
    let member =
        MEMBERS.iter().find(|member| member.as_str() != "." && path.starts_with(&format!("{member}/")));
    member.map_or_else(|| path.split('/').next().unwrap_or_default(), String::as_str)
}
