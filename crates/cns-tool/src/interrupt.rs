//! Ctrl-C: the terminal is put back as it was, a PIN command that is under way is waited for, and the process ends.

use std::io::Write;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::calls;
use crate::exit::Exit;

/// Held while the card works on a command that must not be left half done.
static UNDER_WAY: Mutex<()> = Mutex::new(());

/// Ends the process with exit code 130 on Ctrl-C and on the other polite requests to end.
///
/// # Panics
/// When called twice.
pub fn install() {
    let end = || {
        let _finished = uninterrupted();
        calls::restore_terminal();
        let _ = std::io::stderr().write_all(b"\n");
        process::exit(Exit::Interrupted.code().into());
    };
    ctrlc::set_handler(end).expect("called once, at the start");
}

/// As long as the value lives, an interruption waits.
pub fn uninterrupted() -> MutexGuard<'static, ()> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Remembers how the terminal is, for an interruption while echo is off; forgets it when dropped.
pub(crate) fn keep_terminal() -> impl Drop {
    calls::KeptTerminal::new()
}
