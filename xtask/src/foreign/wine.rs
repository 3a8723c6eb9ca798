//! Wine: the folder of settings that Windows programs run in, and the system that has a wine with smart cards.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use fs_err as fs;

use interop::debian_root::{self, DebianRoot};
use interop::process::{self, ProgramOutput};
use interop::sandbox::Sandbox;
use interop::{packages, programs};

/// The first program under wine waits for its folder of settings.
pub(crate) const LIMIT: Duration = Duration::from_secs(180);

/// The first version whose `winscard` reaches the PC/SC service of the system below it.
const SMART_CARDS: u32 = 10;

/// The first Debian with that version, and what has to be in it.
const SUITE: &str = "trixie";
const PACKAGES: &[&str] = &["wine", "wine64"];

/// A folder of settings, with Windows programs of this folder to run there.
#[derive(Debug)]
pub(crate) struct WinePrefix {
    pub(crate) folder: PathBuf,
    /// Where the programs and their libraries were built.
    pub(crate) built: PathBuf,
}

impl WinePrefix {
    /// The environment of wine: its own settings, no debugging, no window.
    pub(crate) fn settings(&self) -> [(&'static str, OsString); 4] {
        [
            ("WINEPREFIX", self.folder.clone().into()),
            ("WINEDEBUG", "-all".into()),
            ("DISPLAY", OsString::new()),
            // Test programs lie elsewhere than the library that stands in for wine's own.
            ("WINEPATH", windows_path(&self.built).into()),
        ]
    }

    /// A program of the folder, not started yet, as a change of this command.
    pub(crate) fn program(&self, mut wine: Command, program: &str, arguments: &[&str]) -> Command {
        wine.arg(self.built.join(program)).args(arguments).envs(self.settings());
        wine
    }

    /// Makes the settings, which the first program would wait for.
    pub(crate) fn make(&self) -> Result<ProgramOutput> {
        let mut command = Command::new("wine");
        command.args(["wineboot", "--init"]).envs(self.settings());
        process::run(command, "", LIMIT)?.succeed()
    }

    /// Takes away what the programs keep of cards and wrong PINs, as on a computer that never saw one.
    pub(crate) fn forget_cards(&self) -> Result<()> {
        for user in fs::read_dir(self.folder.join("drive_c/users"))? {
            let kept = user?.path().join("AppData/Local/cns-pkcs11");
            if kept.exists() {
                fs::remove_dir_all(kept)?;
            }
        }
        Ok(())
    }

    /// Ends the services of this folder of settings, which outlive the programs.
    pub(crate) fn end_services(&self) {
        let mut command = Command::new("wineserver");
        command.args(["--kill"]).envs(self.settings());
        let _ = process::run(command, "", LIMIT);
    }
}

/// A path of this machine as a Windows program has it: drive Z: is the whole machine.
pub(crate) fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// A system whose wine reaches smart cards.
pub(crate) enum WineSystem {
    ThisMachine,
    /// A Debian in a folder.
    Other(DebianRoot),
}

impl WineSystem {
    /// The nearest there is, with these packages besides, or why there is none.
    pub(crate) fn find(besides: &[&'static str]) -> Result<Result<Self, String>> {
        packages::ensure_available(packages::CARD.iter().copied())?;
        if version().is_some_and(|version| version >= SMART_CARDS) {
            packages::ensure_available(besides.iter().copied())?;
            let missing = packages::missing(besides.iter().chain(packages::CARD).copied())?;
            return Ok(match missing.is_empty() {
                true => Ok(Self::ThisMachine),
                false => Err(format!("not installed, and not to be had: {}", missing.join(", "))),
            });
        }
        if let Some(reason) = debian_root::unavailable(SUITE)? {
            return Ok(Err(format!("no wine {SMART_CARDS} here, and no Debian {SUITE} for it: {reason}")));
        }
        let wishes = [PACKAGES, packages::CARD, besides].concat();
        Ok(Ok(Self::Other(DebianRoot::with_packages(SUITE, "wine", &wishes)?)))
    }

    /// For the report.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::ThisMachine => "this machine's wine".into(),
            Self::Other(root) => format!("wine of Debian {SUITE} in {}", root.folder().display()),
        }
    }

    /// Runs this very command again in a sandbox of that system; answers its exit code.
    pub(crate) fn enter(&self) -> Result<u8> {
        match self {
            Self::ThisMachine => Sandbox::enter(|_| ()),
            Self::Other(root) => Sandbox::enter_root(root.folder(), |_| ()),
        }
    }
}

/// The number in `wine-10.0 (Debian 10.0~repack-6)`.
fn version() -> Option<u32> {
    let said = programs::output(Command::new("wine").arg("--version")).ok()?;
    number(&String::from_utf8_lossy(&said.stdout))
}

fn number(said: &str) -> Option<u32> {
    said.strip_prefix("wine-")?.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wine_tells_its_version() {
        assert_eq!(number("wine-10.0 (Debian 10.0~repack-6)\n"), Some(10));
        assert_eq!(number("wine-8.0 (Debian 8.0~repack-4)\n"), Some(8));
        assert_eq!(number("wine-11.2\n"), Some(11));
        assert_eq!(number("it looks like wine32 is missing"), None);
    }

    #[test]
    fn the_whole_machine_is_a_drive() {
        assert_eq!(windows_path(Path::new("/tmp/cns-1/a b")), r"Z:\tmp\cns-1\a b");
    }
}
