//! docs/performance.md: what was measured goes between two marks, the prose around them stays.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use fs_err as fs;

use crate::cargo::workspace;

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
