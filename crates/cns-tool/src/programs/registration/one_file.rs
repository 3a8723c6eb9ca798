//! One file: the module added to it, or what was added taken back.
//!
//! Of what stands in a file only the bytes that the log names are ours. All else is a person's, also where it names our
//! module: it is reported, and taken out only when the person names the program.

use std::io;

use super::outcome::Outcome;
use super::registrar::Registrar;
use crate::console::interrupt;
use crate::programs::config_file::ConfigFile;
use crate::programs::files::atomic_write;
use crate::programs::files::backup_log::BackupLog;
use crate::programs::files::log_entry::Entry;
use crate::programs::formats::format::{Edit, Refusal};
use crate::programs::formats::malformed::Malformed;

/// A file to be changed, and the log to note it in.
pub(super) struct OneFile<'a> {
    pub(super) registrar: &'a Registrar<'a>,
    pub(super) file: &'a ConfigFile,
    pub(super) log: &'a mut BackupLog,
}

/// What a file holds, by the log.
enum Content {
    /// Nothing of ours. `None`: there is no file.
    NotOurs(Option<String>),
    /// Our bytes as they were written; what the file is without them. `true` if that is the file as it was found, to the
    /// byte.
    Ours(Option<String>, bool),
    /// Our bytes, changed by a person: they are that person's now.
    Edited(String),
}

