//! One file: the module put into it, or what was put there taken back.
//!
//! Of what stands in a file only the bytes that the ledger knows are ours. All else is a person's, also where it names
//! our module: it is reported, and taken out only when the person names the program.

use std::io;

use crate::console::interrupt;
use crate::programs::files::atomic_write as files;
use crate::programs::files::backup_log::{BackupLog, Entry};
use crate::programs::formats::format::{Edit, Format, Refusal};
use crate::programs::formats::policies::Malformed;
use crate::programs::formats::ssh_includes as included;
use crate::programs::program::{self as client, Client, ConfigurationFile};
use crate::programs::registration::outcome::Outcome;
use crate::programs::registration::registrar::Registrar;

/// What a file is, compared with what the ledger knows of it.
enum State {
    /// As somebody else made it; there is nothing of ours in it. `None`: there is no file.
    Theirs(Option<String>),
    /// With our bytes in it, which nobody has touched; what it is without them. `true` if that is the file as it was
    /// found, to the byte.
    Ours(Option<String>, bool),
    /// Somebody has changed our very bytes: they are that person's now.
    Edited(String),
}

impl Registrar<'_> {
    pub(crate) fn register_in(
        &self,
        client: Client,
        place: &ConfigurationFile,
        module: &str,
        ledger: &mut BackupLog,
    ) -> Outcome {
        let browser = matches!(client, Client::Firefox | Client::Chrome);
        if let Some(reason) = self.not_to_be_read(place) {
            return reason;
        }
        if browser && client::nss_uses_p11_kit(self.host, &place.path) {
            return Outcome::ThroughP11Kit;
        }
        self.registered_in(place, module, ledger).unwrap_or_else(|what| what)
    }

    fn registered_in(
        &self,
        place: &ConfigurationFile,
        module: &str,
        ledger: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        let format = place.format;
        let before = read_text(place)?;
        let now = before.as_deref();
        let named = format.named(now.unwrap_or_default()).or_else(|why| match now {
            None => Ok(Vec::new()),
            Some(_) => Err(Outcome::Malformed { why }),
        })?;
        let entry = ledger.entry(&place.path).cloned();
        match self.state(place, now, entry.as_ref(), ledger)? {
            State::Edited(text) if !named.is_empty() => {
                if named == [module] {
                    return Ok(self.already(place));
                }
                // The path alone; what is ours stays what the ledger says.
                let edit = format.with_path(&text, &|path| path != module, module);
                let edit = edit.ok_or(Outcome::EditedSince)?;
                self.may_write(place)?;
                if !self.dry {
                    self.put(place, now, Some(&edit.text))?;
                }
                Ok(self.registered(place, ledger))
            }
            State::Edited(text) => self.add(place, now, Some(text), module, ledger),
            State::Theirs(base) => self.add(place, now, base, module, ledger),
            State::Ours(_, _) if named == [module] && format != Format::SshConfig => Ok(self.already(place)),
            State::Ours(base, _) => self.add(place, now, base, module, ledger),
        }
    }

    /// Puts the module into the file, which is `base` without us.
    fn add(
        &self,
        place: &ConfigurationFile,
        now: Option<&str>,
        base: Option<String>,
        module: &str,
        ledger: &mut BackupLog,
    ) -> Result<Outcome, Outcome> {
        let theirs = place.format.named(base.as_deref().unwrap_or_default()).unwrap_or_default();
        let gone = |path: &str| self.is_gone(path);
        let edit = match theirs.as_slice() {
            [] => {
                let text = base.as_deref();
                if place.format == Format::SshConfig {
                    let other = included::other_provider(self.host, self.scope, text.unwrap_or_default());
                    if let Some((by, file)) = other {
                        return Err(Outcome::Occupied { by: format!("{by} ({})", self.host.shown(&file)) });
                    }
                }
                place.format.add(text, module)?
            }
            // A person has named it, and so need not we.
            [one] if one == module || !gone(one) => {
                if now != base.as_deref() {
                    self.may_write(place)?;
                    if !self.dry {
                        self.put(place, now, base.as_deref())?;
                        ledger.forget(&place.path).map_err(not_writable)?;
                    }
                }
                let elsewhere = || Outcome::Elsewhere { module: one.clone() };
                return Ok(if one == module { self.already(place) } else { elsewhere() });
            }
            [one] => {
                let stale = |path: &str| path == one;
                let edit = place.format.with_path(base.as_deref().unwrap_or_default(), &stale, module);
                edit.ok_or(Outcome::Elsewhere { module: one.clone() })?
            }
            _ => return Err(Outcome::Twice),
        };
        if now == Some(edit.text.as_str()) {
            return Ok(self.already(place));
        }
        self.may_write(place)?;
        if self.dry {
            return Ok(Outcome::WouldRegister);
        }
        self.write(place, now, base.as_deref(), edit, ledger).map_err(not_writable)?;
        Ok(self.registered(place, ledger))
    }

    /// Remembers, then writes. What to give back later is what is there without us.
    fn write(
        &self,
        place: &ConfigurationFile,
        now: Option<&str>,
        base: Option<&str>,
        edit: Edit,
        ledger: &mut BackupLog,
    ) -> io::Result<()> {
        let _whole = interrupt::uninterrupted();
        let everybody = self.is_for_everybody(place);
        if let Some(folder) = place.path.parent() {
            ledger.will_make(files::missing_folders(folder))?;
            files::make_folder(folder, if everybody { 0o755 } else { 0o700 })?;
        }
        // What the ledger knows already is older and stays; a file that cannot be written leaves nothing new in it.
        files::can_exchange(&place.path, place.format.mode(everybody))?;
        let (now, text) = (now.map(str::as_bytes), edit.text.as_bytes());
        ledger.remember(&place.path, now, base.map(str::as_bytes), (text, edit.changes))?;
        files::exchange(&place.path, now, text, place.format.mode(everybody))
    }

    /// Takes back what was put into the file; `named` says that the person named this program.
    pub(crate) fn unregister_in(
        &self,
        place: &ConfigurationFile,
        named: bool,
        ledger: &mut BackupLog,
    ) -> Vec<Outcome> {
        let known = ledger.entry(&place.path).is_some();
        if let Some(reason) = self.not_to_be_read(place) {
            return if known { vec![reason] } else { Vec::new() };
        }
        // There is nothing of ours in a file that cannot be read and was never written.
        if !known && read_text(place).is_err() {
            return Vec::new();
        }
        self.unregistered_in(place, named, ledger).unwrap_or_else(|what| vec![what])
    }

    fn unregistered_in(
        &self,
        place: &ConfigurationFile,
        named: bool,
        ledger: &mut BackupLog,
    ) -> Result<Vec<Outcome>, Outcome> {
        let before = read_text(place)?;
        let entry = ledger.entry(&place.path).cloned();
        let Some(now) = before.as_deref() else {
            ledger.forget(&place.path).map_err(not_writable)?;
            return Ok(Vec::new());
        };
        let (base, mut done) = match self.state(place, Some(now), entry.as_ref(), ledger)? {
            State::Theirs(_) => {
                ledger.forget(&place.path).map_err(not_writable)?;
                (Some(now.to_owned()), Vec::new())
            }
            State::Ours(base, as_found) => {
                let made = entry.as_ref().is_some_and(Entry::made_the_file);
                let base = base.filter(|base| !(made && place.format.is_nothing(base)));
                let what = if as_found { Outcome::Restored } else { Outcome::TakenOut };
                (base, vec![what])
            }
            State::Edited(_) if place.format.named(now).is_ok_and(|named| named.is_empty()) => {
                ledger.forget(&place.path).map_err(not_writable)?;
                return Ok(Vec::new());
            }
            State::Edited(_) => (Some(now.to_owned()), Vec::new()),
        };
        let edited = entry.is_some() && done.is_empty() && ledger.entry(&place.path).is_some();
        let mut after = base.clone();
        // A file that cannot be understood is not one to look for the module in.
        let theirs = base.as_deref().and_then(|base| place.format.named(base).ok()).unwrap_or_default();
        if !theirs.is_empty() {
            let rest = match base.as_deref().filter(|_| named) {
                Some(base) => place.format.take_out(base)?,
                None => None,
            };
            match rest {
                Some(rest) => {
                    after = Some(rest).filter(|rest| !rest.is_empty() || !place.is_only_ours());
                    done = vec![Outcome::TakenOut];
                }
                None if edited => done.push(Outcome::EditedSince),
                None => done.push(Outcome::ByHand { named }),
            }
        }
        if after.as_deref() == Some(now) {
            return Ok(done);
        }
        self.may_write(place)?;
        if self.dry {
            return Ok(vec![Outcome::WouldRemove]);
        }
        self.put(place, Some(now), after.as_deref())?;
        ledger.forget(&place.path).map_err(not_writable)?;
        Ok(done)
    }

    fn state(
        &self,
        place: &ConfigurationFile,
        now: Option<&str>,
        entry: Option<&Entry>,
        ledger: &BackupLog,
    ) -> Result<State, Outcome> {
        let (Some(now), Some(entry)) = (now, entry) else { return Ok(State::Theirs(now.map(str::to_owned))) };
        let original = ledger.original(entry).map_err(not_writable)?;
        let original = original.map(|original| String::from_utf8_lossy(&original).into_owned());
        if original.as_deref() == Some(now) {
            return Ok(State::Theirs(original));
        }
        if entry.is_as_written(now.as_bytes()) {
            return Ok(State::Ours(original, true));
        }
        let undone = entry.changes().find_map(|changes| place.format.undo(now, changes));
        let undone = undone.or_else(|| {
            let modules = place.format.named(now).ok()?;
            let first = |module: &String| place.format.first_version(original.as_deref(), module);
            let written = modules.iter().filter_map(first);
            let mut written = written.filter(|edit| entry.is_as_written(edit.text.as_bytes()));
            place.format.undo(now, &written.next()?.changes)
        });
        Ok(undone.map_or_else(|| State::Edited(now.to_owned()), |base| State::Ours(Some(base), false)))
    }

    /// Whether the module is not where a program was told to look for it. A name without a folder is looked for in
    /// folders of that program's own.
    fn is_gone(&self, path: &str) -> bool {
        let absolute = path.contains(['/', '\\']);
        absolute && !self.host.at(path).is_file()
    }

    /// Writes the file, or removes it.
    fn put(&self, place: &ConfigurationFile, now: Option<&str>, after: Option<&str>) -> Result<(), Outcome> {
        let _whole = interrupt::uninterrupted();
        let now = now.map(str::as_bytes);
        let mode = place.format.mode(self.is_for_everybody(place));
        let done = match after {
            Some(after) => files::exchange(&place.path, now, after.as_bytes(), mode),
            None => files::remove(&place.path, now.unwrap_or_default()),
        };
        done.map_err(not_writable)
    }

    fn may_write(&self, place: &ConfigurationFile) -> Result<(), Outcome> {
        self.hindrance(place).map_or(Ok(()), Err)
    }

    fn already(&self, place: &ConfigurationFile) -> Outcome {
        self.hidden_from_everybody(place).unwrap_or(Outcome::Already)
    }

    /// Said only of a file that the program will see.
    fn registered(&self, place: &ConfigurationFile, ledger: &BackupLog) -> Outcome {
        if self.dry {
            return Outcome::WouldRegister;
        }
        let text = read_text(place).ok().flatten().unwrap_or_default();
        if place.format.named(&text).is_ok_and(|named| named.is_empty()) {
            return Outcome::NotWritable { why: io::Error::from(io::ErrorKind::InvalidData).into() };
        }
        let backup = ledger.backup(&place.path).map(|backup| self.host.shown(&backup));
        self.hidden_from_everybody(place).unwrap_or(Outcome::Registered { backup })
    }
}

fn read_text(place: &ConfigurationFile) -> Result<Option<String>, Outcome> {
    let content = files::read(&place.path).map_err(not_writable)?;
    let text = content.map(String::from_utf8).transpose();
    text.map_err(|_| Outcome::Malformed { why: Malformed::NotText })
}

fn not_writable(error: io::Error) -> Outcome {
    Outcome::NotWritable { why: error.into() }
}

impl From<Refusal> for Outcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed(why) => Self::Malformed { why },
            Refusal::Occupied(by) => Self::Occupied { by },
            Refusal::Foreign => Self::Foreign,
        }
    }
}
