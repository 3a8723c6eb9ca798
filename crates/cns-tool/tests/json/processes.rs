//! The program itself, where its environment is part of what it says.

use std::process::Command;

use serde_json::{Value, json};

use crate::LANGUAGES;
use crate::schema::Schema;

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
