//! What is to be known of a program: its files, and whatever it does unlike the others.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use super::config_file::ConfigFile;
use super::formats::malformed::Malformed;
use super::registration::outcome::Outcome;
use super::sandbox::Sandboxed;
use super::scope::Scope;
use crate::console::Verdict;
use crate::host::{Host, OperatingSystem, SystemError};
use crate::text::Language;

/// A program, or several that read the same file. Most methods have an answer that fits a program with one file.
pub trait Program: Sync {
    /// Its name on the command line and in JSON.
    fn name(&self) -> &'static str;

    /// Its name in sentences.
    fn title(&self, language: Language) -> &'static str;

    /// What completions say of it, in English.
    fn completion(&self) -> &'static str {
        self.title(Language::English)
    }

    /// The files in which this scope's registration is looked for and from which it is removed: those that the program reads
    /// now, or would read if they were there.
    fn files(&self, host: &Host, scope: Scope) -> Vec<ConfigFile>;

    /// Whether it takes a PKCS#11 module on this system.
    fn uses_modules_on(&self, _system: OperatingSystem) -> bool {
        true
    }

    /// Whether it is a browser: it uses NSS, and must be closed while its files are written.
    fn is_browser(&self) -> bool {
        false
    }

    /// Whether each user has to register the module, the administrator for himself alone.
    fn is_per_user(&self) -> bool {
        false
    }

    /// Whether `setup` writes its files only when the person names it.
    fn is_on_request(&self) -> bool {
        false
    }

    /// The files that `setup` writes, a choice from [`Self::files`] or a new one; `named` says that the person named this
    /// program, so that it counts as installed.
    fn files_to_write(&self, host: &Host, scope: Scope, _named: bool) -> Vec<ConfigFile> {
        self.files(host, scope)
    }

    /// The file at `path`, which the backup log names, if it is of this program: it may not be among [`Self::files`]
    /// any more.
    fn logged_file(&self, host: &Host, scope: Scope, path: &Path) -> Option<ConfigFile> {
        let files = self.files(host, scope);
        let file = files.into_iter().find(|file| file.path.file_name() == path.file_name())?;
        Some(ConfigFile::new(path.to_owned(), file.format))
    }

    /// The file by which the program has the module without `setup` (this one, if one is given), and who wrote it.
    fn registered_by_others(
        &self,
        _host: &Host,
        _scope: Scope,
        _module: Option<&str>,
    ) -> Option<(PathBuf, Outcome)> {
        None
    }

    /// Its installations in sandboxes that `setup` does not set up now.
    fn sandboxed(&self, _host: &Host, _scope: Scope) -> Vec<Sandboxed> {
        Vec::new()
    }

    /// Its installations that the registration for everybody is not for: each user has to register the module.
    fn for_each_user(&self, _host: &Host, _scope: Scope) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Whether it is installed: a browser that is and is not set up is a failure of `setup`.
    fn is_there(&self, _host: &Host) -> bool {
        false
    }

    /// Whether a copy of the module that the backup log names was made for this program.
    fn has_copy_at(&self, _host: &Host, _path: &Path) -> bool {
        false
    }

    /// Whether it knows the module; `None` for a program that is not expected to: then only a path that leads nowhere
    /// is reported.
    fn inspect(&'static self, _host: &Host, _module: Option<&str>) -> Option<Vec<ProgramState>> {
        None
    }

    /// The files in which `doctor` looks for other makers' modules.
    fn module_lists(&self, _host: &Host) -> Vec<ConfigFile> {
        Vec::new()
    }

    /// That there is nothing to write, in a clause.
    fn not_found(&self, language: Language) -> String {
        language.pick("non installato", "not installed").to_owned()
    }

    /// That it takes no module on this system, in a clause.
    fn not_on_this_system(&self, language: Language, _system: OperatingSystem) -> &'static str {
        language.pick("non disponibile su questo sistema", "not available on this system")
    }

    /// What is left to do after `path` was written.
    fn next_step(&self, _language: Language, _path: &str, _host: &Host) -> Option<String> {
        None
    }
}