impl OneFile<'_> {
    /// Adds the module, or corrects its path.
    pub(super) fn register(&mut self, module: &str) -> Result<Outcome, Outcome> {
        let format = self.file.format;
        let before = self.text()?;
        let now = before.as_deref();
        let named = now.map_or(Ok(Vec::new()), |now| format.our_modules(now)).map_err(Outcome::Malformed)?;
        match self.content(now)? {
            Content::Edited(text) if !named.is_empty() => {
                if named == [module] {
                    return Ok(self.already(&text));
                }
                // The path alone; what is ours stays what the log says.
                let edit = format.with_path(&text, &|path| path != module, module);
                self.put(now, Some(&edit.ok_or(Outcome::EditedSince)?.text))?;
                Ok(self.registered())
            }
            // One that was not there before is made anew: a copy follows what it is a copy of.
            Content::Ours(Some(_), _) if named == [module] && !format.may_be_outdated() => {
                Ok(self.already(now.unwrap_or_default()))
            }
            Content::Edited(text) => self.add(now, Some(text), module),
            Content::NotOurs(base) | Content::Ours(base, _) => self.add(now, base, module),
        }
    }

    /// Adds the module to the file, which is `base` without us.
    fn add(&mut self, now: Option<&str>, base: Option<String>, module: &str) -> Result<Outcome, Outcome> {
        let (registrar, format) = (self.registrar, self.file.format);
        let text = base.as_deref().unwrap_or_default();
        let edit = match format.our_modules(text).unwrap_or_default().as_slice() {
            [] => match format.other_module(registrar.host, registrar.scope, text) {
                Some((by, file)) => {
                    return Err(Outcome::Occupied(format!("{by} ({})", registrar.host.shown(&file))));
                }
                None => format.add(base.clone().or_else(|| self.file.copied()).as_deref(), module)?,
            },
            // A person has named it: once is enough.
            [one] if one == module || !self.is_missing(one) => {
                if now != base.as_deref() {
                    self.put(now, base.as_deref())?;
                    self.log.remove(&self.file.path)?;
                }
                return Ok(if one == module { self.already(text) } else { Outcome::Elsewhere(one.clone()) });
            }
            [one] => {
                let edit = format.with_path(text, &|path| path == one, module);
                edit.ok_or_else(|| Outcome::Elsewhere(one.clone()))?
            }
            _ => return Err(Outcome::Twice),
        };
        if now == Some(edit.text.as_str()) {
            return Ok(self.already(&edit.text));
        }
        self.check_write()?;
        if !registrar.dry_run {
            self.write(now, base.as_deref(), edit)?;
        }
        Ok(self.registered())
    }

    /// Logs the change, then writes. What to give back later is what is there without us.
    fn write(&mut self, now: Option<&str>, base: Option<&str>, edit: Edit) -> io::Result<()> {
        let _whole = interrupt::uninterrupted();
        let (path, mode) = (&self.file.path, self.mode());
        if let Some(folder) = path.parent() {
            self.log.record_folders(atomic_write::missing_folders(folder))?;
            let everybody = self.registrar.is_for_everybody(self.file);
            atomic_write::make_folder(folder, if everybody { 0o755 } else { 0o700 })?;
        }
        // Nothing new is logged of a file that cannot be written.
        atomic_write::can_exchange(path, mode)?;
        let (now, text) = (now.map(str::as_bytes), edit.text.as_bytes());
        self.log.record(path, now, base.map(str::as_bytes), (text, edit.changes))?;
        atomic_write::exchange(path, now, text, mode)
    }

    /// Takes back what was added; `named` says that the person named this program.
    pub(super) fn unregister(&mut self, named: bool) -> Result<Vec<Outcome>, Outcome> {
        let format = self.file.format;
        let before = self.text()?;
        let Some(now) = before.as_deref() else {
            self.log.remove(&self.file.path)?;
            return Ok(Vec::new());
        };
        let mut edited = false;
        let (base, mut done) = match self.content(Some(now))? {
            Content::NotOurs(_) => {
                self.log.remove(&self.file.path)?;
                (Some(now.to_owned()), Vec::new())
            }
            Content::Ours(base, as_found) => {
                let created = self.log.entry(&self.file.path).is_some_and(Entry::created_file);
                let base = base.filter(|base| !(created && format.is_nothing(base)));
                (base, vec![if as_found { Outcome::Restored } else { Outcome::TakenOut }])
            }
            Content::Edited(_) if format.our_modules(now).is_ok_and(|named| named.is_empty()) => {
                self.log.remove(&self.file.path)?;
                return Ok(Vec::new());
            }
            Content::Edited(_) => {
                edited = true;
                (Some(now.to_owned()), Vec::new())
            }
        };
        let mut after = base.clone();
        // A file that cannot be understood is not one to look for the module in.
        let base = base.filter(|base| format.our_modules(base).is_ok_and(|named| !named.is_empty()));
        if let Some(base) = base {
            let rest = if named { format.take_out(&base)? } else { None };
            match rest {
                Some(rest) => {
                    after = Some(rest).filter(|rest| !rest.is_empty() || !format.is_only_ours());
                    done = vec![Outcome::TakenOut];
                }
                None if edited => done.push(Outcome::EditedSince),
                None => done.push(Outcome::ByHand(named)),
            }
        }
        if after.as_deref() == Some(now) {
            return Ok(done);
        }
        self.put(Some(now), after.as_deref())?;
        if self.registrar.dry_run {
            return Ok(vec![Outcome::WouldRemove]);
        }
        self.log.remove(&self.file.path)?;
        Ok(done)
    }

    fn content(&self, now: Option<&str>) -> Result<Content, Outcome> {
        let format = self.file.format;
        let (Some(now), Some(entry)) = (now, self.log.entry(&self.file.path)) else {
            return Ok(Content::NotOurs(now.map(str::to_owned)));
        };
        let original = self.log.original(entry)?;
        let original = original.map(|original| String::from_utf8_lossy(&original).into_owned());
        if original.as_deref() == Some(now) {
            return Ok(Content::NotOurs(original));
        }
        if entry.is_as_written(now.as_bytes()) {
            return Ok(Content::Ours(original, true));
        }
        let undone = entry.changes().find_map(|changes| format.undo(now, changes));
        let undone = undone.or_else(|| {
            let modules = format.our_modules(now).ok()?;
            let edits = modules.iter().filter_map(|module| format.first_version(original.as_deref(), module));
            let written = edits.into_iter().find(|edit| entry.is_as_written(edit.text.as_bytes()))?;
            format.undo(now, &written.changes)
        });
        Ok(undone.map_or_else(|| Content::Edited(now.to_owned()), |base| Content::Ours(Some(base), false)))
    }

    /// Whether the module is not at the path that a program looks for it at. A name without a folder is looked for in
    /// folders of that program's own. One that needs a copy finds it at no other place.
    fn is_missing(&self, path: &str) -> bool {
        self.file.module_copy.is_some()
            || path.contains(['/', '\\']) && !self.registrar.host.at(path).is_file()
    }

    /// Writes the file, or removes it; with `--dry-run` only checks whether that may be done.
    fn put(&self, now: Option<&str>, after: Option<&str>) -> Result<(), Outcome> {
        self.check_write()?;
        if self.registrar.dry_run {
            return Ok(());
        }
        let _whole = interrupt::uninterrupted();
        let now = now.map(str::as_bytes);
        match after {
            Some(after) => atomic_write::exchange(&self.file.path, now, after.as_bytes(), self.mode())?,
            None => atomic_write::remove(&self.file.path, now.unwrap_or_default())?,
        }
        Ok(())
    }

    fn check_write(&self) -> Result<(), Outcome> {
        self.registrar.refuse_write(self.file).map_or(Ok(()), Err)
    }

    /// The mode of a new file.
    fn mode(&self) -> u32 {
        self.file.format.mode(self.registrar.is_for_everybody(self.file))
    }

    fn already(&self, text: &str) -> Outcome {
        if self.file.format.is_outdated(text) {
            return Outcome::Incomplete;
        }
        self.registrar.hidden_from_everybody(self.file).unwrap_or(Outcome::Already)
    }

    /// Only of a file that the program will see.
    fn registered(&self) -> Outcome {
        if self.registrar.dry_run {
            return Outcome::WouldRegister;
        }
        let text = self.text().ok().flatten().unwrap_or_default();
        if self.file.format.our_modules(&text).is_ok_and(|named| named.is_empty()) {
            return io::Error::from(io::ErrorKind::InvalidData).into();
        }
        if self.file.format.is_outdated(&text) {
            return Outcome::Incomplete;
        }
        let backup = self.log.backup(&self.file.path).map(|backup| self.registrar.host.shown(&backup));
        self.registrar.hidden_from_everybody(self.file).unwrap_or(Outcome::Registered(backup))
    }

    /// Whether there is no file, or it is as `setup` made it.
    pub(super) fn is_all_ours(&self) -> Result<bool, Outcome> {
        let Some(text) = self.text()? else { return Ok(true) };
        let entry = self.log.entry(&self.file.path);
        Ok(entry.is_some_and(|entry| entry.created_file() && entry.is_as_written(text.as_bytes())))
    }

    /// `None`: there is no file.
    pub(super) fn text(&self) -> Result<Option<String>, Outcome> {
        let text = atomic_write::read(&self.file.path)?.map(String::from_utf8).transpose();
        text.map_err(|_| Outcome::Malformed(Malformed::NotText))
    }
}

impl From<io::Error> for Outcome {
    fn from(error: io::Error) -> Self {
        Self::NotWritable(error.into())
    }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed(why) => Self::Malformed(why),
            Refusal::Occupied(by) => Self::Occupied(by),
            Refusal::InUse => Self::InUse,
        }
    }
}
