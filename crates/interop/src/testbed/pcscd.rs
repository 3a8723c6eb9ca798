//! A pcscd of our own: its own folder in the place of /run, its own readers, its own ports.
//!
//! What had to be found by trying (Debian 12: pcscd 1.9.9, vpcd 3.3):
//! * The socket is always `/run/pcscd/pcscd.comm`; there is no option for it. So pcscd runs in a mount namespace
//!   where /run is our folder, and clients find it there by `PCSCLITE_CSOCK_NAME`.
//! * `DEVICENAME /dev/null:N` makes vpcd listen on ports N and N+1 and gives two readers, `… 00 00` and `… 00 01`.
//!   (`DEVICENAME host:N`, to connect outwards, makes pcscd 1.9.9 abort when nobody listens there.)
//! * `PCSCLITE_HP_DROPDIR` names the folder of USB drivers: an empty one keeps real readers out of the tests.
//! * 1.9.9 knows no `--disable-polkit` and needs none; the versions that do refuse other users without it.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use rustix::process::Signal;

use crate::process::{self, Process, wait_until};
use crate::sandbox::Sandbox;

/// What vpcd calls itself unless told otherwise.
const FIRST_PORT: u16 = 35963;
/// pcscd looks for a card every 400 ms.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A running pcscd with two empty virtual readers.
#[derive(Debug)]
pub struct Pcscd {
    process: Option<Process>,
    /// Stands for /run.
    folder: PathBuf,
    private: bool,
    port: u16,
    /// What the reader's handler finds in its environment.
    environment: Vec<(String, OsString)>,
}

/// Events counted in pcscd's log.
#[derive(Debug, Clone, Copy)]
pub struct ReaderEvents {
    inserted: usize,
    removed: usize,
    /// Cards that got power in any reader. A card that is there when pcscd looks for the first time gets power
    /// without a word about its coming.
    powered: usize,
}

/// One of the two readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    First,
    Second,
}

impl Reader {
    /// The name clients see.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "Virtual PCD 00 00",
            Self::Second => "Virtual PCD 00 01",
        }
    }
}

impl Pcscd {
    /// Starts pcscd and waits until it takes clients.
    pub fn start(sandbox: &Sandbox, folder: &Path) -> Result<Self> {
        let port = free_pair()?;
        fs::create_dir_all(folder.join("pcscd"))?;
        fs::create_dir_all(folder.join("no-drivers"))?;
        fs::write(folder.join("reader.conf"), reader_configuration(Path::new(VPCD), port)?)?;
        let folder = folder.to_owned();
        let mut pcscd = Self { process: None, folder, private: sandbox.private, port, environment: vec![] };
        pcscd.launch()?;
        Ok(pcscd)
    }

    /// For `PCSCLITE_CSOCK_NAME`.
    pub fn socket(&self) -> PathBuf {
        socket_path(&self.folder, self.private)
    }

    /// Where a virtual card has to connect to lie in `reader`.
    pub fn address(&self, reader: Reader) -> String {
        let port = match reader {
            Reader::First => self.port,
            Reader::Second => self.port + 1,
        };
        format!("127.0.0.1:{port}")
    }

    /// What pcscd logged, commands excluded.
    pub fn log(&self) -> Result<String> {
        process::read_lossy(&self.log_file())
    }

    /// What pcscd has reported of `reader` so far.
    pub fn reader_events(&self, reader: Reader) -> Result<ReaderEvents> {
        let log = self.log()?;
        let count = |event: &str| log.matches(event).count();
        Ok(ReaderEvents {
            inserted: count(&format!("Card inserted into {}", reader.name())),
            removed: count(&format!("Card Removed From {}", reader.name())),
            powered: count("Card ATR:"),
        })
    }

    /// Waits until pcscd reports that a card came into `reader` since `before`.
    pub fn wait_for_insertion(&self, reader: Reader, before: ReaderEvents) -> Result<()> {
        self.wait_until_logged(&format!("a card in {}", reader.name()), || {
            let now = self.reader_events(reader)?;
            Ok(now.inserted > before.inserted || now.powered > before.powered)
        })
    }

    /// Waits until pcscd reports that the card left `reader` since `before`.
    pub fn wait_for_removal(&self, reader: Reader, before: ReaderEvents) -> Result<()> {
        self.wait_until_logged(&format!("the card leave {}", reader.name()), || {
            Ok(self.reader_events(reader)?.removed > before.removed)
        })
    }

