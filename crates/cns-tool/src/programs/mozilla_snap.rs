//! A browser made of Firefox as a snap: its profiles, the copy of the module that it loads, and its way to pcscd.

use std::ffi::OsStr;
use std::path::Path;

use super::config_file::ConfigFile;
use super::mozilla::MozillaBrowser;
use super::nss;
use super::program::ProgramState;
use super::sandbox;
use super::snap_interface::{SnapInterface, pcscd_interface};
use crate::host::Host;
use crate::pkcs11::module_path::{is_our_module, module_file_name};
use crate::text::Language;

impl MozillaBrowser {
    /// Those of the snap, which loads a copy of the module. Its starter has had `profiles.ini` in three places.
    pub(super) fn snap_profiles(&self, host: &Host) -> Vec<ConfigFile> {
        let Some(common) = self.snap.and_then(|snap| sandbox::snap_folder(host, snap)) else {
            return Vec::new();
        };
        let (settings, newer) = (common.join(".config"), self.home_folder.trim_start_matches('.'));
        let folders = [common.join(self.home_folder), settings.join(newer), settings.join(self.home_folder)];
        let mut lists = self.lists_in(host, &folders);
        for list in &mut lists {
            list.module_copy = Some(common.join("cns").join(module_file_name!()));
        }
        lists
    }

    /// Whether the snap, where it knows the module, reaches pcscd.
    pub(super) fn interface(
        &'static self,
        host: &Host,
        snap: &'static str,
        module: Option<&str>,
    ) -> Option<ProgramState> {
        let lists = self.snap_profiles(host);
        let states = nss::states(self, host, (&lists, true), module);
        if !states.iter().any(|state| matches!(state, ProgramState::Registered { .. })) {
            return None;
        }
        match pcscd_interface(host, snap)? {
            SnapInterface::Connected => None,
            SnapInterface::NotConnected => Some(ProgramState::SnapNotConnected { program: self, snap }),
            SnapInterface::Missing => Some(ProgramState::SnapWithoutInterface { program: self, snap }),
        }
    }

    /// Whether `setup` has made the copy of the module at this path, by its place.
    pub(super) fn made_copy(&self, host: &Host, path: &Path) -> bool {
        let own = self.snap.and_then(|snap| Some(host.home()?.join("snap").join(snap)));
        let own = self.takes_unknown_files || own.is_some_and(|folder| path.starts_with(folder));
        own && path.file_name().and_then(OsStr::to_str).is_some_and(is_our_module)
    }

    /// What is left to do once a list of the snap names the copy.
    pub(super) fn snap_step(&self, language: Language, path: &str) -> Option<String> {
        let snap = self.snap.filter(|snap| path.contains(&format!("/snap/{snap}/common/")))?;
        let title = self.title;
        Some(language.pick(
            format!(
                "{title} è uno snap: per dargli accesso al lettore esegui una volta questo comando:\n  \
                 sudo snap connect {snap}:pcscd\nNon lo abbiamo provato con un vero snap. Se non funziona: cns guide \
                 browser"
            ),
            format!(
                "{title} is a snap: for it to see the reader, run this once:\n  sudo snap connect \
                 {snap}:pcscd\nWe have not tried it with a real snap. If it does not work: cns guide browser"
            ),
        ))
    }
}
