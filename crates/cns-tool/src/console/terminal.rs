//! The keyboard: lines that are read from it, and whether what is typed shows.
//!
//! Digits of a PIN must not show on the screen, nor reach the shell, at whatever moment they are typed, also at a question
//! for something else. While a [`EchoGuard`] lives, echo is off, and a question shows what may be seen of its answer; what
//! was typed before a question, and what is left at the end, is thrown away.

#[cfg(unix)]
#[path = "terminal/echo.rs"]
mod echo;
#[cfg(unix)]
#[path = "terminal/modes.rs"]
mod modes;
#[cfg_attr(unix, path = "terminal/unix.rs")]
#[cfg_attr(windows, path = "terminal/windows.rs")]
mod system;
#[cfg(unix)]
#[path = "terminal/typed_line.rs"]
mod typed_line;

use std::time::Duration;

use zeroize::Zeroizing;

#[cfg(unix)]
pub(crate) use modes::{lend, lend_while, restore, resume};
pub(crate) use system::{EchoGuard, Keyboard};
#[cfg(windows)]
pub(crate) use system::{lend_while, restore};

/// How often a question for a secret looks around while it waits.
pub(crate) const LOOK_AROUND: Duration = Duration::from_millis(300);

/// What of an answer may be seen while it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visible {
    /// It is a secret: a mark shows each character.
    Nothing,
    /// All but digits, which could be a PIN's.
    Words,
    /// The same, but a digit alone is an answer.
    Number,
}

/// What came of a question.
#[derive(Debug)]
#[cfg_attr(windows, expect(dead_code, reason = "a console's question is not stopped"))]
pub(crate) enum Typed {
    Line(Zeroizing<String>),
    /// Ctrl-D.
    Declined,
    /// What was watched meanwhile has put an end to it.
    Stopped,
}
