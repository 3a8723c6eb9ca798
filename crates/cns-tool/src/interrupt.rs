//! Ctrl-C: the terminal is put back as it was, a PIN command that is under way is waited for, and the process ends.

use std::io::Write;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
        terminal::restore();
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
    terminal::Kept::new()
}

#[cfg(unix)]
mod terminal {
    use std::fs::File;
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) struct Kept;

    impl Kept {
        pub(super) fn new() -> Self {
            let now = File::open("/dev/tty").ok().and_then(|terminal| tcgetattr(terminal).ok());
            *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = now;
            Self
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    pub(super) fn restore() {
        let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(before), Ok(terminal)) = (before, File::open("/dev/tty")) {
            let _ = tcsetattr(terminal, OptionalActions::Now, &before);
        }
    }
}

/// Elsewhere the console belongs to the shell, which sets its mode again.
#[cfg(not(unix))]
mod terminal {
    pub(super) struct Kept;

    impl Kept {
        pub(super) fn new() -> Self {
            Self
        }
    }

    impl Drop for Kept {
        fn drop(&mut self) {}
    }

    pub(super) fn restore() {}
}
