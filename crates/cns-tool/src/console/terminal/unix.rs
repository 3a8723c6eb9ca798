//! Terminals of POSIX (IEEE 1003.1, chapter 11).

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::Ordering;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, QueueSelector, SpecialCodeIndex, tcflush, tcgetattr};
use zeroize::Zeroizing;

use super::marks::Marks;
use super::modes::{RESUMED, TerminalModes, hidden, restore};
use super::typed_line::{EditingKeys, KeyEffect, TypedLine};
use super::{LOOK_AROUND, Typed, TypedSecret};

const CONTROLLING_TERMINAL: &str = "/dev/tty";
/// Canonical input has no longer lines (MAX_CANON of Linux).
const LONGEST_LINE: usize = 4096;
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

    /// Asks for a line that shows. Looks around with `go_on` while it waits.
    pub(crate) fn line(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<Typed<String>> {
        self.throw_away()?;
        let _echo = EchoOn::begin();
        let mut screen = io::stderr();
        screen.write_all(question.as_bytes())?;
        screen.flush()?;
        while !self.has_key() {
            if !go_on() {
                screen.write_all(b"\n")?;
                return Ok(Typed::Stopped);
            }
        }
        Ok(self.read_line()?.map_or(Typed::Declined, |line| Typed::Line(line.trim().to_owned())))
    }

    /// Asks for a secret: a mark shows each character. Looks around with `go_on` while it waits.
    pub(crate) fn secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<TypedSecret> {
        let _hidden = self.hide();
        let keys = KeyByKey::begin();
        self.throw_away()?;
        RESUMED.store(false, Ordering::Relaxed);
        // The question is for the person, also when the error output goes to a file.
        let mut marks = match File::options().write(true).open(CONTROLLING_TERMINAL) {
            Ok(screen) => Marks::on(screen, question)?,
            Err(_) => Marks::on(io::stderr(), question)?,
        };
        let typed = self.read_secret(keys.editing, &mut marks, go_on);
        marks.end()?;
        typed
    }

    fn throw_away(&self) -> io::Result<()> {
        Ok(tcflush(&self.0, QueueSelector::IFlush)?)
    }

    /// Byte by byte: what follows the line's end stays with the terminal, which throws it away.
    fn read_secret(
        &mut self,
        keys: EditingKeys,
        marks: &mut Marks,
        go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<TypedSecret> {
        let mut line = TypedLine::new(keys);
        let mut byte = Zeroizing::new([0; 1]);
        loop {
            let key = self.has_key();
            if RESUMED.swap(false, Ordering::Relaxed) {
                line.clear();
                marks.start_again()?;
            }
            if !key {
                if !go_on() {
                    return Ok(TypedSecret::Stopped);
                }
                continue;
            }
            let read = self.0.read(&mut *byte);
            // Typed before the process was stopped, it may be.
            if RESUMED.load(Ordering::Relaxed) {
                continue;
            }
            match read {
                Ok(0) => return Ok(TypedSecret::Declined),
                Ok(_) => match line.take(byte[0]) {
                    KeyEffect::Nothing => {}
                    KeyEffect::Added => marks.add()?,
                    KeyEffect::Erased(characters) => marks.erase(characters)?,
                    KeyEffect::Entered => return Ok(TypedSecret::Line(line.text())),
                    KeyEffect::Declined => return Ok(TypedSecret::Declined),
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for a key, a while. A terminal that cannot be waited for is read at once.
    fn has_key(&self) -> bool {
        let mut terminal = [PollFd::new(&self.0, PollFlags::IN)];
        !matches!(poll(&mut terminal, Some(&WATCH)), Ok(0) | Err(Errno::INTR))
    }

    fn read_line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::with_capacity(LONGEST_LINE);
        let mut byte = [0; 1];
        loop {
            match self.0.read(&mut byte) {
                Ok(0) if line.is_empty() => return Ok(None),
                Ok(0) => break,
                Ok(_) if byte[0] == b'\n' => break,
                Ok(_) if line.len() < LONGEST_LINE => line.push(byte[0]),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(String::from_utf8_lossy(&line).into_owned()))
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

/// Echo during one answer.
struct EchoOn;

impl EchoOn {
    fn begin() -> Self {
        change(|modes| modes.now.local_modes |= modes.before.local_modes & LocalModes::ECHO);
        Self
    }
}

impl Drop for EchoOn {
    fn drop(&mut self) {
        change(|modes| modes.now.local_modes.remove(LocalModes::ECHO));
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
            modes.now.special_codes[SpecialCodeIndex::VMIN] = 1;
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
