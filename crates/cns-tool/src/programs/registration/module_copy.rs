//! A copy of the module where a browser in a sandbox may load it. It is ours as long as it holds what was written; the
//! backup log knows it by its fingerprint.

use std::fs;
use std::path::Path;

use super::outcome::Outcome;
use super::registrar::Registrar;
use crate::console::interrupt;
use crate::programs::config_file::ConfigFile;
use crate::programs::files::atomic_write;
use crate::programs::files::backup_log::BackupLog;
use crate::programs::formats::nss_modules::NssModules;

/// Programs only read it; a library need not be executable.
const MODE: u32 = 0o644;

impl Registrar<'_> {
    /// Makes the copy, or brings it up to date. A browser that has the old one loaded goes on with it.
    pub(super) fn copy_module(
        &self,
        module: &str,
        copy: &Path,
        log: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        self.check_copy(copy)?;
        let wanted = fs::read(self.host.at(module))?;
        let now = atomic_write::read(copy)?;
        if now.as_ref() == Some(&wanted) {
            return Ok(Outcome::Already);
        }
        if now.as_ref().is_some_and(|now| !is_ours(copy, now, log)) {
            return Err(Outcome::InUse);
        }
        if self.dry_run {
            return Ok(Outcome::WouldCopy);
        }
        let _whole = interrupt::uninterrupted();
        if let Some(folder) = copy.parent() {
            log.record_folders(atomic_write::missing_folders(folder))?;
            atomic_write::make_folder(folder, 0o700)?;
        }
        atomic_write::can_exchange(copy, MODE)?;
        log.record(copy, now.as_deref(), None, (&wanted, Vec::new()))?;
        atomic_write::exchange(copy, now.as_deref(), &wanted, MODE)?;
        Ok(Outcome::Copied)
    }

    /// Removes the copy if it holds what was written, or `any` that is there.
    pub(super) fn remove_copy(
        &self,
        copy: &Path,
        any: bool,
        log: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        self.check_copy(copy)?;
        let now = atomic_write::read(copy)?;
        if !any && now.as_ref().is_some_and(|now| !is_ours(copy, now, log)) {
            return Err(Outcome::EditedSince);
        }
        if self.dry_run {
            return Ok(Outcome::WouldRemove);
        }
        let _whole = interrupt::uninterrupted();
        if let Some(now) = now {
            atomic_write::remove(copy, &now)?;
        }
        log.remove(copy)?;
        Ok(Outcome::CopyRemoved)
    }

    fn check_copy(&self, copy: &Path) -> Result<(), Outcome> {
        // One user's, as that user's list of modules.
        let file = ConfigFile::new(copy.to_owned(), &NssModules);
        let refusal = self.refuse_read(&file).or_else(|| self.refuse_write(&file));
        refusal.map_or(Ok(()), Err)
    }
}

fn is_ours(copy: &Path, now: &[u8], log: &BackupLog) -> bool {
    log.entry(copy).is_some_and(|entry| entry.is_as_written(now))
}
