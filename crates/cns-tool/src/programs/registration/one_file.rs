//! One file: the module put into it, or what was put there taken back.
//!
//! Of what stands in a file only the bytes that the log knows are ours. All else is a person's, also where it names
//! our module: it is reported, and taken out only when the person names the program.

use std::io;

use super::outcome::Outcome;
use super::registrar::Registrar;
use crate::console::interrupt;
use crate::programs::files::atomic_write;
use crate::programs::files::backup_log::{BackupLog, Entry};
use crate::programs::formats::format::{Edit, Refusal};
use crate::programs::formats::policies::Malformed;
use crate::programs::nss;
use crate::programs::program::{ConfigFile, Program};

/// What a file is, compared with what the log knows of it.
enum Content {
    /// As somebody else made it; there is nothing of ours in it. `None`: there is no file.
    NotOurs(Option<String>),
    /// With our bytes in it, which nobody has touched; what it is without them. `true` if that is the file as it was
    /// found, to the byte.
    Ours(Option<String>, bool),
    /// Somebody has changed our very bytes: they are that person's now.
    Edited(String),
}

impl Registrar<'_> {
    pub(crate) fn register_in(
        &self,
        program: &dyn Program,
        file: &ConfigFile,
        module: &str,
        log: &mut BackupLog,
    ) -> Outcome {
        if let Some(reason) = self.refuse_read(file) {
            return reason;
        }
        if program.is_browser() && nss::uses_p11_kit(self.host, &file.path) {
            return Outcome::ThroughP11Kit;
        }
        self.registered_in(file, module, log).unwrap_or_else(|what| what)
    }

    fn registered_in(
        &self,
        file: &ConfigFile,
        module: &str,
        log: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        let format = file.format;
        let before = read_text(file)?;
        let now = before.as_deref();
        let named = format.our_modules(now.unwrap_or_default()).or_else(|why| match now {
            None => Ok(Vec::new()),
            Some(_) => Err(Outcome::Malformed(why)),
        })?;
        let entry = log.entry(&file.path).cloned();
        match self.content(file, now, entry.as_ref(), log)? {
            Content::Edited(text) if !named.is_empty() => {
                if named == [module] {
                    return Ok(self.already(file));
                }
                // The path alone; what is ours stays what the log says.
                let edit = format.with_path(&text, &|path| path != module, module);
                let edit = edit.ok_or(Outcome::EditedSince)?;
                self.check_write(file)?;
                if !self.dry_run {
                    self.put(file, now, Some(&edit.text))?;
                }
                Ok(self.registered(file, log))
            }
            Content::Edited(text) => self.add(file, now, Some(text), module, log),
            Content::NotOurs(base) => self.add(file, now, base, module, log),
            Content::Ours(_, _) if named == [module] && !format.is_last() => Ok(self.already(file)),
            Content::Ours(base, _) => self.add(file, now, base, module, log),
        }
    }

    /// Puts the module into the file, which is `base` without us.
    fn add(
        &self,
        file: &ConfigFile,
        now: Option<&str>,
        base: Option<String>,
        module: &str,
        log: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        let theirs = file.format.our_modules(base.as_deref().unwrap_or_default()).unwrap_or_default();
        let missing = |path: &str| self.is_missing(path);
        let edit = match theirs.as_slice() {
            [] => {
                let text = base.as_deref();
                let other = file.format.other_module(self.host, self.scope, text.unwrap_or_default());
                if let Some((by, other_file)) = other {
                    return Err(Outcome::Occupied(format!("{by} ({})", self.host.shown(&other_file))));
                }
                file.format.add(text, module)?
            }
            // A person has named it, and so need not we.
            [one] if one == module || !missing(one) => {
                if now != base.as_deref() {
                    self.check_write(file)?;
                    if !self.dry_run {
                        self.put(file, now, base.as_deref())?;
                        log.remove(&file.path).map_err(not_writable)?;
                    }
                }
                let elsewhere = || Outcome::Elsewhere(one.clone());
                return Ok(if one == module { self.already(file) } else { elsewhere() });
            }
            [one] => {
                let stale = |path: &str| path == one;
                let edit = file.format.with_path(base.as_deref().unwrap_or_default(), &stale, module);
                edit.ok_or(Outcome::Elsewhere(one.clone()))?
            }
            _ => return Err(Outcome::Twice),
        };
        if now == Some(edit.text.as_str()) {
            return Ok(self.already(file));
        }
        self.check_write(file)?;
        if self.dry_run {
            return Ok(Outcome::WouldRegister);
        }
        self.write(file, now, base.as_deref(), edit, log).map_err(not_writable)?;
        Ok(self.registered(file, log))
    }

    /// Remembers, then writes. What to give back later is what is there without us.
    fn write(
        &self,
        file: &ConfigFile,
        now: Option<&str>,
        base: Option<&str>,
        edit: Edit,
        log: &mut BackupLog,
    ) -> io::Result<()> {
        let _whole = interrupt::uninterrupted();
        let everybody = self.is_for_everybody(file);
        if let Some(folder) = file.path.parent() {
            log.record_folders(atomic_write::missing_folders(folder))?;
            atomic_write::make_folder(folder, if everybody { 0o755 } else { 0o700 })?;
        }
        // What the log knows already is older and stays; a file that cannot be written leaves nothing new in it.
        atomic_write::can_exchange(&file.path, file.format.mode(everybody))?;
        let (now, text) = (now.map(str::as_bytes), edit.text.as_bytes());
        log.record(&file.path, now, base.map(str::as_bytes), (text, edit.changes))?;
        atomic_write::exchange(&file.path, now, text, file.format.mode(everybody))
    }

    /// Takes back what was put into the file; `named` says that the person named this program.
    pub(crate) fn unregister_in(&self, file: &ConfigFile, named: bool, log: &mut BackupLog) -> Vec<Outcome> {
        let known = log.entry(&file.path).is_some();
        if let Some(reason) = self.refuse_read(file) {
            return if known { vec![reason] } else { Vec::new() };
        }
        // There is nothing of ours in a file that cannot be read and was never written.
        if !known && read_text(file).is_err() {
            return Vec::new();
        }
        self.unregistered_in(file, named, log).unwrap_or_else(|what| vec![what])
    }

    fn unregistered_in(
        &self,
        file: &ConfigFile,
        named: bool,
        log: &mut BackupLog,
    ) -> Result<Vec<Outcome>, Outcome> {
        let before = read_text(file)?;
        let entry = log.entry(&file.path).cloned();
        let Some(now) = before.as_deref() else {
            log.remove(&file.path).map_err(not_writable)?;
            return Ok(Vec::new());
        };
        let (base, mut done) = match self.content(file, Some(now), entry.as_ref(), log)? {
            Content::NotOurs(_) => {
                log.remove(&file.path).map_err(not_writable)?;
                (Some(now.to_owned()), Vec::new())
            }
            Content::Ours(base, as_found) => {
                let made = entry.as_ref().is_some_and(Entry::created_file);
                let base = base.filter(|base| !(made && file.format.is_nothing(base)));
                let what = if as_found { Outcome::Restored } else { Outcome::TakenOut };
                (base, vec![what])
            }
            Content::Edited(_) if file.format.our_modules(now).is_ok_and(|named| named.is_empty()) => {
                log.remove(&file.path).map_err(not_writable)?;
                return Ok(Vec::new());
            }
            Content::Edited(_) => (Some(now.to_owned()), Vec::new()),
        };
        let edited = entry.is_some() && done.is_empty() && log.entry(&file.path).is_some();
        let mut after = base.clone();
        // A file that cannot be understood is not one to look for the module in.
        let theirs = base.as_deref().and_then(|base| file.format.our_modules(base).ok()).unwrap_or_default();
        if !theirs.is_empty() {
            let rest = match base.as_deref().filter(|_| named) {
                Some(base) => file.format.take_out(base)?,
                None => None,
            };
            match rest {
                Some(rest) => {
                    after = Some(rest).filter(|rest| !rest.is_empty() || !file.format.is_only_ours());
                    done = vec![Outcome::TakenOut];
                }
                None if edited => done.push(Outcome::EditedSince),
                None => done.push(Outcome::ByHand(named)),
            }
        }
        if after.as_deref() == Some(now) {
            return Ok(done);
        }
        self.check_write(file)?;
        if self.dry_run {
            return Ok(vec![Outcome::WouldRemove]);
        }
        self.put(file, Some(now), after.as_deref())?;
        log.remove(&file.path).map_err(not_writable)?;
        Ok(done)
    }

    fn content(
        &self,
        file: &ConfigFile,
        now: Option<&str>,
        entry: Option<&Entry>,
        log: &BackupLog,
    ) -> Result<Content, Outcome> {
        let (Some(now), Some(entry)) = (now, entry) else {
            return Ok(Content::NotOurs(now.map(str::to_owned)));
        };
        let original = log.original(entry).map_err(not_writable)?;
        let original = original.map(|original| String::from_utf8_lossy(&original).into_owned());
        if original.as_deref() == Some(now) {
            return Ok(Content::NotOurs(original));
        }
        if entry.is_as_written(now.as_bytes()) {
            return Ok(Content::Ours(original, true));
        }
        let undone = entry.changes().find_map(|changes| file.format.undo(now, changes));
        let undone = undone.or_else(|| {
            let modules = file.format.our_modules(now).ok()?;
            let first = |module: &String| file.format.first_version(original.as_deref(), module);
            let written = modules.iter().filter_map(first);
            let mut written = written.filter(|edit| entry.is_as_written(edit.text.as_bytes()));
            file.format.undo(now, &written.next()?.changes)
        });
        Ok(undone.map_or_else(|| Content::Edited(now.to_owned()), |base| Content::Ours(Some(base), false)))
    }

    /// Whether the module is not where a program was told to look for it. A name without a folder is looked for in
    /// folders of that program's own.
    fn is_missing(&self, path: &str) -> bool {
        let absolute = path.contains(['/', '\\']);
        absolute && !self.host.at(path).is_file()
    }

    /// Writes the file, or removes it.
    fn put(&self, file: &ConfigFile, now: Option<&str>, after: Option<&str>) -> Result<(), Outcome> {
        let _whole = interrupt::uninterrupted();
        let now = now.map(str::as_bytes);
        let mode = file.format.mode(self.is_for_everybody(file));
        let done = match after {
            Some(after) => atomic_write::exchange(&file.path, now, after.as_bytes(), mode),
            None => atomic_write::remove(&file.path, now.unwrap_or_default()),
        };
        done.map_err(not_writable)
    }

    fn check_write(&self, file: &ConfigFile) -> Result<(), Outcome> {
        self.refuse_write(file).map_or(Ok(()), Err)
    }

    fn already(&self, file: &ConfigFile) -> Outcome {
        self.hidden_from_everybody(file).unwrap_or(Outcome::Already)
    }

    /// Said only of a file that the program will see.
    fn registered(&self, file: &ConfigFile, log: &BackupLog) -> Outcome {
        if self.dry_run {
            return Outcome::WouldRegister;
        }
        let text = read_text(file).ok().flatten().unwrap_or_default();
        if file.format.our_modules(&text).is_ok_and(|named| named.is_empty()) {
            return Outcome::NotWritable(io::Error::from(io::ErrorKind::InvalidData).into());
        }
        let backup = log.backup(&file.path).map(|backup| self.host.shown(&backup));
        self.hidden_from_everybody(file).unwrap_or(Outcome::Registered(backup))
    }
}

fn read_text(file: &ConfigFile) -> Result<Option<String>, Outcome> {
    let content = atomic_write::read(&file.path).map_err(not_writable)?;
    let text = content.map(String::from_utf8).transpose();
    text.map_err(|_| Outcome::Malformed(Malformed::NotText))
}

fn not_writable(error: io::Error) -> Outcome {
    Outcome::NotWritable(error.into())
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
