//! The operating system as a value: root folder, environment, kind. Tests prepare their own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::os;

/// Files and environment: where a command looks, and where it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The root folder; anything but `/` is a prepared tree of a test.
    pub root: PathBuf,
    /// The file of this program.
    pub program: PathBuf,
    /// Environment variables.
    pub variables: BTreeMap<OsString, OsString>,
    /// Where programs keep their files, and which of them there are.
    pub operating_system: OperatingSystem,
}

/// The operating systems that the command supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatingSystem {
    /// Linux, and other Unix systems.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

impl OperatingSystem {
    /// The one that this program was built for.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };
}

impl System {
    /// The system that the process runs on.
    #[must_use]
    pub fn of_process() -> Self {
        let mut variables: BTreeMap<_, _> = std::env::vars_os().collect();
        if let Some(locale) = os::locale() {
            // Where there is a setting besides the variables of POSIX, these still go before it.
            variables.entry("LANG".into()).or_insert(locale.into());
        }
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("cns"));
        Self { root: PathBuf::from("/"), program, variables, operating_system: OperatingSystem::HERE }
    }

    /// A variable that is set and not empty.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&OsStr> {
        self.variables.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// The person's own folder.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        // On Windows HOME is what Unix shells make of it.
        let names = match self.operating_system {
            OperatingSystem::Windows => ["USERPROFILE", "HOME"],
            _ => ["HOME", "USERPROFILE"],
        };
        names.into_iter().find_map(|name| self.variable(name)).map(PathBuf::from)
    }

    /// An absolute path, under this system's root.
    #[must_use]
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }
}
