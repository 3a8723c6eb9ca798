//! What the documents name exists: paths, links, members, commands, tests, types and functions.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::LazyLock;

use crate::findings::{Finding, check};
use crate::sources::{FILES, MEMBERS, SOURCES, read, root};

/// Names in CamelCase or with underscores that other projects or systems define.
const NAMES_OF_OTHERS: &[&str] =
    &["Cargo", "Infocamere", "JSign4", "Notification", "PnP", "VirtualLock", "pthread_atfork"];

/// Every word of the sources, their strings and comments included, and of the names of files.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let sources = SOURCES.iter().filter(|source| !source.is_below("tests/layers"));
    sources.flat_map(|source| words(source.text)).chain(FILES.iter().flat_map(|path| words(path))).collect()
});

/// Names that code uses.
static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let tokens =
        SOURCES.iter().filter(|source| !source.is_below("tests/layers")).flat_map(|source| &source.tokens);
    tokens.map(|token| token.text).collect()
});

#[test]
fn paths_in_documents_exist() {
    let mut findings = Vec::new();
    for (document, line, span) in spans() {
        if as_path(span).is_some_and(|path| !exists(document, path)) {
            findings.push(Finding::new(document, format!("line {line}: no file `{span}`")));
        }
    }
    for (document, text) in &*DOCUMENTS {
        for (line, link) in links(text) {
            let target = link.split('#').next().unwrap_or_default();
            let here = document.rsplit_once('/').map_or("", |(folder, _)| folder);
            if !target.is_empty() && !link.contains("://") && !root().join(here).join(target).exists() {
                findings.push(Finding::new(document, format!("line {line}: no file behind the link {link}")));
            }
        }
    }
    // Sources point at documents, too.
    for source in SOURCES.iter().filter(|source| !source.is_below("tests/layers")) {
        for path in source.text.split(|c: char| !is_path_sign(c)).filter(|word| word.starts_with("docs/")) {
            if path.ends_with(".md") && !FILES.contains(path) {
                findings.push(Finding::new(&source.path, format!("no file {path}")));
            }
        }
    }
    check("path in a document", findings);
}

#[test]
fn commands_in_documents_exist() {
    let tasks = tasks();
    let mut findings = Vec::new();
    for (document, text) in &*DOCUMENTS {
        for (at, line) in text.lines().enumerate() {
            for (called, exists) in [
                ("cargo xtask ", &(|name: &str| tasks.contains(name)) as &dyn Fn(&str) -> bool),
                ("--test ", &is_test_target),
                (" -p ", &|name| !line.contains("cargo ") || is_member(name)),
                (" --package ", &|name| !line.contains("cargo ") || is_member(name)),
            ] {
                for rest in line.split(called).skip(1) {
                    let name = rest.split(|c: char| !c.is_alphanumeric() && !"-_".contains(c)).next();
                    let name = name.unwrap_or_default();
                    if name.starts_with(|c: char| c.is_ascii_lowercase()) && !exists(name) {
                        findings.push(Finding::new(document, format!("line {}: no {called}{name}", at + 1)));
                    }
                }
            }
        }
    }
    check("command in a document", findings);
}

#[test]
fn names_in_documents_exist() {
    let mut findings = Vec::new();
    for (document, line, span) in spans() {
        // What only users read speaks of other programs' words.
        if document.starts_with("docs/clients") || span.contains(' ') || span.contains('/') {
            continue;
        }
        for word in words(span) {
            let is_ours = if is_camel_case(word) {
                NAMES.contains(word)
            } else {
                !is_snake_case(word) || WORDS.contains(word)
            };
            if !is_ours && !NAMES_OF_OTHERS.contains(&word) {
                findings.push(Finding::new(document, format!("line {line}: no source defines `{word}`")));
            }
        }
    }
    check("name in a document", findings);
}

/// The worked example compiles, because it is the tree's own code but for comments. The first line of each Rust block
/// names the file.
#[test]
fn the_worked_example_is_the_code_of_the_tree() {
    let text = read("CONTRIBUTING.md");
    let blocks: Vec<_> =
        text.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 1, "the example has code");
    for block in blocks {
        let (first, code) = block.split_once('\n').expect("a line with the file, then code");
        let path = first.trim().strip_prefix("// ").expect("the file");
        let source = read(path);
        let difference = code_of(code).into_iter().find(|line| !code_of(&source).contains(line));
        assert_eq!(difference, None, "{path} has no such line");
        assert!(code_of(&source).join("\n").contains(&code_of(code).join("\n")), "{path} has another order");
    }
}

