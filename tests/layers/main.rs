//! The house keeps its shape (docs/architecture.md): imports go down, never up; what belongs in one room stays there.
//!
//! Reads the sources as text. Comments and tests may speak of anything; the rules are about code.

use std::fs;
use std::path::{Path, PathBuf};

/// The longest a file's code may be; what is longer does more than one thing.
const LONGEST: usize = 300;

#[test]
fn the_model_does_not_know_the_c_side() {
    for file in sources("src/model") {
        file.must_not_say(&[
            "crate::abi",
            "crate::log",
            "crate::testing",
            "extern \"C\"",
            "*mut ",
            "*const ",
        ]);
    }
    for file in sources("crates/cns-token/src") {
        file.must_not_say(&["CKR_", "CKA_", "cryptoki", "cns_pkcs11", "virtual_cns", "println!"]);
    }
    assert_depends_not("crates/cns-token/Cargo.toml", &["cryptoki", "virtual-cns", "cns-tool"]);
    for file in sources("src/log.rs") {
        file.must_not_say(&["crate::", "cns_card", "cryptoki"]);
    }
}

#[test]
fn the_card_engine_knows_neither_pkcs11_nor_the_floors_above() {
    for file in sources("crates/cns-card/src") {
        file.must_not_say(&["cryptoki", "CKA_", "CKM_", "CKO_", "virtual_cns", "cns_pkcs11"]);
    }
    for file in sources("crates/cns-card/src/transport") {
        file.may_import_only(&["transport"]);
    }
    for file in sources("crates/cns-card/src/iso7816") {
        file.may_import_only(&["transport", "iso7816"]);
    }
    assert_depends_not("crates/cns-card/Cargo.toml", &["cryptoki", "virtual-cns", "cns-cache"]);
    for file in sources("crates/cns-cache/src") {
        file.must_not_say(&["cns_card", "cns_pkcs11", "virtual_cns", "cryptoki"]);
    }
    assert_depends_not("crates/cns-cache/Cargo.toml", &["cns-card", "cryptoki", "virtual-cns"]);
}

/// A virtual card that shared a table or an encoder with the module would agree with its mistakes; and it is never
/// part of what a user installs.
#[test]
fn the_virtual_card_is_a_neighbour() {
    for file in sources("crates/virtual-cns/src") {
        file.must_not_say(&["cns_card", "cns_pkcs11", "cryptoki"]);
    }
    assert_depends_not("crates/virtual-cns/Cargo.toml", &["cns-card", "cns-pkcs11"]);
    // The stand-in for libpcsclite as well; it is a C library, and so it is unsafe.
    for file in sources("crates/virtual-pcsc/src") {
        file.must_not_say(&["cns_card", "cns_pkcs11", "cns_token", "cryptoki"]);
        assert!(file.code.len() <= LONGEST, "{}: {} lines", file.name, file.code.len());
    }
    assert_depends_not("crates/virtual-pcsc/Cargo.toml", &["cns-card", "cns-pkcs11", "cns-token"]);
    assert_depends_not("Cargo.toml", &["virtual-cns", "virtual-pcsc"]);
}

#[test]
fn return_codes_live_in_one_file() {
    for file in product().into_iter().filter(|file| file.name != "src/abi/rv.rs") {
        file.must_not_say(&["CKR_"]);
    }
}

#[test]
fn unsafe_code_lives_on_one_floor() {
    // Tests of the C interface are C programs written in Rust.
    for file in all().into_iter().filter(|file| !file.name.starts_with("src/abi/") && !file.is_test) {
        let found = file.code.iter().position(|line| words(line).any(|word| word == "unsafe"));
        assert_eq!(found, None, "{}: unsafe code outside src/abi", file.name);
    }
}

/// Programs say that a module must not make threads, and one that forks or changes the process is a bad guest.
#[test]
fn the_module_is_a_guest() {
    for file in product() {
        file.must_not_say(&[
            "thread::spawn",
            "thread::Builder",
            "process::Command",
            "set_current_dir",
            "set_var",
        ]);
        file.must_not_say(&["println!", "eprintln!", "dbg!", "process::exit", "process::abort"]);
    }
}

#[test]
fn a_room_says_what_it_is_and_does_one_thing() {
    for file in all() {
        assert!(
            file.is_test || file.begins_with_its_purpose,
            "{}: the first line says what it is",
            file.name
        );
        let length = file.code.len();
        assert!(length <= LONGEST, "{}: {length} lines, {LONGEST} are enough", file.name);
    }
}

/// One source file.
struct Source {
    name: String,
    /// Its lines up to the unit tests, without comments.
    code: Vec<String>,
    begins_with_its_purpose: bool,
    is_test: bool,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a source file is text");
        let name = path.strip_prefix(root()).expect("it lies in the repository").display().to_string();
        Source {
            is_test: name.contains("tests/") || name.ends_with("/tests.rs"),
            begins_with_its_purpose: text.starts_with("//! "),
            code: text.lines().take_while(|line| *line != "#[cfg(test)]").map(without_comment).collect(),
            name,
        }
    }

    fn must_not_say(&self, forbidden: &[&str]) {
        for (number, line) in self.code.iter().enumerate().filter(|_| !self.is_test) {
            for word in forbidden {
                assert!(!line.contains(word), "{}:{}: {word} has no place here", self.name, number + 1);
            }
        }
    }

    /// Of this crate's modules, by their absolute names.
    fn may_import_only(&self, rooms: &[&str]) {
        for line in self.code.iter().filter(|_| !self.is_test) {
            for (_, path) in line.match_indices("crate::").map(|(at, found)| line.split_at(at + found.len()))
            {
                let room = words(path).next().unwrap_or_default();
                assert!(rooms.contains(&room), "{}: imports {room} from a floor above", self.name);
            }
        }
    }
}

/// What is in the shared library.
fn product() -> Vec<Source> {
    [
        sources("src"),
        sources("crates/cns-token/src"),
        sources("crates/cns-card/src"),
        sources("crates/cns-cache/src"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn all() -> Vec<Source> {
    let mut all = product();
    for folder in [
        "crates/pkcs11-workload",
        "crates/virtual-cns",
        "crates/cns-cache/tests",
        "xtask/src",
        "tests",
        "build.rs",
    ] {
        all.extend(sources(folder));
    }
    all
}

fn sources(place: &str) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join(place), &mut files);
    assert!(!files.is_empty(), "{place} holds no source file");
    files.iter().map(|path| Source::read(path)).collect()
}

fn collect(place: &Path, files: &mut Vec<PathBuf>) {
    if place.is_dir() {
        let mut entries: Vec<_> =
            fs::read_dir(place).expect("a folder").map(|entry| entry.expect("an entry")).collect();
        entries.sort_by_key(fs::DirEntry::path);
        entries.iter().for_each(|entry| collect(&entry.path(), files));
    } else if place.extension().is_some_and(|extension| extension == "rs") {
        files.push(place.to_owned());
    }
}

/// `[dependencies]` only: what tests use is their own affair.
fn assert_depends_not(manifest: &str, forbidden: &[&str]) {
    let text = fs::read_to_string(root().join(manifest)).expect("a manifest");
    let dependencies = text.lines().skip_while(|line| *line != "[dependencies]").skip(1);
    for line in dependencies.take_while(|line| !line.starts_with('[')) {
        for name in forbidden {
            assert!(!line.starts_with(name), "{manifest}: must not depend on {name}");
        }
    }
}

fn without_comment(line: &str) -> String {
    line.split("//").next().unwrap_or_default().to_owned()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
