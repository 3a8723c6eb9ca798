//! The formats of the files in which programs name their modules: what `setup` does to each of them, as text.
//!
//! Of a file only the bytes that `setup` wrote are ours ([`Change`]); whatever else names the module is a person's.

use serde::{Deserialize, Serialize};

use super::own_file as whole;
use super::{lines, nss_modules, ssh_config};
use crate::pkcs11::module_path::is_our_module;
use crate::programs::formats::policies::{self, Malformed};

/// What programs show as the module's name.
const DISPLAY_NAME: &str = "Carta Nazionale dei Servizi";

/// How a file tells a program about the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    NssModules,
    Policies,
    P11Kit,
    Openssl,
    Java,
    SshConfig,
}

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
    Foreign,
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

impl Format {
    /// Where the file says that our module is, as the program reads it.
    ///
    /// # Errors
    /// [`Malformed`]: the program cannot read it either.
    pub(crate) fn named(self, text: &str) -> Result<Vec<String>, Malformed> {
        let ours = |module: &str| is_our_module(module).then(|| module.to_owned());
        let setting = |name| text.lines().filter_map(|line| ours(whole::value(line, name)?)).collect();
        match self {
            Self::NssModules => Ok(nss_modules::libraries(text).into_iter().filter_map(ours).collect()),
            Self::Policies => policies::registered_paths(text),
            Self::P11Kit => Ok(whole::p11_kit_module(text).and_then(ours).into_iter().collect()),
            Self::Openssl => Ok(setting("MODULE_PATH")),
            Self::Java => Ok(setting("library")),
            Self::SshConfig => Ok(ssh_config::provider_for_all(text).and_then(ours).into_iter().collect()),
        }
    }

    /// The file with the module in it, where it does not name the module yet. `text` is `None` where there is no file.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    pub(crate) fn add(self, text: Option<&str>, module: &str) -> Result<Edit, Refusal> {
        let slashed = slashed(module);
        match self {
            Self::NssModules => Ok(nss_modules::add(text.unwrap_or_default(), module, DISPLAY_NAME)),
            Self::Policies => Ok(policies::add(text, module, DISPLAY_NAME)?),
            Self::P11Kit => whole::add_to_p11_kit(text, module),
            Self::Openssl => whole::whole(text, whole::openssl(&slashed)),
            Self::Java => whole::whole(text, whole::java(&slashed)),
            Self::SshConfig => ssh_config::add(text.unwrap_or_default(), &slashed),
        }
    }

    /// The file with another path in place of each path of our module that is `stale`, and nothing else changed; `None`
    /// if there is none.
    pub(crate) fn with_path(self, text: &str, stale: &dyn Fn(&str) -> bool, module: &str) -> Option<Edit> {
        let (stale, slashed) = (|path: &str| is_our_module(path) && stale(path), slashed(module));
        let (value, module): (fn(&str) -> Option<&str>, &str) = match self {
            Self::Policies => return policies::with_path(text, &stale, module),
            Self::NssModules => (nss_modules::library, module),
            Self::P11Kit => (|line| whole::p11_kit_module(line), module),
            Self::Openssl => (|line| whole::value(line, "MODULE_PATH"), &slashed),
            Self::Java => (|line| whole::value(line, "library"), &slashed),
            Self::SshConfig => (ssh_config::provider, &slashed),
        };
        let new = |line: &str| {
            let path = value(line).filter(|path| stale(path))?;
            Some(line.replacen(path, module, 1))
        };
        let lines = text.lines().map(lines::content);
        let changes =
            lines.filter_map(|line| Some(Change { member: None, now: new(line)?, before: line.to_owned() }));
        let changes: Vec<Change> = changes.collect();
        Some(Edit { text: lines::exchange(text, new)?, changes })
    }

    /// The file without what was written into it; `None` if that does not stand there as it was written.
    pub(crate) fn undo(self, text: &str, changes: &[Change]) -> Option<String> {
        if self == Self::Policies {
            return policies::undo(text, changes);
        }
        changes.iter().try_fold(text.to_owned(), |text, change| {
            if !change.before.is_empty() {
                let back = |line: &str| (line == change.now).then(|| change.before.clone());
                return lines::exchange(&text, back);
            }
            match self {
                Self::NssModules => nss_modules::undo(&text, &change.now),
                Self::P11Kit => whole::undo_p11_kit(&text, &change.now),
                Self::SshConfig => lines::without_block(&text, &change.now),
                // One piece: who has changed a line of it uses the rest too.
                Self::Openssl | Self::Java => (text == change.now).then(String::new),
                Self::Policies => None,
            }
        })
    }

    /// The file without our module, whoever named it; an empty text where the file has to go, `None` where that cannot
    /// be done without losing more.
    ///
    /// # Errors
    /// [`Refusal`]: the file has to stay as it is.
    pub(crate) fn take_out(self, text: &str) -> Result<Option<String>, Refusal> {
        let as_made = |make: fn(&str) -> String| {
            let named = self.named(text).unwrap_or_default();
            named.iter().any(|module| make(module) == text).then(String::new)
        };
        match self {
            Self::NssModules => Ok(nss_modules::take_out(text)),
            Self::Policies => Ok(policies::take_out(text)?),
            Self::P11Kit => Ok(whole::take_out_of_p11_kit(text)),
            Self::Openssl => Ok(as_made(whole::openssl)),
            Self::Java => Ok(as_made(whole::java)),
            Self::SshConfig => Ok(ssh_config::take_out(text)),
        }
    }

    /// What version 0.1.0 wrote into a file that was `original` before, for a module at this path: its ledger did not
    /// note which bytes those were.
    pub(crate) fn first_version(self, original: Option<&str>, module: &str) -> Option<Edit> {
        match self {
            Self::SshConfig => {
                Some(ssh_config::first_version(original.unwrap_or_default(), &slashed(module)))
            }
            _ => self.add(original, module).ok(),
        }
    }

    /// Whether the file may go when nothing is left in it but what `setup` puts there to hold something else.
    #[must_use]
    pub(crate) fn is_nothing(self, text: &str) -> bool {
        let empty = || {
            serde_json::from_str::<serde_json::Value>(text).is_ok_and(|found| found == serde_json::json!({}))
        };
        text.trim().is_empty() || (self == Self::Policies && empty())
    }

    /// The mode of a new file.
    #[must_use]
    pub(crate) fn mode(self, everybody: bool) -> u32 {
        match self {
            Self::NssModules | Self::SshConfig if !everybody => 0o600,
            _ => 0o644,
        }
    }
}

/// Where a backslash means something else; Windows takes both. No other system has one in a module's path.
fn slashed(module: &str) -> String {
    module.replace('\\', "/")
}
