//! What programs read: each command's JSON in many states, by the schema in docs/cns.schema.json.
#![allow(unreachable_pub, reason = "a test binary")]

#[path = "../environment/mod.rs"]
mod environment;
mod lost;
#[path = "../doctor/patient.rs"]
mod patient;
mod schema;
mod states;

use std::collections::BTreeSet;
use std::process::Command;

use cns_tool::Exit;
use serde_json::{Deserializer, Value, json};
use virtual_cns::{Card, Personality};

use crate::environment::{Environment, Person};
use crate::patient::Patient;
use crate::schema::Schema;
use crate::states::states;

const LANGUAGES: [&str; 2] = ["it", "en"];

/// Commands that end in every state; those that need the module fail before it, or because of it.
const COMMANDS: [&[&str]; 15] = [
    &["status", "--json"],
    &["status", "--json", "--show"],
    &["status", "--json", "--reader", "no such reader"],
    &["doctor", "--json"],
    &["data", "--json"],
    &["cert", "show", "--json"],
    &["cert", "show", "--json", "--signature"],
    &["cert", "uri", "--json"],
    &["test-login", "--json"],
    &["test-login", "--json", "http://localhost"],
    &["setup", "--json", "--dry-run"],
    &["setup", "--json", "--dry-run", "openssl", "ssh"],
    &["setup", "--json", "--remove"],
    &["status", "--json", "--colour"],
    &["stauts", "--json"],
];

#[test]
fn every_command_in_every_state() {
    let schema = Schema::closed();
    for (name, patient) in states() {
        for command in COMMANDS {
            let [italian, english] = LANGUAGES.map(|language| {
                let (document, exit) = patient.environment.json(language, command);
                let told = schema.check(&document);
                assert_eq!(told, Ok(()), "{name}: {command:?}: {document:#}");
                if let Some(error) = document.get("error") {
                    assert_eq!(error["exit"], exit.code(), "{name}: {command:?}: {document}");
                } else {
                    assert_ne!(exit, Exit::Usage, "{name}: {command:?}");
                }
                document
            });
            assert_eq!(without_sentences(italian), without_sentences(english), "{name}: {command:?}");
        }
        assert_eq!(patient.environment.pin_commands(), 0, "{name}");
    }
}

/// What is the same in every language.
fn without_sentences(mut document: Value) -> Value {
    match &mut document {
        Value::Object(members) => {
            for name in ["explanation", "remedy", "text", "why", "next"] {
                members.remove(name);
            }
            for value in members.values_mut() {
                *value = without_sentences(value.take());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = without_sentences(item.take())),
        _ => {}
    }
    document
}

/// Actions are for the problems and warnings that a command mends, and none needs a PIN.
#[test]
fn actions_are_no_pin_commands() {
    let mut commands = BTreeSet::new();
    for (name, patient) in states() {
        let (document, _) = patient.environment.json("en", &["doctor", "--json"]);
        for finding in document["findings"].as_array().unwrap() {
            let Some(command) = finding["action"]["command"].as_array() else { continue };
            assert!(finding["verdict"] == "warning" || finding["verdict"] == "problem", "{name}: {finding}");
            let words: Vec<&str> = command.iter().filter_map(Value::as_str).collect();
            let words = words.strip_prefix(&["sudo"]).unwrap_or(&words);
            assert!(!["pin", "sign", "test-login"].iter().any(|secret| words.contains(secret)), "{words:?}");
            commands.insert(words.join(" "));
        }
    }
    let expected = ["apt install", "cns setup", "systemctl"];
    assert!(!commands.is_empty());
    let known = |command: &String| expected.iter().any(|begin| command.starts_with(begin));
    assert!(commands.iter().all(known), "{commands:?}");
}

#[test]
fn tries_are_objects() {
    let tries = |builder: virtual_cns::CardBuilder| {
        let (document, _) = Environment::built(builder).json("en", &["status", "--json"]);
        document["readers"][0]["card"]["pin_tries"].clone()
    };
    let idemia = || Card::builder(&Personality::idemia_2021());
    assert_eq!(tries(idemia()), json!({ "state": "known", "left": 3 }));
    assert_eq!(tries(idemia().pin_tries(1)), json!({ "state": "known", "left": 1 }));
    assert_eq!(tries(idemia().pin_tries(0)), json!({ "state": "blocked", "left": 0 }));
    assert_eq!(tries(Card::builder(&Personality::st2021())), json!({ "state": "unknown", "left": null }));
}

/// The codes of docs/json.md, by what leads to them.
#[test]
fn errors_have_a_code() {
    let code = |name: &str, command: &[&str]| {
        let patient = states().into_iter().find(|(other, _)| *other == name).expect("a state").1;
        let (document, exit) = patient.environment.json("it", command);
        assert_eq!(document["command"], command.iter().take(1).copied().collect::<String>());
        (document["error"]["code"].as_str().unwrap_or_default().to_owned(), exit.code())
    };
    let data = ["data", "--json"];
    assert_eq!(code("no service", &data), ("no-service".to_owned(), 3));
    assert_eq!(code("no reader", &data), ("no-reader".to_owned(), 3));
    assert_eq!(code("no card", &data), ("no-card".to_owned(), 4));
    assert_eq!(code("payment card", &data), ("unsupported-card".to_owned(), 5));
    assert_eq!(code("mute card", &data), ("mute-card".to_owned(), 5));
    assert_eq!(code("known tries", &["data", "--json", "--reader", "x"]), ("unknown-reader".to_owned(), 3));
    assert_eq!(code("known tries", &["status", "--json", "-z"]), ("usage".to_owned(), 2));
}

/// Beside an error nothing else is on the standard output, and nothing about it on the error output.
#[test]
fn an_error_is_one_line_of_json() {
    let patient = states().into_iter().find(|(name, _)| *name == "no card").expect("a state").1;
    let told = patient.environment.run("en", &["data", "--json"], Person::silent()).transcript;
    let lines: Vec<&str> = told.lines().collect();
    assert!(
        lines.len() == 3 && lines[1].starts_with("{\"schema\":1,\"command\":\"data\",\"error\":{"),
        "{told}"
    );
}

#[test]
fn an_event_is_a_line() {
    let schema = Schema::closed();
    for language in LANGUAGES {
        let environment = states::two_readers();
        let (lines, exit) = environment.output(language, &["watch", "--json", "--count", "4"]);
        let events: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        events.iter().for_each(|event| schema.expect(event));
        let names: Vec<&str> = events.iter().filter_map(|event| event["event"].as_str()).collect();
        assert_eq!((names, exit), (vec!["reader", "cns", "reader", "other-card"], Exit::Success));
    }
    let stopped = Environment::with(&Personality::st2021());
    stopped.readers.stop_service();
    schema.expect(&stopped.json("en", &["watch", "--json", "--count", "1"]).0);
}

/// Every name of a finding that the tests come to, every code and every outcome, is explained in docs/json.md.
#[test]
fn names_are_documented() {
    const PAGE: &str = include_str!("../../../../docs/json.md");
    let mut names = BTreeSet::new();
    for (_, patient) in states() {
        for command in COMMANDS {
            collect_names(&patient.environment.json("en", command).0, &mut names);
        }
    }
    names.retain(|name| !PAGE.contains(&format!("`{name}`")));
    assert!(names.is_empty(), "{names:?}");
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let is_name = ["finding", "code", "outcome", "kind", "area", "certificate_problem", "event"];
                let word = value.as_str().filter(|_| is_name.contains(&name.as_str()));
                names.extend(word.map(str::to_owned));
                collect_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        _ => {}
    }
}

