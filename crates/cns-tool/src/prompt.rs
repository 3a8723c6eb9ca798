//! Asking the person: secrets without echo, and questions.
//!
//! Ctrl-C or end of file at any of them is an answer of its own ([`Asked::Interrupted`]): the terminal is as before,
//! and whoever asked sends nothing.

use std::io::{self, BufRead, ErrorKind, IsTerminal, Write};

use zeroize::Zeroizing;

use crate::interrupt;

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// Ctrl-C or Ctrl-D.
    Interrupted,
    /// Nobody can be asked: there is no terminal.
    NoTerminal,
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

/// Somebody to ask.
pub trait Prompt {
    /// Is there a terminal with a person?
    fn is_interactive(&self) -> bool;

    /// Asks for a secret: what is typed is not shown.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer>;

    /// Asks for a line that is shown.
    ///
    /// # Errors
    /// [`NoAnswer`].
    fn line(&mut self, question: &str) -> Result<String, NoAnswer>;

    /// The next line of the standard input, for scripts; without its line end.
    ///
    /// # Errors
    /// [`NoAnswer::Interrupted`] at the end of the input.
    fn script_line(&mut self) -> Result<Zeroizing<String>, NoAnswer>;
}

/// The terminal of the process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terminal;

impl Prompt for Terminal {
    fn is_interactive(&self) -> bool {
        io::stdin().is_terminal()
    }

    fn secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        if !self.is_interactive() {
            return Err(NoAnswer::NoTerminal);
        }
        let _terminal = interrupt::keep_terminal();
        Ok(Zeroizing::new(rpassword::prompt_password(question)?))
    }

    fn line(&mut self, question: &str) -> Result<String, NoAnswer> {
        if !self.is_interactive() {
            return Err(NoAnswer::NoTerminal);
        }
        let mut err = io::stderr();
        err.write_all(question.as_bytes())?;
        err.flush()?;
        let mut line = String::new();
        match io::stdin().lock().read_line(&mut line)? {
            0 => Err(NoAnswer::Interrupted),
            _ => Ok(line.trim().to_owned()),
        }
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
}
