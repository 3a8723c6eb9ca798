//! Which `policies.json` a browser made of Firefox reads, and which one `setup` writes.
//!
//! It reads one file only: that in `/etc`, or else that in the folder of its installation. What is in the latter comes with
//! the browser: an edit there is lost with the next update, and on systems with a read-only `/usr` it cannot be made. So
//! `setup` writes the one in `/etc`, as a copy with the module added, for the other one then counts no more. What changes
//! there later comes into the copy when `setup` runs again, and the person is told so. Where installations have policies
//! that differ, a copy of one would rule the others, too, so there each user registers the module (docs/decisions/0036).

use std::fs;
use std::path::{Path, PathBuf};

use super::config_file::{ConfigFile, Template};
use super::formats::format::FileFormat as _;
use super::formats::policies::Policies;
use super::mozilla::MozillaBrowser;
use crate::host::{Host, OperatingSystem, os, own_program};
use crate::text::Language;

impl MozillaBrowser {
    /// The policies that are read now: a file that may not be there yet. On Windows and macOS it belongs to the
    /// installation.
    pub(super) fn policies(&self, host: &Host) -> PathBuf {
        match host.system.operating_system {
            OperatingSystem::Windows => {
                let there = self.windows_installations(host).find(|folder| folder.is_dir());
                let usual = || PathBuf::from(r"C:\Program Files").join(self.windows_installation);
                let folder = there.or_else(|| self.windows_installations(host).next()).unwrap_or_else(usual);
                folder.join("distribution").join("policies.json")
            }
            OperatingSystem::MacOs => {
                host.at(self.bundle).join("Contents/Resources/distribution/policies.json")
            }
            OperatingSystem::Linux => {
                let everybodys = host.at(self.policies);
                if everybodys.exists() {
                    return everybodys;
                }
                let installed: Vec<_> = self.packaged(host).filter(|path| path.exists()).collect();
                let named = installed.iter().find(|path| our_module(path).is_some());
                let differ = self.template(host) == Template::Different;
                named.or(installed.first().filter(|_| !differ)).cloned().unwrap_or(everybodys)
            }
        }
    }

    /// Those that name the module, or are to.
    pub(super) fn policies_to_write(&self, host: &Host) -> ConfigFile {
        let (read, everybodys) = (self.policies(host), host.at(self.policies));
        let is_everybodys = read == everybodys || host.system.operating_system != OperatingSystem::Linux;
        // By an earlier version of this program; or another user could have put it there, and with the administrator's
        // copy would rule everybody's browser.
        if !is_everybodys && (our_module(&read).is_some() || !is_administrators(host, &read)) {
            return ConfigFile::new(read, &Policies);
        }
        let path = if is_everybodys { read } else { everybodys };
        let template = match self.template(host) {
            Template::File(template) if !is_administrators(host, &template) => Template::Nothing,
            template => template,
        };
        ConfigFile { template, ..ConfigFile::new(path, &Policies) }
    }

    /// Linux: the first that is there counts.
    pub(super) fn policy_files(&self, host: &Host) -> impl Iterator<Item = PathBuf> {
        let all = [self.policies].into_iter().chain(self.distributed_policies.iter().copied());
        all.map(|path| host.at(path))
    }

    /// Those of the installations.
    fn packaged(&self, host: &Host) -> impl Iterator<Item = PathBuf> {
        self.installations(host).into_iter().map(|folder| folder.join("distribution/policies.json"))
    }

    /// What a file in `/etc` puts out of force. Policies that cannot be understood count for none, as for the browser.
    fn template(&self, host: &Host) -> Template {
        let text = |path: &Path| fs::read_to_string(path).ok().filter(|text| Policies.modules(text).is_ok());
        let all: Vec<_> = self.packaged(host).map(|path| (text(&path), path)).collect();
        if all.windows(2).any(|two| two[0].0 != two[1].0) {
            return Template::Different;
        }
        let first = all.into_iter().find(|(text, _)| text.is_some());
        first.map_or(Template::Nothing, |(_, path)| Template::File(path))
    }

    /// That the file at `path` is a copy, and of what.
    pub(super) fn policies_step(&self, language: Language, path: &str, host: &Host) -> Option<String> {
        let file = self.policies_to_write(host);
        let Template::File(copied) = &file.template else { return None };
        if host.shown(&file.path) != path || !is_copy(&file) {
            return None;
        }
        let (title, copied) = (self.title, host.shown(copied));
        let command = own_program::typed_with_sudo(&["setup", self.name], &host.system);
        Some(language.pick(
            format!(
                "{title} ora legge i suoi criteri da {path}, una copia di {copied} con il driver in più.\nSe {copied} \
                 cambia, per esempio con un aggiornamento, esegui di nuovo:\n  {command}"
            ),
            format!(
                "{title} now reads its policies from {path}, a copy of {copied} with the driver added.\nWhen {copied} \
                 changes, as by an update, run again:\n  {command}"
            ),
        ))
    }
}

/// Whether nobody but the administrator can have written the file or led to it, and everybody may read it.
fn is_administrators(host: &Host, path: &Path) -> bool {
    let is_safe = |part: &Path| {
        let (entry, folder) = (fs::symlink_metadata(part), part.parent().map(fs::metadata));
        let (Ok(entry), Some(Ok(folder))) = (entry, folder) else { return false };
        let above_is_root = part.parent() == Some(&*host.system.root);
        os::owner(&entry) == Some(0) && (above_is_root || !os::may_be_anothers(&folder, &entry))
    };
    let all_safe = |path: &Path| {
        let parts = path.ancestors().take_while(|part| *part != host.system.root);
        parts.collect::<Vec<_>>().into_iter().all(is_safe)
    };
    let is_readable = fs::metadata(path).is_ok_and(|found| os::is_open_to_all(&found));
    is_readable && all_safe(path) && path.canonicalize().is_ok_and(|real| all_safe(&real))
}

/// The module, as they name it.
pub(super) fn our_module(policies: &Path) -> Option<String> {
    let text = fs::read_to_string(policies).ok()?;
    Policies.our_modules(&text).ok()?.into_iter().next()
}

/// Whether a file is what `setup` makes of its template.
fn is_copy(file: &ConfigFile) -> bool {
    let made = || Some(Policies.add(Some(&file.copied()?), &our_module(&file.path)?).ok()?.text);
    made().is_some_and(|made| fs::read_to_string(&file.path).is_ok_and(|text| text == made))
}