    fn wait_until_logged(&self, what: &str, condition: impl FnMut() -> Result<bool>) -> Result<()> {
        wait_until(&format!("pcscd to see {what}"), TIMEOUT, condition)
            .with_context(|| format!("pcscd's log:\n{}", self.log().unwrap_or_default()))
    }

    /// Ends pcscd as a crash would: at once, its socket left behind.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.signal(Signal::KILL);
            let _ = process.wait(TIMEOUT);
        }
    }

    /// Ends it properly.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again after [`Pcscd::kill`] or [`Pcscd::stop`], on the same ports and socket.
    pub fn restart(&mut self) -> Result<()> {
        self.stop();
        self.launch()
    }

    /// Takes both readers away and starts again, as where nothing is plugged in. Cards must be out of them.
    pub fn unplug_readers(&mut self) -> Result<()> {
        self.stop();
        fs::write(self.folder.join("reader.conf"), "")?;
        self.launch()
    }

    /// Puts another handler into the place of vpcd's, which it builds on, and starts again. A card stays inserted.
    pub fn change_reader(&mut self, handler: &Path, environment: &[(&str, &Path)]) -> Result<()> {
        let before = self.reader_events(Reader::First)?;
        self.stop();
        fs::write(self.folder.join("reader.conf"), reader_configuration(handler, self.port)?)?;
        self.environment = environment
            .iter()
            .map(|(name, path)| ((*name).to_owned(), path.as_os_str().to_owned()))
            .collect();
        self.launch()?;
        self.wait_for_insertion(Reader::First, before)
    }

    fn launch(&mut self) -> Result<()> {
        let _ = fs::remove_file(self.socket());
        let log = fs::File::options().create(true).append(true).open(self.log_file())?.into_file();
        let mut command = self.command();
        command.env("PCSCLITE_HP_DROPDIR", self.folder.join("no-drivers"));
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stderr(log.try_clone()?).stdout(log);
        let process = self.process.insert(Process::start(command)?);
        let socket = socket_path(&self.folder, self.private);
        let ready = wait_until("pcscd", TIMEOUT, || {
            if !process.runs()? {
                bail!("pcscd ended at once");
            }
            Ok(socket.exists() && std::os::unix::net::UnixStream::connect(&socket).is_ok())
        });
        ready.with_context(|| format!("pcscd's log:\n{}", self.log().unwrap_or_default()))
    }

    fn command(&self) -> Command {
        let configuration = self.folder.join("reader.conf");
        let mut options = vec!["--foreground", "--info"];
        if knows_polkit() {
            options.push("--disable-polkit");
        }
        let mut command;
        if self.private {
            command = Command::new("unshare");
            command.args(["--mount", "--propagation", "private", "--", "sh", "-c"]);
            command.arg(r#"mount --bind "$0" /run && exec pcscd "$@""#).arg(&self.folder);
        } else {
            command = Command::new("pcscd");
        }
        command.args(options).arg("--config").arg(configuration);
        command
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join("pcscd.log")
    }
}

fn socket_path(folder: &Path, private: bool) -> PathBuf {
    let run = if private { folder } else { Path::new("/run") };
    run.join("pcscd/pcscd.comm")
}

/// Whether this pcscd asks polkit who may use a card.
fn knows_polkit() -> bool {
    let help = Command::new("pcscd").arg("--help").output();
    help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--disable-polkit"))
}

/// vpcd's own handler: the package puts it there whatever the architecture.
const VPCD: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

/// The reader file.
fn reader_configuration(library: &Path, port: u16) -> Result<String> {
    if !library.exists() {
        bail!("the virtual reader is missing: {} (package vsmartcard-vpcd)", library.display());
    }
    Ok(format!(
        "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:{port}\nLIBPATH {}\nCHANNELID {port}\n",
        library.display()
    ))
}

/// Two ports in a row that nobody uses, and that no other pcscd of this process is about to use.
fn free_pair() -> Result<u16> {
    static NEXT: AtomicU16 = AtomicU16::new(FIRST_PORT);
    let free = |port: u16| TcpListener::bind(("0.0.0.0", port)).is_ok();
    for _ in 0..1000 {
        let port = NEXT.fetch_add(2, Ordering::Relaxed);
        if free(port) && free(port + 1) {
            return Ok(port);
        }
    }
    bail!("no two free ports in a row for the virtual reader")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_pair_can_be_bound() {
        let port = free_pair().unwrap();
        assert!(TcpListener::bind(("127.0.0.1", port)).is_ok());
    }
}
