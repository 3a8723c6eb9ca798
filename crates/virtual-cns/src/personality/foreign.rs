//! What foreign cards have in common: an application with a name, or not even that; no PIN, no key, no CNS file.
//!
//! A PIN command to such a card is a mistake of the module; the card counts it (`Card::verify_count`).

use super::Contents;
use crate::filesystem::FileSystem;
use crate::security::Vault;

/// A card with at most one application, which is empty. With a name nothing is current before its SELECT.
pub(super) fn empty_card(name: Option<&[u8]>) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(name);
    let start = Some(root).filter(|_| name.is_none());
    Contents { files, vault: Vault::default(), start, data_objects: Vec::new() }
}
