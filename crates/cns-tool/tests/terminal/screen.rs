//! A pseudo-terminal with a process in it, as its person sees it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Termios, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// Nothing takes longer, also on a busy computer.
const PATIENCE: Duration = Duration::from_secs(60);
/// `O_NOCTTY` of Linux: opened by the test, it is not the test's terminal.
const NOCTTY: i32 = 0o400;
const SHORT: Duration = Duration::from_millis(20);

pub(crate) struct Screen {
    person: File,
    /// The process's side, kept open so that the terminal outlives the process, as a shell's does.
    terminal: File,
    process: Child,
    text: String,
    before: Termios,
}

impl Screen {
    /// Starts one test of this program as a session of its own with a terminal of so many columns.
    pub(crate) fn start(test: &str, columns: u16, variables: &[(&str, &str)]) -> Self {
        let person =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&person).expect("granted");
        unlockpt(&person).expect("unlocked");
        let name = ptsname(&person, Vec::new()).expect("a name").into_string().expect("UTF-8");
        let open = || {
            File::options().read(true).write(true).custom_flags(NOCTTY).open(&name).expect("its other side")
        };
        let terminal = open();
        // A terminal that prints what it is given, byte for byte.
        let mut modes = tcgetattr(&terminal).expect("modes");
        modes.output_modes.remove(rustix::termios::OutputModes::OPOST);
        tcsetattr(&terminal, OptionalActions::Now, &modes).expect("set");
        let size = Winsize { ws_row: 25, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&terminal, size).expect("a size");
        // util-linux: a new session with the standard input as its terminal.
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(std::env::current_exe().expect("this program"));
        command.args(["--exact", test, "--nocapture"]);
        // Where `CI` is set, a dumb terminal gets colours, too.
        command.envs(variables.iter().copied()).env_remove("NO_COLOR").env_remove("CI").env("TERM", "dumb");
        let side = || Stdio::from(OwnedFd::from(open()));
        let process = command.stdin(side()).stdout(side()).stderr(side()).spawn().expect("setsid");
        Self { person: person.into(), terminal, process, text: String::new(), before: modes }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn has_columns(&self, columns: u16) {
        let size = Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.terminal, size).expect("a size");
    }

    pub(crate) fn types(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).expect("typed");
    }

    pub(crate) fn signals(&self, signal: Signal) {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, signal).expect("the process is there");
    }

    pub(crate) fn shows(&mut self, text: &str) {
        self.shows_again(text, 1);
    }

    pub(crate) fn shows_again(&mut self, text: &str, times: usize) {
        self.until(&format!("{text} ({times})"), |screen| screen.text.matches(text).count() >= times);
    }

    pub(crate) fn echoes(&self) -> bool {
        tcgetattr(&self.terminal).expect("modes").local_modes.contains(LocalModes::ECHO)
    }

    /// Whether keys wait for Enter.
    pub(crate) fn is_by_line(&self) -> bool {
        tcgetattr(&self.terminal).expect("modes").local_modes.contains(LocalModes::ICANON)
    }

    /// What a shell does whose job has stopped.
    pub(crate) fn shell_takes_the_terminal(&self) {
        tcsetattr(&self.terminal, OptionalActions::Now, &self.before).expect("set");
    }

    /// The stopped process is where a signal cannot be too early.
    pub(crate) fn waits_until_stopped(&mut self) {
        let status = format!("/proc/{}/stat", self.process.id());
        self.until("a stopped process", |_| {
            std::fs::read_to_string(&status).expect("its state").contains(") T ")
        });
    }

    pub(crate) fn waits_until_echo_is(&mut self, on: bool) {
        self.until(&format!("echo {on}"), |screen| screen.echoes() == on);
    }

    /// How many bytes wait for whoever reads the terminal next.
    pub(crate) fn waiting(&self) -> u64 {
        ioctl_fionread(&self.terminal).expect("counted")
    }

    pub(crate) fn ended_with(&mut self, code: i32) {
        self.until("the end", |screen| screen.process.try_wait().expect("waited for").is_some());
        let ended = self.process.try_wait().expect("waited for").expect("ended");
        self.look(SHORT);
        assert_eq!(ended.code(), Some(code), "{}", self.text);
        let modes = tcgetattr(&self.terminal).expect("modes");
        assert_eq!(format!("{modes:?}"), format!("{:?}", self.before), "the terminal is another than before");
    }

    fn until(&mut self, what: &str, mut so: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !so(self) {
            assert!(Instant::now() < end, "no {what} in {:?}", self.text);
            self.look(SHORT);
        }
    }

    fn look(&mut self, time: Duration) {
        let mut ready = [PollFd::new(&self.person, PollFlags::IN)];
        let time = Timespec { tv_sec: 0, tv_nsec: i64::from(time.subsec_nanos()) };
        match poll(&mut ready, Some(&time)) {
            Ok(1..) => {
                let mut bytes = [0; 4096];
                let length = self.person.read(&mut bytes).expect("the screen");
                self.text += &String::from_utf8_lossy(&bytes[..length]);
            }
            _ => sleep(Duration::from_millis(1)),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
