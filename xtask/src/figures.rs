//! `cargo xtask figures`: how much there is to read, counted in the tree.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use fs_err as fs;
use interop::cargo::workspace;
use interop::programs;

/// A part, the folders that belong to it, and those below them that do not.
type Part = (&'static str, &'static [&'static str], &'static [&'static str]);

/// Parts that came after the figures were agreed on: listed, and in no sum.
const LATER: [&str; 1] = ["cns-minidriver"];

/// The parts that only test.
const TESTS: [&str; 2] = ["testkit", "interop's clients"];

/// What a user installs, and what the project runs itself with. Not counted: tests, benches, examples, fuzz targets, and
/// the virtual cards and readers.
const PARTS: [Part; 12] = [
    ("module (src)", &["src", "build.rs"], &[]),
    ("cns-card", &["crates/cns-card/src"], &[]),
    ("cns-token", &["crates/cns-token/src"], &[]),
    ("cns-cache", &["crates/cns-cache/src"], &[]),
    ("cns-registration", &["crates/cns-registration/src"], &[]),
    ("cns-tool", &["crates/cns-tool/src"], &[]),
    ("cns-minidriver", &["crates/cns-minidriver/src"], &[]),
    ("testkit", &["crates/testkit/src"], &[]),
    ("interop without clients", &["crates/interop/src"], &["crates/interop/src/clients"]),
    ("interop's clients", &["crates/interop/src/clients"], &[]),
    ("pkcs11-workload", &["crates/pkcs11-workload/src"], &[]),
    ("xtask", &["xtask/src"], &[]),
];

/// Prints them; answers the exit code.
pub fn run() -> Result<u8> {
    println!("{:<28}{:>8}{:>16}", "lines of Rust", "all", "without tests");
    let (mut sum, mut product) = ((0, 0), (0, 0));
    for (name, folders, left_out) in PARTS {
        let (mut all, mut code) = (0, 0);
        for file in folders.iter().flat_map(|folder| sources(&workspace().join(folder))) {
            if left_out.iter().any(|folder| file.starts_with(workspace().join(folder))) {
                continue;
            }
            let text = fs::read_to_string(&file)?;
            all += text.lines().count();
            code += if is_test(&file) { 0 } else { lines_of_code(&text) };
        }
        println!("{name:<28}{all:>8}{code:>16}");
        if LATER.contains(&name) {
            continue;
        }
        sum = (sum.0 + all, sum.1 + code);
        if !TESTS.contains(&name) {
            product = (product.0 + all, product.1 + code);
        }
    }
    println!("{:<28}{:>8}{:>16}", "without testkit and clients", product.0, product.1);
    println!("{:<28}{:>8}{:>16}", "together", sum.0, sum.1);
    let mut list = Command::new("git");
    list.arg("ls-files").current_dir(workspace());
    let files = programs::output(&mut list)?.stdout;
    println!("\ntracked files: {}", files.iter().filter(|byte| **byte == b'\n').count());
    println!("circles of files, and names that were replaced: cargo test --test layers");
    Ok(0)
}

fn is_test(file: &Path) -> bool {
    file.ends_with("tests.rs") || file.components().any(|part| part.as_os_str() == "tests")
}

/// The lines that are not in an item with `#[cfg(test)]`.
fn lines_of_code(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            count += 1;
            continue;
        }
        // rustfmt closes an item where it began.
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let mut item = lines.by_ref().skip_while(|line| line.trim_start().starts_with("#["));
        if item.next().is_some_and(|line| line.ends_with('{')) {
            lines.by_ref().find(|line| *line == end);
        }
    }
    count
}

fn sources(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let entries = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    let wanted = entries.filter(|path| path.is_dir() || path.extension().is_some_and(|kind| kind == "rs"));
    wanted.flat_map(|path| sources(&path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_of_tests_is_not_counted_and_what_follows_is() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests;\nfn b() {}\n    #[cfg(test)]\n    #[allow(x)]\n    fn c() {\n    }\n\
                    fn d() {}\n#[cfg(test)]\nmod tests {\n    fn e() {\n    }\n}\n";
        assert_eq!(lines_of_code(text), 3);
    }

    #[test]
    fn every_part_is_there() {
        for (name, folders, left_out) in PARTS {
            for folder in folders.iter().chain(left_out) {
                assert!(!sources(&workspace().join(folder)).is_empty(), "{name}: {folder}");
            }
        }
    }
}
