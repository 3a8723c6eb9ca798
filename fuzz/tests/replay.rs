//! Packs and regressions, replayed without libFuzzer: what was found or worth keeping once is tried by every
//! `cargo test`.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{catch_unwind, resume_unwind};
use std::path::Path;

use cns_fuzz::targets::ALL;
use cns_fuzz::{FuzzTarget, corpus, run};

const FUZZ: &str = env!("CARGO_MANIFEST_DIR");

/// The most that all inputs may weigh in the repository, in bytes.
const MOST_BYTES: usize = 1 << 20;

fn inputs(target: &FuzzTarget) -> Vec<(String, Vec<u8>)> {
    corpus::all(Path::new(FUZZ), target.name).unwrap_or_else(|error| panic!("{error}"))
}

#[allow(clippy::print_stderr, reason = "which input failed, and how many there were")]
fn replay(target: &FuzzTarget) {
    let inputs = inputs(target);
    assert!(!inputs.is_empty(), "{}: no inputs", target.name);
    for (name, input) in &inputs {
        if let Err(panic) = catch_unwind(|| run(target, input)) {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", target.name));
            fs::write(&file, input).expect("a file");
            eprintln!("the input is in {}", file.display());
            resume_unwind(panic);
        }
    }
    // The two that libFuzzer begins with.
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
fn all_inputs_together_are_small() {
    let bytes: usize = ALL.iter().flat_map(|target| inputs(target)).map(|(_, input)| input.len()).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes, {MOST_BYTES} are enough");
}

/// A folder with another name than a target's would be replayed by no test.
#[test]
fn every_pack_and_regression_belongs_to_a_target() {
    let names = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(Path::new(FUZZ).join(folder)).expect("a folder");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        let kept = paths.filter(|path| if folder == "corpus" { path.is_file() } else { path.is_dir() });
        kept.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned()).collect()
    };
    let targets: BTreeSet<String> = ALL.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names("corpus"), targets);
    assert!(names("regressions").is_subset(&targets), "{:?}", names("regressions"));
}
