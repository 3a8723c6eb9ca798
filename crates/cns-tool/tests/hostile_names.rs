//! Names that a terminal would obey, in reader, certificate and personal data: nothing of them gets out but letters.

mod environment;

use std::sync::Arc;

use environment::{Environment, Person};
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, DEFAULT_PIN, Holder, Personality};

/// A line that looks like one of ours, a title for the window, C1, a bidirectional override, an isolate, zero width.
const READER: &str =
    "Reader\n✓ Everything is fine\u{1b}]0;title\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\r\u{8} 00";
const HOLDER: Holder = Holder {
    surname: "ROSSI\u{1b}[2J\n✓ Everything is fine",
    given_name: "MARIO\u{202e}\u{9b}31m\u{200b}\r",
    ..Holder::ROSSI
};

fn environment() -> Environment {
    let names = virtual_cns::holders::CertificateOptions {
        names: true,
        ..virtual_cns::holders::CertificateOptions::PLAIN
    };
    let card = Card::builder(&Personality::idemia_2021()).holder(HOLDER).certificate(names).shared();
    let readers = Readers::new(&[READER]);
    readers.insert(READER, Arc::clone(&card));
    Environment::over(readers, card)
}

/// Unicode's categories Cc and, as far as they are in these names, Cf.
fn is_obeyed(letter: char) -> bool {
    let hidden = ['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'];
    letter != '\n' && letter.is_control() || hidden.contains(&letter)
}

#[test]
fn nothing_gets_out_as_it_came() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("report.txt").to_str().expect("UTF-8").to_owned();
    let commands: [&[&str]; 9] = [
        &["status"],
        &["status", "--show"],
        &["cert", "show"],
        &["data"],
        &["doctor"],
        &["card-report"],
        &["doctor", "--report", &file],
        &["watch", "--count", "2"],
        &["status", "--reader", "no such reader"],
    ];
    for language in ["it", "en"] {
        for arguments in commands {
            let told = environment().run(language, arguments, Person::silent()).transcript;
            assert!(!told.contains(is_obeyed), "{arguments:?}: {told:?}");
            let forged = told.lines().find(|line| line.starts_with("✓ Everything is fine"));
            assert_eq!(forged, None, "{arguments:?}: {told}");
        }
        let told = environment().run(language, &["pin", "verify"], Person::typing(&[DEFAULT_PIN])).transcript;
        assert!(!told.contains(is_obeyed) && !told.contains("\n✓ Everything is fine"), "{told:?}");
    }
    let report = std::fs::read_to_string(file).expect("the report");
    assert!(!report.contains(is_obeyed) && !report.contains("\n✓ Everything is fine"), "{report:?}");
}

#[test]
fn json_says_them_in_escapes() {
    for arguments in [
        &["status", "--json"][..],
        &["doctor", "--json"],
        &["data", "--json"],
        &["cert", "show", "--json"],
        &["watch", "--count", "1", "--json"],
        &["status", "--json", "--reader", "no such reader"],
    ] {
        let (json, exit) = environment().output("en", arguments);
        assert!(!json.contains(is_obeyed), "{arguments:?}: {json:?}");
        let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        if arguments[0] == "status" && exit.code() == 0 {
            assert_eq!(value["readers"][0]["reader"], READER);
        }
    }
}

#[test]
fn two_readers_are_two_lines() {
    let card = || Card::builder(&Personality::idemia_2021()).shared();
    let readers = Readers::new(&[READER, "Other"]);
    let first = card();
    readers.insert(READER, Arc::clone(&first));
    readers.insert("Other", card());
    let environment = Environment::over(readers, first);
    let told = environment.run("en", &["pin", "verify"], Person::typing(&["1", DEFAULT_PIN])).transcript;
    assert!(!told.contains(is_obeyed) && !told.contains("\n✓ Everything is fine"), "{told:?}");
    assert!(
        told.contains("\n  1. Reader ✓ Everything is fine") && told.contains("\n  2. Other – MARIO ROSSI\n"),
        "{told}"
    );
    assert_eq!(environment.pin_commands(), 1);
}
