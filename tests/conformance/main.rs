//! Conformance: every function and every return value that the standard names for it, and the profiles that are claimed.
#![allow(unreachable_pub, reason = "nobody links against a test")]

#[path = "../common/mod.rs"]
mod common;

mod document;
mod every_function;
mod profiles;
mod reached;
mod sweep;
mod unreachable;

use std::collections::BTreeSet;
use std::path::Path;
use std::ptr::null_mut;

use virtual_cns::Personality;

use common::{Stage, codes, standard};
use every_function::{Pattern, all};
use reached::scene::{NO_SESSION, NO_SLOT};
use standard::{FUNCTIONS, names};

#[test]
fn the_tables_have_every_function_once() {
    let stage = Stage::with(&Personality::st2021());
    let listed: Vec<&str> = FUNCTIONS.iter().map(|function| function.name).collect();
    let callable: Vec<&str> = all(&stage.client).iter().map(|function| function.name).collect();
    assert_eq!(listed.len(), 92);
    assert_eq!(listed.iter().collect::<BTreeSet<_>>(), callable.iter().collect::<BTreeSet<_>>());
}

/// Each code that the standard names is shown or has a reason why it never comes, and not both.
#[test]
fn every_code_is_shown_or_explained() {
    let cases = reached::all();
    let mut wrong = Vec::new();
    for function in FUNCTIONS {
        for code in function.codes() {
            let shown = document::how(function.name, code, &cases).is_some();
            let explained = unreachable::reason(function.name, code).is_some();
            if shown == explained {
                wrong.push(format!("{} {code}: shown and explained are both {shown}", function.name));
            }
        }
    }
    for case in &cases {
        let named = names(case.function, case.code);
        let besides = unreachable::beyond(case.function, case.code).is_some();
        if named == besides {
            wrong.push(format!("{} {}: named by the standard: {named}", case.function, case.code));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_row_of_the_table_is_what_happens() {
    let mut wrong = Vec::new();
    for case in reached::all() {
        let code = codes::name((case.run)());
        if code != case.code {
            wrong.push(format!("{} {}, {}: {code}", case.function, case.code, case.how));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn before_initialize_every_function_says_so() {
    let stage = Stage::with(&Personality::st2021());
    stage.client.finalize();
    for function in all(&stage.client) {
        if names(function.name, "CRYPTOKI_NOT_INITIALIZED") {
            let code = (function.call)(Pattern::of(0, null_mut()));
            assert_eq!(codes::name(code), "CRYPTOKI_NOT_INITIALIZED", "{}", function.name);
        }
    }
    stage.client.initialize();
}

#[test]
fn a_handle_that_names_nothing_is_told_before_anything_else() {
    let stage = Stage::with(&Personality::st2021());
    for function in all(&stage.client) {
        for (number, expected) in [(NO_SESSION, "SESSION_HANDLE_INVALID"), (NO_SLOT, "SLOT_ID_INVALID")] {
            if names(function.name, expected) && unreachable::reason(function.name, expected).is_none() {
                let code = (function.call)(Pattern::of(number, null_mut()));
                assert_eq!(codes::name(code), expected, "{}", function.name);
            }
        }
    }
}

#[test]
fn what_is_not_offered_says_so() {
    let stage = Stage::with(&Personality::st2021());
    let mut stubs = 0;
    for function in
        all(&stage.client).iter().filter(|function| names(function.name, "FUNCTION_NOT_SUPPORTED"))
    {
        let session = stage.session();
        let code = (function.call)(Pattern::of(session.handle, null_mut()));
        assert_eq!(codes::name(code), "FUNCTION_NOT_SUPPORTED", "{}", function.name);
        stubs += 1;
    }
    assert_eq!(stubs, 38);
}

#[test]
fn the_page_is_what_the_tables_say() {
    let page = document::page(&reached::all());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/conformance.md");
    if std::env::var_os("CNS_BLESS").is_some() {
        std::fs::write(&path, &page).expect("written");
    }
    let written = std::fs::read_to_string(&path).expect("docs/conformance.md");
    assert!(written == page, "docs/conformance.md differs: CNS_BLESS=1 writes it anew");
}
