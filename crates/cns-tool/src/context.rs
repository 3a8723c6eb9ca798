//! All that a command may touch: readers, terminal, outputs, the system around, the time.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cns_card::Transport;
use zeroize::Zeroizing;

use crate::console::Output;
use crate::console::interrupt;
use crate::console::messages as console_messages;
use crate::console::one_line;
use crate::console::prompt::{NoAnswer, Prompt};
use crate::host::os;
use crate::text::Language;

/// What a command works with.
pub struct Context<'a> {
    /// Readers and cards.
    pub transport: &'a dyn Transport,
    /// The person at the keyboard.
    pub prompt: &'a mut dyn Prompt,
    /// Where results and messages go.
    pub output: Output<'a>,
    /// The system around.
    pub system: System,
    /// What time it is.
    pub now: SystemTime,
    /// The person's language.
    pub language: Language,
}

impl<'a> Context<'a> {
    /// In English until the arguments are known, and now.
    pub fn new(
        transport: &'a dyn Transport,
        prompt: &'a mut dyn Prompt,
        output: Output<'a>,
        system: System,
    ) -> Self {
        let language = Language::English;
        Self { transport, prompt, output, system, now: SystemTime::now(), language }
    }

    /// Asks for a line that is shown. On Ctrl-C the message says that nothing was sent to the card.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.line(&one_line(question))
        })
    }

    /// The same for a secret.
    pub(crate) fn ask_secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        interrupt::while_asking(console_messages::INTERRUPTED.to(self.language), || {
            self.prompt.secret(&one_line(question))
        })
    }

    pub(crate) fn set_language(&mut self, language: Language) {
        self.language = language;
    }
}

/// Files and environment: where a command looks, and where it writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The root folder; anything but `/` is a prepared tree of a test.
    pub root: PathBuf,
    /// Environment variables.
    pub variables: BTreeMap<OsString, OsString>,
    /// Where programs keep their files, and which of them there are.
    pub operating_system: OperatingSystem,
}

/// The systems that the command knows its way about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatingSystem {
    /// Linux, and whatever is like it.
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
        Self { root: PathBuf::from("/"), variables, operating_system: OperatingSystem::HERE }
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
