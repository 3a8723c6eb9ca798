//! The console of Windows. Its mode belongs to the shell, which sets it again; nothing but a question reads from it.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use super::{Typed, Visible};

/// A console that a person types at.
#[derive(Debug)]
pub(crate) struct Keyboard;

impl Keyboard {
    /// The standard input, when it is a console.
    pub(crate) fn of_input() -> Option<Self> {
        io::stdin().is_terminal().then_some(Self)
    }

    /// Only the standard input is asked here.
    pub(crate) fn controlling() -> Option<Self> {
        None
    }

    /// Each secret is hidden by itself.
    pub(crate) fn hide(&self) -> EchoGuard {
        EchoGuard
    }

    /// Asks a question. Does not look around while it waits; what is no secret shows as the console shows it.
    pub(crate) fn ask(
        &mut self,
        question: &str,
        visible: Visible,
        _go_on: &mut dyn FnMut() -> bool,
    ) -> io::Result<Typed> {
        if visible == Visible::Nothing {
            return rpassword::prompt_password(question).map(|typed| Typed::Line(Zeroizing::new(typed)));
        }
        let mut err = io::stderr();
        err.write_all(question.as_bytes())?;
        err.flush()?;
        let mut line = Zeroizing::new(String::new());
        let length = io::stdin().lock().read_line(&mut line)?;
        Ok(if length > 0 { Typed::Line(line) } else { Typed::Declined })
    }
}

/// Nothing is to be put back.
#[derive(Debug)]
pub(crate) struct EchoGuard;

/// The shell does it.
pub(crate) fn restore() {}

/// Nothing is to be put back for another program either.
pub(crate) fn lend_while<T>(work: impl FnOnce() -> T) -> T {
    work()
}