impl PartialEq for dyn Program {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for dyn Program {}

impl fmt::Debug for dyn Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for dyn Program {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What a program knows of the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "fields are named after what they hold")]
pub enum ProgramState {
    /// It knows the module.
    Registered { program: &'static dyn Program, path: String },
    /// It does not, by this file; by others it does, if `elsewhere`.
    NotRegistered { program: &'static dyn Program, path: String, elsewhere: bool },
    /// It looks for the module where it is not.
    RegisteredWrongly { program: &'static dyn Program, path: String, module: String },
    /// It loads a copy of the module, and that is not the one that is installed.
    CopyOutdated { program: &'static dyn Program, path: String },
    /// It is a snap that knows the module and is not let to pcscd.
    SnapNotConnected { program: &'static dyn Program, snap: &'static str },
    /// It is a snap that knows the module, of a version that cannot reach pcscd.
    SnapWithoutInterface { program: &'static dyn Program, snap: &'static str },
    /// The file is for something else than what is installed now.
    Outdated { program: &'static dyn Program, path: String },
    /// Nothing is installed by which it could load the module.
    Unsupported { program: &'static dyn Program, path: String },
    /// It would load the module twice.
    RegisteredTwice { program: &'static dyn Program, path: String },
    /// The file belongs to the administrator, in a folder of the user.
    RootOwned { program: &'static dyn Program, path: String },
    /// The file cannot be understood.
    Malformed { program: &'static dyn Program, path: String, why: Malformed },
    /// The file cannot be read.
    Unreadable { program: &'static dyn Program, path: String, why: SystemError },
    /// The user has never started it.
    NeverStarted { program: &'static dyn Program },
    /// It is not installed.
    NotInstalled { program: &'static dyn Program },
    /// On this system it takes its certificates from the system, not from a module.
    NotThroughModules { program: &'static dyn Program },
    /// Its modules come from p11-kit.
    ThroughP11Kit { program: &'static dyn Program },
    /// It uses the card through Windows and our minidriver.
    ThroughWindows { program: &'static dyn Program },
    /// It uses the card so, and knows the module too: each certificate is there twice.
    RegisteredBesideWindows { program: &'static dyn Program, path: String },
}

impl ProgramState {
    /// By the list of a program that needs a copy of the module.
    pub(crate) fn of_copy(
        (program, path): (&'static dyn Program, String),
        host: &Host,
        found: &[String],
        (module, copy): (Option<&str>, &Path),
    ) -> Self {
        let wanted = host.inside(copy).display().to_string();
        match found {
            [one] if *one == wanted && copy.is_file() => {
                let current = module.map(|module| is_same(&host.at(module), copy));
                match current {
                    Some(Ok(false)) => Self::CopyOutdated { program, path: host.shown(copy) },
                    _ => Self::Registered { program, path },
                }
            }
            [one] => Self::RegisteredWrongly { program, path, module: one.clone() },
            found => Self::of_paths((program, path), host, found, module),
        }
    }

    /// By a file that names our module at these paths.
    pub(crate) fn of_paths(
        (program, path): (&'static dyn Program, String),
        host: &Host,
        found: &[String],
        module: Option<&str>,
    ) -> Self {
        match found {
            [] => Self::NotRegistered { program, path, elsewhere: false },
            [one] if Some(one.as_str()) == module || host.at(one).is_file() => {
                Self::Registered { program, path }
            }
            [one] => Self::RegisteredWrongly { program, path, module: one.clone() },
            _ => Self::RegisteredTwice { program, path },
        }
    }

    /// How good that is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Registered { .. } | Self::ThroughP11Kit { .. } | Self::ThroughWindows { .. } => Verdict::Ok,
            // A person who uses browsers alone needs no other program.
            Self::NotRegistered { program, elsewhere, .. } if *elsewhere || !program.is_browser() => {
                Verdict::Warning
            }
            Self::NeverStarted { .. }
            | Self::Outdated { .. }
            | Self::Unsupported { .. }
            | Self::RegisteredBesideWindows { .. } => Verdict::Warning,
            Self::NotInstalled { .. } | Self::NotThroughModules { .. } => Verdict::NotApplicable,
            _ => Verdict::Problem,
        }
    }
}

/// Whether two files are the same to the byte.
fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    Ok(fs::read(one)? == fs::read(other)?)
}

/// The program's files that lead to a module of ours which is not there, as after a package was removed.
pub(crate) fn missing_modules(program: &dyn Program, host: &Host, scope: Scope) -> Vec<(PathBuf, String)> {
    let files = program.files(host, scope).into_iter().filter(|file| file.path.is_file());
    let missing = files.filter_map(|file| {
        let text = fs::read_to_string(&file.path).unwrap_or_default();
        let modules = file.format.our_modules(&text).unwrap_or_default();
        Some((file.path, modules.into_iter().find(|module| !host.at(module).is_file())?))
    });
    missing.collect()
}
