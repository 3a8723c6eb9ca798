//! The program `virtual-cns`, which puts a virtual card into a virtual reader and pulls it when it ends.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::messages;
use crate::exit::{Exit, Failure};
use crate::text::Language;

const PROGRAM: &str = "virtual-cns";

/// A virtual card in a virtual reader; pulled when dropped.
pub(super) struct VirtualCard {
    child: Child,
    /// The PIN that its practice asks for.
    pub(super) pin: String,
}

/// Why there is none.
pub(super) enum InsertError {
    /// The program is not installed.
    NoProgram,
    /// It knows no such kind of card.
    UnknownKind(String),
    /// No virtual reader listens.
    NoReader,
}

impl InsertError {
    pub(super) fn failure(self, language: Language) -> Failure {
        match self {
            Self::NoProgram => messages::no_program(language).with(Exit::Failed),
            Self::UnknownKind(kind) => messages::unknown_kind(language, &kind).with(Exit::Usage),
            Self::NoReader => messages::no_virtual_reader(language).with(Exit::NoReader),
        }
    }
}

impl VirtualCard {
    /// Puts a card of this kind into the virtual reader that listens at an address.
    pub(super) fn insert(kind: &str, address: &str) -> Result<Self, InsertError> {
        let program = program();
        let info = Command::new(&program).args(["info", kind]).stdin(Stdio::null()).output();
        let info = info.map_err(|_| InsertError::NoProgram)?;
        let told = String::from_utf8_lossy(&info.stdout);
        let pin = told.lines().find_map(|line| line.strip_prefix("PIN: "));
        let pin = pin.ok_or_else(|| InsertError::UnknownKind(kind.to_owned()))?.trim().to_owned();
        let mut command = Command::new(&program);
        command
            .args(["run", kind, "--address", address])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut card = Self { child: command.spawn().map_err(|_| InsertError::NoProgram)?, pin };
        let mut line = String::new();
        let said = card.child.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
        match said {
            Some(Ok(_)) if line.starts_with("inserted") => Ok(card),
            _ => Err(InsertError::NoReader),
        }
    }

    /// Whether it is still there.
    pub(super) fn is_inserted(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        // At the end of its input it pulls the card and ends; so it does when this process is killed.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Beside this program (a build tree), where packages keep programs that are no commands, else by its name.
fn program() -> PathBuf {
    let own = env::current_exe().ok();
    let folder = own.as_deref().and_then(Path::parent);
    let candidates = folder
        .into_iter()
        .flat_map(|folder| ["", "../libexec/cns"].map(|place| folder.join(place).join(PROGRAM)));
    candidates.into_iter().find(|path| path.is_file()).unwrap_or_else(|| PROGRAM.into())
}
