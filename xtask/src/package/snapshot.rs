//! What a system consists of, to compare it with itself later.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;
use sha2::{Digest as _, Sha256};

/// What is other at each look, or not of the system itself.
const PASSING: &[&str] = &["proc", "sys", "dev", "run", "tmp"];

/// What the first program that shows a letter leaves, and the first that draws a page.
const OF_DRAWING: [&str; 2] = ["var/cache/fontconfig", ".cache/mesa_shader_cache"];

/// Every file, link and folder, with its mode and what is in it.
pub type Snapshot = BTreeMap<PathBuf, (u32, [u8; 32])>;

pub fn snapshot(root: &Path) -> Result<Snapshot> {
    let mut snapshot = Snapshot::new();
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        if !PASSING.iter().any(|name| entry.file_name() == *name) {
            add(&entry.path(), &mut snapshot)?;
        }
    }
    Ok(snapshot)
}

fn add(path: &Path, snapshot: &mut Snapshot) -> Result<()> {
    if OF_DRAWING.iter().any(|cache| path.ends_with(cache)) {
        return Ok(());
    }
    let metadata = fs::symlink_metadata(path)?;
    let content = if metadata.is_symlink() {
        fs::read_link(path)?.into_os_string().into_encoded_bytes()
    } else if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            add(&entry?.path(), snapshot)?;
        }
        vec![]
    } else if metadata.is_file() {
        fs::read(path)?
    } else {
        vec![]
    };
    snapshot.insert(path.to_owned(), (metadata.permissions().mode(), Sha256::digest(content).into()));
    Ok(())
}
