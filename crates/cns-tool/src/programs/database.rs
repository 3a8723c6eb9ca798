//! A folder with an NSS list of modules.

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
