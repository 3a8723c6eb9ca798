//! Questions to the user, and secrets without echo.
//!
//! Ctrl-C or end of file at any of them is an answer of its own ([`NoAnswer::Interrupted`]): the terminal is as before,
//! and nothing is sent to the card.

use std::io::{self, BufRead, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::Zeroizing;

use crate::console::pinentry::PinentryError;
use crate::console::terminal::{self, Keyboard, Typed, Visible};

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// Ctrl-C or Ctrl-D.
    Interrupted,
    /// There is no terminal.
    NoTerminal,
    /// What was watched while the person typed has put an end to the question: the card was taken out.
    Stopped,
    /// The person has closed the window.
    Declined,
    /// Nothing was typed for too long.
    TimedOut,
    /// There should be a window to type in, and there is none.
    Pinentry(PinentryError),
    /// The terminal failed.
    Io(io::Error),
}

impl From<io::Error> for NoAnswer {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::Interrupted | ErrorKind::UnexpectedEof => Self::Interrupted,
            _ => Self::Io(error),
        }
    }
}

impl Typed {
    fn answer(self) -> Result<Zeroizing<String>, NoAnswer> {
        match self {
            Self::Line(line) => Ok(line),
            Self::Declined => Err(NoAnswer::Interrupted),
            Self::Stopped => Err(NoAnswer::Stopped),
        }
    }
}

/// Somebody to ask.
pub trait Prompt {
    /// Is there a terminal with a person?
    fn is_interactive(&self) -> bool;

    /// Asks for a secret: of what is typed only the length shows. While it waits it calls `go_on` some times a second, and
    /// ends with [`NoAnswer::Stopped`] when that is false.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer>;

    /// Asks for a new secret as [`Prompt::secret`] does, and says whether it was typed twice already: else the question
    /// `again` is to follow.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn new_secret(
        &mut self,
        question: &str,
        again: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<(Zeroizing<String>, bool), NoAnswer> {
        let _ = again;
        Ok((self.secret(question, go_on)?, false))
    }

    /// Asks for a line that is shown, but for digits, which could be a PIN's.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn line(&mut self, question: &str) -> Result<String, NoAnswer>;

    /// Asks for a yes: a line, or a button. Looks around as [`Prompt::line_while`] does.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn confirm(
        &mut self,
        question: &str,
        is_yes: &dyn Fn(&str) -> bool,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<bool, NoAnswer> {
        Ok(is_yes(&self.line_while(question, go_on)?))
    }

    /// As [`Prompt::line`]; while it waits it calls `go_on` some times a second, and ends with [`NoAnswer::Stopped`] when that is
    /// false.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn line_while(&mut self, question: &str, go_on: &mut dyn FnMut() -> bool) -> Result<String, NoAnswer> {
        let line = self.line(question)?;
        if go_on() { Ok(line) } else { Err(NoAnswer::Stopped) }
    }

    /// As [`Prompt::line_while`], for a question that one digit answers.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn number_while(&mut self, question: &str, go_on: &mut dyn FnMut() -> bool) -> Result<String, NoAnswer> {
        self.line_while(question, go_on)
    }

    /// The next line of the standard input, for scripts; without its line end.
    ///
    /// # Errors
    /// [`NoAnswer::Interrupted`] at the end of the input.
    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer>;

    /// Until the value is dropped, nothing that is typed shows but what may be seen of an answer. For commands that ask for
    /// a secret, from their start to their end: people type ahead.
    fn hide_typing(&self) -> EchoOff {
        EchoOff(None)
    }

    /// The standard input holds a document: from now on the person is asked at the terminal of the process.
    fn leave_standard_input(&mut self) {}
}

/// Nothing that is typed shows; the terminal is as before when this is dropped.
#[derive(Debug)]
#[must_use]
pub struct EchoOff(#[allow(dead_code, reason = "kept for its drop")] Option<terminal::EchoGuard>);

/// The terminal of the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal;

/// The standard input, of which a process has one, holds a document.
static INPUT_IS_TAKEN: AtomicBool = AtomicBool::new(false);

impl Terminal {
    fn keyboard(self) -> Option<Keyboard> {
        let taken = INPUT_IS_TAKEN.load(Ordering::Relaxed);
        if taken { Keyboard::controlling() } else { Keyboard::of_input() }
    }

    fn ask(
        self,
        question: &str,
        visible: Visible,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        let mut keyboard = self.keyboard().ok_or(NoAnswer::NoTerminal)?;
        keyboard.ask(question, visible, go_on)?.answer()
    }
}

impl Prompt for Terminal {
    fn is_interactive(&self) -> bool {
        self.keyboard().is_some()
    }

    fn secret(
        &mut self,
        question: &str,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Zeroizing<String>, NoAnswer> {
        self.ask(question, Visible::Nothing, go_on)
    }

    fn line(&mut self, question: &str) -> Result<String, NoAnswer> {
        self.line_while(question, &mut || true)
    }

    fn line_while(&mut self, question: &str, go_on: &mut dyn FnMut() -> bool) -> Result<String, NoAnswer> {
        Ok(self.ask(question, Visible::Words, go_on)?.trim().to_owned())
    }

    fn number_while(&mut self, question: &str, go_on: &mut dyn FnMut() -> bool) -> Result<String, NoAnswer> {
        Ok(self.ask(question, Visible::Number, go_on)?.trim().to_owned())
    }

    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        let mut line = Zeroizing::new(String::with_capacity(64));
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(NoAnswer::Interrupted);
        }
        let length = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(length);
        Ok(line)
    }

    fn hide_typing(&self) -> EchoOff {
        EchoOff(self.keyboard().map(|keyboard| keyboard.hide()))
    }

    fn leave_standard_input(&mut self) {
        INPUT_IS_TAKEN.store(true, Ordering::Relaxed);
    }
}
