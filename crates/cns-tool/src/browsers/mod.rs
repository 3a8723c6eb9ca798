//! Where browsers keep their lists of modules, and whether they are open: read by `setup` and `doctor`.
//!
//! Nothing here writes.

pub mod chromium;
pub mod firefox;
mod in_use;
pub mod sandboxed;

use std::path::PathBuf;

/// A folder with an NSS list of modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// The folder; it need not exist yet.
    pub folder: PathBuf,
    /// Who has it open now: the name of the browser.
    pub open_in: Option<&'static str>,
}

impl Database {
    /// The list itself.
    #[must_use]
    pub fn list(&self) -> PathBuf {
        self.folder.join("pkcs11.txt")
    }
}
