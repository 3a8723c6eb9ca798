//! The keyboard: lines that are read from it, and whether what is typed shows.
//!
//! Digits of a PIN must not show on the screen, nor reach the shell, at whatever moment they are typed. While a
//! [`EchoGuard`] lives, echo is off but for questions whose answers may be seen; what was typed before a question, and
//! what is left at the end, is thrown away.

#[cfg(unix)]
#[path = "terminal/marks.rs"]
mod marks;
#[cfg(unix)]
#[path = "terminal/modes.rs"]
mod modes;
#[cfg(unix)]
#[path = "terminal/typed_line.rs"]
mod typed_line;
#[cfg_attr(unix, path = "terminal/unix.rs")]
#[cfg_attr(windows, path = "terminal/windows.rs")]
mod system;

use std::time::Duration;

use zeroize::Zeroizing;

#[cfg(unix)]
pub(crate) use modes::{hide_again, lend, lend_while, restore};
pub(crate) use system::{EchoGuard, Keyboard};
#[cfg(windows)]
pub(crate) use system::{lend_while, restore};

/// How often a question for a secret looks around while it waits.
pub(crate) const LOOK_AROUND: Duration = Duration::from_millis(300);

/// What came of a question for a secret.
pub(crate) type TypedSecret = Typed<Zeroizing<String>>;

/// What came of a question.
#[derive(Debug)]
#[cfg_attr(windows, expect(dead_code, reason = "a console's question is not stopped"))]
pub(crate) enum Typed<T> {
    Line(T),
    /// Ctrl-D.
    Declined,
    /// What was watched meanwhile has put an end to it.
    Stopped,
}
