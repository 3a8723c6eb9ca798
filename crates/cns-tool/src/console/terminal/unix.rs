//! Terminals of POSIX (IEEE 1003.1, chapter 11).

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::Ordering;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, QueueSelector, SpecialCodeIndex, tcflush, tcgetattr};
use zeroize::Zeroizing;

use super::echo::Echo;
use super::modes::{RESUMED, TerminalModes, hidden, restore};
use super::typed_line::{EditingKeys, KeyEffect, TypedLine};
use super::{LOOK_AROUND, Typed, Visible};

const CONTROLLING_TERMINAL: &str = "/dev/tty";
/// How long a question waits for a key before it looks around.
const WATCH: Timespec = Timespec { tv_sec: 0, tv_nsec: LOOK_AROUND.subsec_nanos() as i64 };

/// A terminal that a person types at.
#[derive(Debug)]
pub(crate) struct Keyboard(File);

impl Keyboard {
    /// The standard input, when it is a terminal.
    pub(crate) fn of_input() -> Option<Self> {
        let input = io::stdin();
        if !input.is_terminal() {
            return None;
        }
        input.as_fd().try_clone_to_owned().ok().map(|copy| Self(copy.into()))
    }

    /// The terminal of the process, whatever its standard input is.
    pub(crate) fn controlling() -> Option<Self> {
        File::options().read(true).write(true).open(CONTROLLING_TERMINAL).ok().map(Self)
    }

