//! The corpora, replayed without libFuzzer: what was found or worth keeping once is tried by every `cargo test`.

use std::fs;
use std::path::{Path, PathBuf};

use cns_fuzz::targets::ALL;
use cns_fuzz::{Target, run};

/// The most that all corpora may weigh in the repository, in bytes.
const MOST_BYTES: u64 = 1 << 20;

fn inputs(of: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(of);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[allow(clippy::print_stderr, reason = "which input a failing test was at, and how many there were")]
fn replay(target: &Target) {
    let inputs = inputs(target.name);
    assert!(!inputs.is_empty(), "{}: no corpus", target.name);
    for input in &inputs {
        eprintln!("{}", input.display());
        run(target, &fs::read(input).expect("an input"));
    }
    // The two that every corpus begins with.
    run(target, &[]);
    run(target, &[0xFF; 600]);
    eprintln!("{}: {} inputs replayed", target.name, inputs.len());
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                replay(&cns_fuzz::targets::$name::TARGET);
            }
        )*

        #[test]
        fn no_target_is_forgotten() {
            let replayed = [$(stringify!($name)),*];
            let all: Vec<&str> = ALL.iter().map(|target| target.name).collect();
            assert_eq!(all, replayed);
        }
    };
}

replays! { tlv response certificate template personal_data object_maps atr cache_file card_report hostile_card }

#[test]
fn the_corpora_are_small() {
    let files = ALL.iter().flat_map(|target| inputs(target.name));
    let bytes: u64 = files.map(|file| fs::metadata(file).expect("a file").len()).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes, {MOST_BYTES} are enough");
}
