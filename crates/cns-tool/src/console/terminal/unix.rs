//! Terminals of POSIX (IEEE 1003.1, chapter 11).

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write};
use std::os::fd::AsFd as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

const CONTROLLING_TERMINAL: &str = "/dev/tty";
/// Space for a line; canonical input has no longer ones (MAX_CANON of Linux), so that no copy is left behind by growing.
const LONGEST_LINE: usize = 4096;

/// The terminal whose echo is off. One for the process: signals put it back.
static HIDDEN: Mutex<Option<TerminalModes>> = Mutex::new(None);

struct TerminalModes {
    device: File,
    before: Termios,
    /// As it is to be now.
    now: Termios,
}

impl TerminalModes {
    fn set(&self, modes: &Termios) {
        // A terminal that is gone has no echo either.
        let _ = tcsetattr(&self.device, OptionalActions::Now, modes);
    }

    /// Not by TCSAFLUSH, which would wait for output that Ctrl-S holds back.
    fn put_back(&self) {
        let _ = tcflush(&self.device, QueueSelector::IFlush);
        self.set(&self.before);
    }
}

fn hidden() -> MutexGuard<'static, Option<TerminalModes>> {
    HIDDEN.lock().unwrap_or_else(PoisonError::into_inner)
}

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

    /// Asks for a line that shows; `None` at the end of the input (Ctrl-D).
    pub(crate) fn line(&mut self, question: &str) -> io::Result<Option<String>> {
        self.throw_away()?;
        let _echo = EchoOn::begin();
        put(&mut io::stderr(), question)?;
        Ok(self.read_line()?.map(|line| line.trim().to_owned()))
    }

    /// Asks for a line that does not show.
    pub(crate) fn secret(&mut self, question: &str) -> io::Result<Option<Zeroizing<String>>> {
        let _hidden = self.hide();
        self.throw_away()?;
        // The question is for the person, also when the error output goes to a file.
        let screen = File::options().write(true).open(CONTROLLING_TERMINAL);
        let mut screen: Box<dyn Write> = match screen {
            Ok(screen) => Box::new(screen),
            Err(_) => Box::new(io::stderr()),
        };
        put(&mut screen, question)?;
        let line = self.read_line()?;
        put(&mut screen, "\n")?;
        Ok(line)
    }

    fn throw_away(&self) -> io::Result<()> {
        Ok(tcflush(&self.0, QueueSelector::IFlush)?)
    }

    /// Byte by byte, so that nothing of a secret stays in a buffer.
    fn read_line(&mut self) -> io::Result<Option<Zeroizing<String>>> {
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST_LINE));
        let mut byte = Zeroizing::new([0; 1]);
        loop {
            match self.0.read(&mut *byte) {
                Ok(0) if line.is_empty() => return Ok(None),
                Ok(0) => break,
                Ok(_) if byte[0] == b'\n' => break,
                Ok(_) if line.len() < LONGEST_LINE => line.push(byte[0]),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_LINE));
        match std::str::from_utf8(&line) {
            Ok(valid) => text.push_str(valid.trim_end_matches('\r')),
            // It cannot be a PIN; the check of its form says so.
            Err(_) => text.push(char::REPLACEMENT_CHARACTER),
        }
        Ok(Some(text))
    }
}

fn put(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
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
        echo(true);
        Self
    }
}

impl Drop for EchoOn {
    fn drop(&mut self) {
        echo(false);
    }
}

fn echo(on: bool) {
    if let Some(modes) = hidden().as_mut() {
        let own = if on { modes.before.local_modes & LocalModes::ECHO } else { LocalModes::empty() };
        modes.now.local_modes.remove(LocalModes::ECHO);
        modes.now.local_modes.insert(own);
        modes.set(&modes.now);
    }
}

/// Makes the terminal what it was, without what was typed in vain.
pub(crate) fn restore() {
    if let Some(modes) = hidden().take() {
        modes.put_back();
    }
}

/// Stops the process (Ctrl-Z): the shell gets the terminal as it was, and echo is off again when the process goes on.
pub(crate) fn stop(stop: impl FnOnce()) {
    if let Some(modes) = hidden().as_ref() {
        modes.put_back();
    }
    stop();
    hide_again();
}

/// Echo as it was before the process was stopped.
pub(crate) fn hide_again() {
    if let Some(modes) = hidden().as_ref() {
        modes.set(&modes.now);
    }
}