    /// Turns echo off until the value is dropped.
    pub(crate) fn hide(&self) -> EchoGuard {
        let mut hidden = hidden();
        if hidden.is_some() {
            return EchoGuard { ours: false };
        }
        let (Ok(device), Ok(before)) = (self.0.try_clone(), tcgetattr(&self.0)) else {
            return EchoGuard { ours: false };
        };
        let mut now = before.clone();
        now.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL);
        let modes = TerminalModes { device, before, now };
        modes.set(&modes.now);
        *hidden = Some(modes);
        EchoGuard { ours: true }
    }

    /// Asks a question. Looks around with `go_on` while it waits.
    pub(crate) fn ask(
        &mut self,
        question: &str,
        visible: Visible,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<Typed> {
        let _hidden = self.hide();
        let keys = KeyByKey::begin();
        self.throw_away()?;
        RESUMED.store(false, Ordering::Relaxed);
        // The question is for the person, also when the error output goes to a file.
        let mut echo = match File::options().write(true).open(CONTROLLING_TERMINAL) {
            Ok(screen) => Echo::on(screen, question)?,
            Err(_) => Echo::on(io::stderr(), question)?,
        };
        let typed = self.read_answer(keys.editing, visible, &mut echo, go_on);
        echo.end()?;
        typed
    }

    fn throw_away(&self) -> io::Result<()> {
        Ok(tcflush(&self.0, QueueSelector::IFlush)?)
    }

    /// Byte by byte: what follows the line's end stays with the terminal, which throws it away.
    fn read_answer(
        &mut self,
        keys: EditingKeys,
        visible: Visible,
        echo: &mut Echo,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<Typed> {
        let mut line = TypedLine::new(keys);
        let mut byte = Zeroizing::new([0; 1]);
        loop {
            let key = self.has_key();
            // Held until the key is read: a stop (Ctrl-Z) comes before both or after both, so that no key is taken for one of
            // before, nor one of before for a later one.
            let held = hidden();
            if RESUMED.swap(false, Ordering::Relaxed) {
                drop(held);
                line.clear();
                echo.start_again()?;
                continue;
            }
            if !key {
                drop(held);
                if !go_on() {
                    return Ok(Typed::Stopped);
                }
                continue;
            }
            let read = self.0.read(&mut *byte);
            drop(held);
            match read {
                Ok(0) if !self.is_at_end() => {}
                Ok(0) => return Ok(Typed::Declined),
                Ok(_) => match line.take(byte[0]) {
                    KeyEffect::Continues => echo.show(&line.shown(visible, echo.mark))?,
                    KeyEffect::Entered => return Ok(Typed::Line(line.text())),
                    KeyEffect::Declined => return Ok(Typed::Declined),
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The terminal was closed, and its signal is on the way.
                Err(error) if Errno::from_io_error(&error) == Some(Errno::IO) => return Ok(Typed::Declined),
                Err(error) => return Err(error),
            }
        }
    }

    /// What it means that nothing was read. Where keys come one by one, the key that was seen may be gone again: Ctrl-Z and
    /// Ctrl-C throw away what was typed before.
    fn is_at_end(&self) -> bool {
        let is_by_line = tcgetattr(&self.0).is_ok_and(|modes| modes.local_modes.contains(LocalModes::ICANON));
        let mut terminal = [PollFd::new(&self.0, PollFlags::IN)];
        let looked = poll(&mut terminal, Some(&Timespec { tv_sec: 0, tv_nsec: 0 }));
        let is_gone = looked.is_err() || terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR);
        is_by_line || is_gone
    }

    /// Waits for a key, a while. A terminal that cannot be waited for is read at once.
    fn has_key(&self) -> bool {
        let mut terminal = [PollFd::new(&self.0, PollFlags::IN)];
        !matches!(poll(&mut terminal, Some(&WATCH)), Ok(0) | Err(Errno::INTR))
    }
}

/// Keeps echo off; puts the terminal back when dropped, also by a panic.
#[derive(Debug)]
pub(crate) struct EchoGuard {
    ours: bool,
}

impl Drop for EchoGuard {
    fn drop(&mut self) {
        if self.ours {
            restore();
        }
    }
}

/// During one answer each key comes at once, and editing is ours. Signals stay the terminal's.
struct KeyByKey {
    editing: EditingKeys,
}

impl KeyByKey {
    /// What the terminal does with whole lines, and with keys such as Ctrl-V.
    const LINES: LocalModes = LocalModes::ICANON.union(LocalModes::IEXTEN);

    fn begin() -> Self {
        let mut editing = EditingKeys { erase: 0, kill: 0, word_erase: 0, end: 0, interrupt: [0, 0] };
        change(|modes| {
            let codes = &modes.before.special_codes;
            editing = EditingKeys {
                erase: codes[SpecialCodeIndex::VERASE],
                kill: codes[SpecialCodeIndex::VKILL],
                word_erase: codes[SpecialCodeIndex::VWERASE],
                end: codes[SpecialCodeIndex::VEOF],
                interrupt: [codes[SpecialCodeIndex::VINTR], codes[SpecialCodeIndex::VQUIT]],
            };
            modes.now.local_modes.remove(Self::LINES);
            // A read never waits: the terminal is held during it.
            modes.now.special_codes[SpecialCodeIndex::VMIN] = 0;
            modes.now.special_codes[SpecialCodeIndex::VTIME] = 0;
        });
        Self { editing }
    }
}

impl Drop for KeyByKey {
    fn drop(&mut self) {
        change(|modes| {
            modes.now.local_modes |= modes.before.local_modes & Self::LINES;
            modes.now.special_codes = modes.before.special_codes.clone();
        });
    }
}

fn change(change: impl FnOnce(&mut TerminalModes)) {
    if let Some(modes) = hidden().as_mut() {
        change(modes);
        modes.set(&modes.now);
    }
}

#[cfg(test)]
mod tests {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    /// The signal comes to the process or its shell, sooner or later: until then this is no failure of the terminal.
    #[test]
    fn a_closed_terminal_is_no_answer() {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let open = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        let terminal = rustix::fs::open(name, open, rustix::fs::Mode::empty()).unwrap();
        let screen = File::options().write(true).open("/dev/null").unwrap();
        let mut echo = Echo::on(screen, "").unwrap();
        drop(person);
        let keys = EditingKeys { erase: 0x7f, kill: 0x15, word_erase: 0x17, end: 4, interrupt: [3, 0x1c] };
        let typed = Keyboard(terminal.into()).read_answer(keys, Visible::Nothing, &mut echo, &mut || true);
        assert!(matches!(typed, Ok(Typed::Declined)), "{typed:?}");
    }
}