#[test]
fn a_date_that_is_none_is_null() {
    let (document, _) = Patient::healthy().environment.json("it", &["data", "--json"]);
    assert_eq!(document["data"]["birth_date"], "1980-01-01");
    assert_eq!(document["data"]["height"], Value::Null);
}

/// What `cns` wrote in `crates/interop`, with the module and a card in a real pcscd: the results that need them.
const KEPT: [&str; 2] =
    [include_str!("../../../interop/kept/card.txt"), include_str!("../../../interop/kept/module.txt")];

/// A value in the place of what is another at each run.
fn filled(kept: &str) -> String {
    let day = "2026-01-01";
    let text = kept.replace('…', "1").replace("<first day>", day).replace("<last day>", day);
    let fingerprint = |bytes| vec!["00"; bytes].join(":");
    text.replace("<its SHA-256>", &fingerprint(32)).replace("<its SHA-1>", &fingerprint(20))
}

#[test]
fn results_that_need_the_module() {
    let schema = Schema::closed();
    let mut commands = BTreeSet::new();
    for kept in KEPT.map(filled) {
        for (at, _) in kept.match_indices("\n{") {
            let document = Deserializer::from_str(&kept[at..]).into_iter::<Value>().next();
            let document = document.expect("a value").expect("JSON");
            schema.expect(&document);
            assert!(document.get("error").is_none(), "{document}");
            commands.extend(document["command"].as_str().map(str::to_owned));
        }
    }
    assert_eq!(commands.into_iter().collect::<Vec<_>>(), ["cert show", "cert uri", "status", "test-login"]);
}

/// Runs the program itself, where its environment is part of what it says.
fn cns(arguments: &[&str], cache: &std::path::Path) -> (Value, Option<i32>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cns"));
    command.env("XDG_CACHE_HOME", cache).env_remove("CNS_PKCS11_CACHE").args(arguments);
    let output = command.output().unwrap();
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (value, output.status.code())
}

#[test]
fn cached_cards() {
    let (schema, folder) = (Schema::closed(), tempfile::tempdir().unwrap());
    let cache = cns_cache::Cache::at(folder.path().join("cns-pkcs11"));
    for entries in [0, 1] {
        for language in LANGUAGES {
            let (document, code) = cns(&["--lang", language, "cache", "status", "--json"], folder.path());
            schema.expect(&document);
            assert_eq!((document["entries"].as_array().unwrap().len(), code), (entries, Some(0)));
            assert_eq!(document["used"], true);
        }
        cache.store("one", "CNS MARIO\u{1b} ROSSI", b"something").unwrap();
    }
    let (document, _) = cns(&["cache", "status", "--json"], folder.path());
    assert_eq!(document["entries"][0]["label"], json!("CNS MARIO\u{1b} ROSSI"));
}

/// Whatever this computer is like.
#[test]
fn this_computer() {
    let (schema, folder) = (Schema::closed(), tempfile::tempdir().unwrap());
    for arguments in [["status", "--json"], ["doctor", "--json"]] {
        for language in LANGUAGES {
            let (document, _) = cns(&[&["--lang", language], &arguments[..]].concat(), folder.path());
            schema.expect(&document);
        }
    }
}
