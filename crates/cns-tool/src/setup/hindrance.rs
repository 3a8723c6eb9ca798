//! Why a file must not be read or written: what it is, whose it is, and who could have put it there.

use std::fs;
use std::path::Path;

use super::client::{Place, Scope};
use super::format::Format;
use super::note::What;
use super::work::Work;
use crate::host::os;

impl Work<'_> {
    /// Why the file must not be read: opening it could wait for ever, or lead where somebody else wants.
    pub(super) fn not_to_be_read(&self, place: &Place) -> Option<What> {
        if let Some(link) = dangling_link(&place.path) {
            return Some(What::DanglingLink { link: self.host.shown(link) });
        }
        let administrator = self.host.is_administrator();
        if let Some(link) = administrator.then(|| self.link_of_another(&place.path)).flatten() {
            return Some(What::LinkOfAnother { link });
        }
        let other = fs::metadata(&place.path).is_ok_and(|found| !found.is_file());
        other.then_some(What::NotAFile)
    }

    /// Why the file must not be written now.
    pub(super) fn hindrance(&self, place: &Place) -> Option<What> {
        if let Some(browser) = place.open_in {
            return Some(What::Open { browser });
        }
        if fs::metadata(&place.path).is_ok_and(|found| os::names(&found) > 1) {
            return Some(What::HardLinked);
        }
        if self.is_for_everybody(place) {
            return None;
        }
        let existing = place.path.ancestors().find(|path| path.exists())?;
        let owner = os::owner(&fs::metadata(existing).ok()?)?;
        match (owner, self.host.is_administrator()) {
            (0, false) => Some(What::RootOwned),
            (1.., true) => Some(What::HomeOfAnother),
            _ => None,
        }
    }

    /// Whether other users' programs read the file. The database of a browser is its user's, also root's.
    pub(super) fn is_for_everybody(&self, place: &Place) -> bool {
        self.scope == Scope::Everybody && place.format != Format::NssModules
    }

    /// Why everybody's programs do not see a file that is there.
    pub(super) fn hidden_from_everybody(&self, place: &Place) -> Option<What> {
        if !self.is_for_everybody(place) {
            return None;
        }
        let real = fs::canonicalize(&place.path).ok()?;
        let root = fs::canonicalize(&self.host.system.root).ok()?;
        let below = real.ancestors().take_while(|above| **above != *root);
        let closed = below.filter(|above| fs::metadata(above).is_ok_and(|found| !os::is_open_to_all(&found)));
        // The outermost first: what is in there cannot be reached anyway.
        closed.last().map(|closed| What::NotForEverybody { closed: self.host.shown(closed) })
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

/// A link on the way to the file that leads nowhere.
fn dangling_link(path: &Path) -> Option<&Path> {
    let is_link = |path: &&Path| fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    path.ancestors().filter(|above| fs::metadata(above).is_err()).find(is_link)
}
