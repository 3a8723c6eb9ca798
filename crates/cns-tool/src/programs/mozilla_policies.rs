//! Which `policies.json` a browser made of Firefox reads, and which one `setup` writes.
//!
//! It reads one file only: that in `/etc`, or else that in the folder of its installation. What is in the latter comes with
//! the browser: an edit there is lost with the next update, and on systems with a read-only `/usr` it cannot be made. So
//! `setup` writes the one in `/etc`, as a copy with the module added, for the other one then counts no more. What changes
//! there later comes into the copy when `setup` runs again, and the person is told so (docs/decisions/0036).

use std::fs;
use std::path::{Path, PathBuf};

use super::formats::format::FileFormat as _;
use super::formats::policies::Policies;
use super::mozilla::MozillaBrowser;
use super::program::ConfigFile;
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
                self.policy_files(host).find(|path| path.exists()).unwrap_or_else(|| host.at(self.policies))
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
        let template = self.distributed(host).filter(|template| is_administrators(host, template));
        ConfigFile { template, ..ConfigFile::new(path, &Policies) }
    }

    /// Linux: the first that is there counts.
    pub(super) fn policy_files(&self, host: &Host) -> impl Iterator<Item = PathBuf> {
        let all = [self.policies].into_iter().chain(self.distributed_policies.iter().copied());
        all.map(|path| host.at(path))
    }

    /// Those of an installation, unless they cannot be understood: then the browser has none.
    fn distributed(&self, host: &Host) -> Option<PathBuf> {
        let path = self.policy_files(host).skip(1).find(|path| path.exists())?;
        let text = fs::read_to_string(&path).ok()?;
        Policies.modules(&text).is_ok().then_some(path)
    }

    /// That the file at `path` is a copy, and of what.
    pub(super) fn policies_step(&self, language: Language, path: &str, host: &Host) -> Option<String> {
        let file = self.policies_to_write(host);
        let (copied, copy) = (file.template?, host.shown(&file.path));
        if copy != path || !is_copy(&file.path, &copied) {
            return None;
        }
        let (title, copied) = (self.title, host.shown(&copied));
        let command = own_program::with_sudo(&["setup", self.name], &host.system);
        let command = own_program::typed(&command, &host.system);
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

fn our_module(policies: &Path) -> Option<String> {
    let text = fs::read_to_string(policies).ok()?;
    Policies.our_modules(&text).ok()?.into_iter().next()
}

/// Whether a file is what `setup` makes of another.
fn is_copy(file: &Path, of: &Path) -> bool {
    let made = || {
        let (text, module) = (fs::read_to_string(of).ok()?, our_module(file)?);
        Some(Policies.add(Some(&text), &module).ok()?.text)
    };
    made().is_some_and(|made| fs::read_to_string(file).is_ok_and(|text| text == made))
}
