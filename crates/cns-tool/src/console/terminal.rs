//! The keyboard: lines that are read from it, and whether what is typed shows.
//!
//! Digits of a PIN must not show on the screen, nor reach the shell, at whatever moment they are typed. While a
//! [`EchoGuard`] lives, echo is off but for questions whose answers may be seen; what was typed before a question, and
//! what is left at the end, is thrown away.

#[cfg_attr(unix, path = "terminal/unix.rs")]
#[cfg_attr(windows, path = "terminal/windows.rs")]
mod system;

pub(crate) use system::{EchoGuard, Keyboard, restore};
#[cfg(unix)]
pub(crate) use system::{hide_again, stop};
