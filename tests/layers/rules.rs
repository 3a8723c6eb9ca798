//! What belongs in one place stays there; a file says what it is for and stays short.

use crate::findings::{Finding, check};
use crate::sources::{MEMBERS, SOURCES, Source, below, product, read};

/// The longest a file's code may be; what is longer does more than one thing.
const LONGEST: usize = 300;

/// Folders, and what their code never says.
const NOT_SAID: &[(&str, &[&str])] = &[
    ("src/model", &["crate::abi", "crate::log", "crate::testing", "extern \"C\"", "*mut ", "*const "]),
    ("src/log.rs", &["crate::", "cns_card", "cryptoki"]),
    ("crates/cns-minidriver/src", &["CKR_", "CKA_", "cryptoki", "cns_pkcs11", "virtual_cns"]),
    ("crates/cns-token/src", &["CKR_", "CKA_", "cryptoki", "cns_pkcs11", "virtual_cns"]),
    ("crates/cns-card/src", &["CKA_", "CKM_", "CKO_", "cryptoki", "cns_pkcs11", "cns_token", "virtual_cns"]),
    ("crates/cns-cache/src", &["cns_card", "cns_pkcs11", "cns_token", "cryptoki", "virtual_cns"]),
    // A double that shared a table or an encoder with the product would agree with its mistakes.
    ("crates/virtual-cns/src", &["cns_card", "cns_pkcs11", "cns_token", "cryptoki"]),
    ("crates/virtual-pcsc/src", &["cns_card", "cns_pkcs11", "cns_token", "cryptoki"]),
    ("crates/virtual-pinpad/src", &["cns_card", "cns_pkcs11", "cns_token", "cryptoki"]),
];

/// Hosts say that a module must not make threads; one that prints, forks or changes the process harms its host.
const NOT_SAID_BY_THE_LIBRARY: &[&str] = &[
    "thread::spawn",
    "thread::Builder",
    "process::Command",
    "set_current_dir",
    "set_var",
    "println!",
    "eprintln!",
    "dbg!",
    "process::exit",
    "process::abort",
];

/// Where the C interfaces are. Tests of them are C programs written in Rust.
const UNSAFE: &[&str] = &[
    "src/abi",
    "crates/cns-minidriver/src/abi",
    "crates/pcsc-dlopen",
    "crates/virtual-pcsc",
    "crates/virtual-pinpad",
    "crates/testkit/src/pkcs11.rs",
    "fuzz/src",
];

#[test]
fn each_layer_keeps_to_its_own_words() {
    for (folder, forbidden) in NOT_SAID {
        below(folder).into_iter().for_each(|file| must_not_say(file, forbidden));
    }
    for member in ["crates/cns-token", "crates/cns-card", "crates/cns-cache"] {
        assert!(!read(&format!("{member}/Cargo.toml")).contains("cryptoki"), "{member} knows no PKCS#11");
    }
    product().into_iter().for_each(|file| must_not_say(file, NOT_SAID_BY_THE_LIBRARY));
}

#[test]
fn return_codes_live_in_one_file() {
    let others = product().into_iter().filter(|file| file.path != "src/abi/rv.rs");
    others.for_each(|file| must_not_say(file, &["CKR_"]));
    // What the system answers to a call has the same numbers.
    let interface = ["crates/cns-minidriver/src/abi/codes.rs", "crates/cns-minidriver/src/abi/winscard.rs"];
    let others = below("crates/cns-minidriver/src").into_iter();
    others
        .filter(|file| !interface.contains(&file.path.as_str()))
        .for_each(|file| must_not_say(file, &["SCARD_E_", "SCARD_W_", "SCARD_F_", "0x8010_"]));
}

#[test]
fn unsafe_code_is_at_c_interfaces_only() {
    for file in
        SOURCES.iter().filter(|file| !file.is_test && !UNSAFE.iter().any(|place| file.is_below(place)))
    {
        let found = file.code.iter().find(|token| token.is("unsafe")).map(|token| token.line);
        assert_eq!(found, None, "{}: unsafe code outside {UNSAFE:?}", file.path);
    }
}

#[test]
fn files_say_what_they_are_for() {
    let without = |file: &&Source| !file.is_test && !file.text.starts_with("//! ");
    let findings = SOURCES
        .iter()
        .filter(without)
        .map(|file| Finding::new(&file.path, "the first line says what the file is for".to_owned()));
    check("purpose", findings.collect());
}

#[test]
fn files_are_short() {
    let own_tests = |file: &&Source| file.is_test && file.member() == ".";
    let files = SOURCES.iter().filter(|file| !file.is_test || own_tests(file));
    let long = files.filter(|file| file.length() > LONGEST);
    let text = |file: &Source| format!("{} lines, {LONGEST} are enough", file.length());
    check("length", long.map(|file| Finding::new(&file.path, text(file))).collect());
}

/// Every member is read: a rule that finds nothing because it looks nowhere protects nothing.
#[test]
fn every_member_is_read() {
    for member in &*MEMBERS {
        assert!(SOURCES.iter().any(|source| source.member() == member), "{member} holds no source file");
    }
}

fn must_not_say(file: &Source, forbidden: &[&str]) {
    for (number, line) in file.lines().filter(|_| !file.is_test) {
        for word in forbidden {
            assert!(!line.contains(word), "{}:{number}: {word} has no place here", file.path);
        }
    }
}
