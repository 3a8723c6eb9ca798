//! Where and for whom the module is registered, and why a file must not be read or written: what it is, whose it is,
//! and who could have put it there.

use std::fs;
use std::path::{Path, PathBuf};

use super::outcome::Outcome;
use crate::host::{Host, os};
use crate::programs::config_file::ConfigFile;
use crate::programs::program::Program;
use crate::programs::scope::Scope;

/// Where the module is registered, for whom, and whether anything is written.
#[derive(Debug)]
pub struct Registrar<'a> {
    /// Where.
    pub host: &'a Host,
    /// For whom.
    pub scope: Scope,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

impl Registrar<'_> {
    /// Where the backup log is.
    #[must_use]
    pub fn log_folder(&self) -> Option<PathBuf> {
        match self.scope {
            Scope::Everybody => Some(self.host.shared_state()?.join("cns/setup")),
            Scope::User => Some(self.host.state()?.join("cns/setup")),
        }
    }

    /// Why the file must not be read: opening it could wait for ever, or lead where somebody else wants.
    pub(crate) fn refuse_read(&self, file: &ConfigFile) -> Option<Outcome> {
        if let Some(link) = dangling_link(&file.path) {
            return Some(Outcome::DanglingLink(self.host.shown(link)));
        }
        let administrator = self.host.is_administrator();
        if let Some(link) = administrator.then(|| self.link_of_another(&file.path)).flatten() {
            return Some(Outcome::LinkOfAnother(link));
        }
        let other = fs::metadata(&file.path).is_ok_and(|found| !found.is_file());
        other.then_some(Outcome::NotAFile)
    }

    /// Why the file must not be written now.
    pub(crate) fn refuse_write(&self, file: &ConfigFile) -> Option<Outcome> {
        if let Some(browser) = file.open_in {
            return Some(Outcome::Open(browser));
        }
        if fs::metadata(&file.path).is_ok_and(|found| os::names(&found) > 1) {
            return Some(Outcome::HardLinked);
        }
        if self.is_for_everybody(file) {
            return None;
        }
        let existing = file.path.ancestors().find(|path| path.exists())?;
        let owner = os::owner(&fs::metadata(existing).ok()?)?;
        match (owner, self.host.is_administrator()) {
            (0, false) => Some(Outcome::RootOwned),
            (1.., true) => Some(Outcome::HomeOfAnother),
            _ => None,
        }
    }

    /// Whether other users' programs read the file. The database of a browser is its user's, also root's.
    pub(crate) fn is_for_everybody(&self, file: &ConfigFile) -> bool {
        self.scope == Scope::Everybody && !file.format.is_of_one_user()
    }

    /// Why everybody's programs do not see a file that is there.
    pub(crate) fn hidden_from_everybody(&self, file: &ConfigFile) -> Option<Outcome> {
        if !self.is_for_everybody(file) {
            return None;
        }
        let real = fs::canonicalize(&file.path).ok()?;
        let root = fs::canonicalize(&self.host.system.root).ok()?;
        let below = real.ancestors().take_while(|above| **above != *root);
        let closed = below.filter(|above| fs::metadata(above).is_ok_and(|found| !os::is_open_to_all(&found)));
        // The outermost first: what is in there cannot be reached anyway.
        closed.last().map(|closed| Outcome::NotForEverybody(self.host.shown(closed)))
    }

    /// A link that somebody besides the administrator could have put there.
    fn link_of_another(&self, path: &Path) -> Option<String> {
        let root = &self.host.system.root;
        let mut above: Vec<&Path> = path.ancestors().take_while(|above| *above != root).collect();
        above.reverse();
        let mut others = false;
        for part in above {
            let Ok(entry) = fs::symlink_metadata(part) else { return None };
            let folder = part.parent().filter(|folder| folder != root);
            let folder = folder.and_then(|folder| fs::metadata(folder).ok());
            others |= folder.is_some_and(|folder| os::may_be_anothers(&folder, &entry));
            if others && entry.is_symlink() {
                return Some(self.host.shown(part));
            }
        }
        None
    }
}

/// One thing that was done, or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupResult {
    /// Which program it is about.
    pub program: &'static dyn Program,
    /// The file, as a person writes it; empty where it is about none.
    pub path: String,
    /// What happened to it.
    pub outcome: Outcome,
}

/// A link on the way to the file that leads nowhere.
fn dangling_link(path: &Path) -> Option<&Path> {
    let is_link = |path: &&Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    path.ancestors().filter(|above| fs::metadata(above).is_err()).find(is_link)
}
