//! The repository as the rules see it: its members, its files, and each Rust file as tokens.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::tokens::{Token, tokens, without_unit_tests};

/// One Rust file.
pub struct Source {
    /// From the root of the repository, with `/`.
    pub path: String,
    pub text: &'static str,
    pub is_test: bool,
    /// All of it, without comments.
    pub tokens: Vec<Token>,
    /// The same without unit tests.
    pub code: Vec<Token>,
}

impl Source {
    /// Lines up to the unit tests.
    pub fn length(&self) -> usize {
        self.text.lines().take_while(|line| *line != "#[cfg(test)]").count()
    }

    /// Lines up to the unit tests without their comments, numbered from one.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let code = self.text.lines().take_while(|line| *line != "#[cfg(test)]");
        code.map(|line| line.split("//").next().unwrap_or_default())
            .enumerate()
            .map(|(at, line)| (at + 1, line))
    }

    pub fn is_below(&self, folder: &str) -> bool {
        self.path == folder || self.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    /// The workspace member it belongs to; tests of the root package count as that.
    pub fn member(&self) -> &'static str {
        let inside = |member: &&String| member.as_str() != "." && self.is_below(member);
        MEMBERS.iter().find(inside).map_or(".", String::as_str)
    }
}

/// Every file of the repository, by its path from the root.
pub static FILES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut files = BTreeSet::new();
    collect(root(), &mut files);
    files
});

pub static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let rust = FILES.iter().filter(|path| path.ends_with(".rs"));
    rust.map(|path| {
        let text: &'static str = read(path).leak();
        let tokens = tokens(text);
        Source {
            is_test: ["tests/", "benches/", "examples/"].iter().any(|folder| path.contains(folder))
                || path.ends_with("/tests.rs"),
            code: without_unit_tests(&tokens),
            tokens,
            text,
            path: path.clone(),
        }
    })
    .collect()
});

/// The folders of all members, as the manifest lists them, and the fuzz targets, a workspace of their own.
pub static MEMBERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let manifest = read("Cargo.toml");
    let list = manifest.split_once("members = [").and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = list.expect("the manifest lists the members");
    list.split('"').skip(1).step_by(2).map(str::to_owned).chain(["fuzz".to_owned()]).collect()
});

/// The sources below a folder; a folder that holds none is a mistake in the rule.
pub fn below(folder: &str) -> Vec<&'static Source> {
    let sources: Vec<_> = SOURCES.iter().filter(|source| source.is_below(folder)).collect();
    assert!(!sources.is_empty(), "{folder} holds no source file");
    sources
}

/// What is in the shared library, and in the minidriver.
pub fn product() -> Vec<&'static Source> {
    let folders = [
        "src",
        "crates/cns-token/src",
        "crates/cns-card/src",
        "crates/cns-cache/src",
        "crates/cns-minidriver/src",
    ];
    folders.into_iter().flat_map(below).collect()
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, files: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() {
            if !matches!(&*name, "target" | ".git") {
                collect(&path, files);
            }
        } else {
            let path = path.strip_prefix(root()).expect("it lies in the repository");
            files.insert(path.to_string_lossy().replace('\\', "/"));
        }
    }
}