/// The lines of a text without comments, blanks around them and empty lines.
fn code_of(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).collect()
}

/// Each document and its text; what a release brought stays as it was said.
pub static DOCUMENTS: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let is_document = |path: &&String| {
        path.ends_with(".md")
            && !path.starts_with('.')
            && !path.contains("CHANGELOG")
            && !path.contains("guides/")
    };
    FILES.iter().filter(is_document).map(|path| (path.as_str(), read(path))).collect()
});

/// Every text between single back-quotes, with its document and line.
fn spans() -> impl Iterator<Item = (&'static str, usize, &'static str)> {
    DOCUMENTS.iter().flat_map(|(document, text)| {
        let mut fenced = false;
        let lines = text.lines().enumerate().filter(move |(_, line)| {
            let is_fence = line.trim_start().starts_with("```");
            fenced ^= is_fence;
            !fenced && !is_fence
        });
        lines.flat_map(move |(at, line)| {
            line.split('`').skip(1).step_by(2).map(move |span| (*document, at + 1, span))
        })
    })
}

/// The targets of `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(at, line)| {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.map(move |target| (at + 1, target))
    })
}

/// A span that names a file: with an ending that this repository uses, or in one of its folders.
fn as_path(span: &str) -> Option<&str> {
    const ENDINGS: &[&str] = &[".rs", ".md", ".toml", ".snap", ".sh", ".svg", ".h", ".py"];
    const FOLDERS: &[&str] =
        &["src/", "crates/", "tests/", "docs/", "xtask/", "fuzz/", "packaging/", "benches/", "examples/"];
    // `NAME` stands for any name.
    let is_placeholder = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase());
    let fixed = span
        .split('/')
        .position(is_placeholder)
        .map(|at| span.split('/').take(at).map(|part| part.len() + 1).sum());
    let path = span[..fixed.unwrap_or(span.len())].trim_end_matches('/');
    let is_one_word = !path.is_empty() && path.chars().all(|c| is_path_sign(c) || c == '*');
    let is_ours = ENDINGS.iter().any(|ending| path.ends_with(ending))
        || FOLDERS.iter().any(|folder| span.starts_with(folder));
    (is_one_word && is_ours && !path.starts_with(['/', '~', '-', '.'])).then_some(path)
}

/// In the repository by its whole path, from the document's folder, or as the end of a longer path.
fn exists(document: &str, path: &str) -> bool {
    let here = document.rsplit_once('/').map_or("", |(folder, _)| folder);
    if root().join(path).exists() || root().join(here).join(path).exists() {
        return true;
    }
    if let Some((before, after)) = path.split_once('*') {
        let fits = |file: &&String| file.rsplit_once(before).is_some_and(|(_, rest)| rest.ends_with(after));
        return FILES.iter().any(|file| fits(&file));
    }
    let end = format!("/{path}");
    FILES.iter().any(|file| file.ends_with(&end) || file.contains(&format!("{end}/")))
}

/// The names of `enum Task`, as `clap` writes them.
fn tasks() -> BTreeSet<String> {
    let main = read("xtask/src/main.rs");
    let (_, list) = main.split_once("enum Task {").expect("xtask lists its commands");
    let (list, _) = list.split_once("\n}").expect("the list ends");
    let rows = list.lines().filter_map(|line| line.strip_prefix("    "));
    let names = rows.filter(|row| row.starts_with(char::is_uppercase)).filter_map(|row| words(row).next());
    names.map(kebab_case).chain(["help".to_owned()]).collect()
}

fn kebab_case(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn is_test_target(name: &str) -> bool {
    let is_of = |member: &String| {
        let folder = root().join(member).join("tests");
        folder.join(format!("{name}.rs")).exists() || folder.join(name).join("main.rs").exists()
    };
    MEMBERS.iter().any(is_of)
}

fn is_member(name: &str) -> bool {
    ["cns-pkcs11", "cns-fuzz"].contains(&name)
        || MEMBERS.iter().any(|member| Path::new(member).ends_with(name))
}

fn is_camel_case(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.contains(|c: char| c.is_ascii_lowercase())
        && !word.contains('_')
}

fn is_snake_case(word: &str) -> bool {
    word.trim_matches('_').contains('_')
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_path_sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}
