//! The snapshots of the tests of `cns`.

use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::cargo::workspace;

/// The section TITLE of the snapshot NAME of the tests of `cns`, for `NAME#TITLE`, or all of it.
pub fn snapshot(name: &str) -> Result<String> {
    let (name, title) = name.split_once('#').unwrap_or((name, ""));
    let path = workspace().join("crates/cns-tool/tests/snapshots").join(format!("{name}.snap"));
    let file = fs::read_to_string(&path)?;
    let body = file.splitn(3, "---\n").nth(2).context("a snapshot has a head")?;
    if title.is_empty() {
        return Ok(body.to_owned());
    }
    let sections = format!("\n{body}");
    let mut sections = sections.split("\n# ").filter_map(|section| section.split_once('\n'));
    let section = sections.find(|(found, _)| *found == title);
    Ok(section.with_context(|| format!("no section {title:?} in {}", path.display()))?.1.to_owned())
}
