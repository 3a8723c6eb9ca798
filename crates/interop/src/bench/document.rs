//! docs/performance.md: what was measured goes between two marks, the prose around them stays; and the machine it was
//! measured on, in a line.

use std::path::PathBuf;
use std::thread::available_parallelism;

use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::cargo::workspace;
use crate::packages;

const BEGIN: &str = "<!-- cargo xtask bench --write: from here -->";
const END: &str = "<!-- cargo xtask bench --write: to here -->";

fn page() -> PathBuf {
    workspace().join("docs/performance.md")
}

/// Puts `text` into the page and `picture` beside it.
pub fn write(text: &str, picture: &str) -> Result<()> {
    let old = fs::read_to_string(page()).context("docs/performance.md")?;
    fs::write(page(), replaced(&old, text)?)?;
    fs::write(page().with_extension("svg"), picture)?;
    Ok(())
}

fn replaced(page: &str, text: &str) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("the page lacks {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page lacks {END}"))?;
    Ok(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", text.trim()))
}

/// The machine a run was made on: processor, cores, system, pcscd and vpcd. No name of the machine.
pub fn machine() -> String {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = available_parallelism().map_or(1, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/ostype").unwrap_or_default();
    let packages = ["pcscd", "vsmartcard-vpcd", "firefox-esr"].map(packages::version);
    format!("{model}, {cores} cores, {}, {}", kernel.trim(), packages.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prose_stays() {
        let old = format!("# Title\n{BEGIN}\nold\n{END}\nfoot\n");
        let new = replaced(&old, "new").unwrap();
        assert_eq!(new, format!("# Title\n{BEGIN}\n\nnew\n\n{END}\nfoot\n"));
        assert_eq!(replaced(&new, "new").unwrap(), new);
        assert!(replaced("no marks", "new").is_err());
    }

    #[test]
    fn the_page_has_its_marks() {
        let page = fs::read_to_string(page()).unwrap();
        assert!(replaced(&page, "").is_ok());
    }
}
