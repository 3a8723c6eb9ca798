//! What can be done with a format in which programs name their modules; all of it as text.
//!
//! Of a file only the bytes that `setup` wrote are ours ([`Change`]); whatever else names the module is a person's.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::lines;
use super::malformed::Malformed;
use crate::host::Host;
use crate::pkcs11::module_path::is_our_module;
use crate::programs::scope::Scope;

/// What stands at the top of each file that is only ours.
pub(crate) const HEAD: &str = "# By `cns setup`; `cns setup --remove` takes it away.\n";

/// Bytes that were written into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    /// In JSON: the name of the member that was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<String>,
    /// What stands there now.
    pub(crate) now: String,
    /// What stood in its place before; empty where nothing did.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) before: String,
}

impl Change {
    pub(crate) fn inserted(now: String) -> Self {
        Self { member: None, now, before: String::new() }
    }
}

/// A text, and which bytes of it are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) text: String,
    pub(crate) changes: Vec<Change>,
}

impl Edit {
    pub(crate) fn inserted(text: String, ours: String) -> Self {
        Self { text, changes: vec![Change::inserted(ours)] }
    }
}

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not what it should be; what is wrong, in the parser's words.
    Malformed(Malformed),
    /// Another module is in the only place there is.
    Occupied(String),
    /// A person uses the file for something else.
    InUse,
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// A format. Formats of lines need no more than the methods without a body.
pub(crate) trait FileFormat: Sync {
    /// The modules that the program loads by this text.
    ///
    /// # Errors
    /// [`Malformed`]: the program cannot read it either.
    fn modules(&self, text: &str) -> Result<Vec<String>, Malformed>;

    /// Ours among them.
    ///
    /// # Errors
    /// As [`Self::modules`].
    fn our_modules(&self, text: &str) -> Result<Vec<String>, Malformed> {
        Ok(self.modules(text)?.into_iter().filter(|module| is_our_module(module)).collect())
    }

    /// The file with the module in it, where it does not name the module yet. `text` is `None` where there is no file.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    fn add(&self, text: Option<&str>, module: &str) -> Result<Edit, Refusal>;

    /// The module that a line names.
    fn module_in_line<'a>(&self, line: &'a str) -> Option<&'a str>;

    /// The file without `ours`, which was inserted; `None` if that does not stand there as it was written.
    fn without(&self, text: &str, ours: &str) -> Option<String>;

    /// The file without our module, also where a person named it; an empty text where the file has to go, `None` where
    /// that cannot be done without losing more.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    fn take_out(&self, text: &str) -> Result<Option<String>, Refusal>;

    /// A module's path as this format has it.
    fn path_in_file(&self, module: &str) -> String {
        module.to_owned()
    }

    /// The file with another path in place of each path of our module that is `stale`, and nothing else changed; `None`
    /// if there is none.
    fn with_path(&self, text: &str, stale: &dyn Fn(&str) -> bool, module: &str) -> Option<Edit> {
        let module = self.path_in_file(module);
        let new = |line: &str| {
            let path = self.module_in_line(line).filter(|path| is_our_module(path) && stale(path))?;
            Some(line.replacen(path, &module, 1))
        };
        let lines = text.lines().map(lines::content);
        let changes =
            lines.filter_map(|line| Some(Change { member: None, now: new(line)?, before: line.to_owned() }));
        let changes: Vec<Change> = changes.collect();
        Some(Edit { text: lines::exchange(text, new)?, changes })
    }

    /// The file without what was written into it; `None` if that does not stand there as it was written.
    fn undo(&self, text: &str, changes: &[Change]) -> Option<String> {
        changes.iter().try_fold(text.to_owned(), |text, change| {
            if change.before.is_empty() {
                return self.without(&text, &change.now);
            }
            lines::exchange(&text, |line| (line == change.now).then(|| change.before.clone()))
        })
    }

    /// What version 0.1.0 wrote into a file that was `original` before, for a module at this path: its log did not note
    /// which bytes those were.
    fn first_version(&self, original: Option<&str>, module: &str) -> Option<Edit> {
        self.add(original, module).ok()
    }

    /// Another module that the program would use in place of ours, and the file that names it, if that is not `text`
    /// itself.
    fn other_module(&self, _host: &Host, _scope: Scope, _text: &str) -> Option<(String, PathBuf)> {
        None
    }

    /// Whether the file may go when nothing is left in it but what `setup` puts there to hold something else.
    fn is_nothing(&self, text: &str) -> bool {
        text.trim().is_empty()
    }

    /// Whether the file holds nothing but what names our module.
    fn is_only_ours(&self) -> bool {
        false
    }

    /// Whether ours may have to be written anew though it names the module: it has to stand at the end of the file, or
    /// depends on what is installed.
    fn may_be_outdated(&self) -> bool {
        false
    }

    /// Whether a text that names the module lacks a part for what is installed on this computer, or has one for what is not.
    fn is_outdated(&self, _text: &str) -> bool {
        false
    }

    /// Whether only its user's programs read the file, also if that is root.
    fn is_of_one_user(&self) -> bool {
        false
    }

    /// The mode of a new file.
    fn mode(&self, _everybody: bool) -> u32 {
        0o644
    }
}

/// For formats in which a backslash means something else; Windows takes both. No other system has one in a module's
/// path.
pub(crate) fn without_backslashes(module: &str) -> String {
    module.replace('\\', "/")
}
