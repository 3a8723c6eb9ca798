//! The terminal while its echo is off: as it was before, and in the hands of the shell or of another program for a while.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

/// The terminal whose echo is off. One for the process: signals put it back.
static HIDDEN: Mutex<Option<TerminalModes>> = Mutex::new(None);
/// The process was stopped and goes on: what was typed of a secret before is void, and its question may have scrolled away.
pub(super) static RESUMED: AtomicBool = AtomicBool::new(false);

pub(super) struct TerminalModes {
    pub(super) device: File,
    pub(super) before: Termios,
    /// As it is to be now.
    pub(super) now: Termios,
}

impl TerminalModes {
    pub(super) fn set(&self, modes: &Termios) {
        // A terminal that is gone has no echo either.
        let _ = tcsetattr(&self.device, OptionalActions::Now, modes);
    }

    /// As it is to be; what was typed meanwhile was for another program.
    fn hide_again(&self) {
        let _ = tcflush(&self.device, QueueSelector::IFlush);
        RESUMED.store(true, Ordering::Relaxed);
        self.set(&self.now);
    }

    /// Not by TCSAFLUSH, which would wait for output that Ctrl-S holds back.
    fn put_back(&self) {
        let _ = tcflush(&self.device, QueueSelector::IFlush);
        self.set(&self.before);
    }
}

pub(super) fn hidden() -> MutexGuard<'static, Option<TerminalModes>> {
    HIDDEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the terminal what it was, without what was typed in vain.
pub(crate) fn restore() {
    if let Some(modes) = hidden().take() {
        modes.put_back();
    }
}

/// The shell gets the terminal as it was: the process is about to stop (Ctrl-Z).
pub(crate) fn lend() {
    if let Some(modes) = hidden().as_ref() {
        modes.put_back();
    }
}

/// As it was before the process was stopped; what was typed in between was for another program. A pinentry in this
/// terminal goes on at the same moment: what it has set by now is left.
pub(crate) fn resume() {
    if let Some(modes) = hidden().as_ref() {
        let is_by_line = |modes: &Termios| modes.local_modes.contains(LocalModes::ICANON);
        let is_taken = tcgetattr(&modes.device).is_ok_and(|current| !is_by_line(&current));
        if !(is_taken && is_by_line(&modes.now)) {
            modes.hide_again();
        }
    }
}

/// While this works, the terminal is another program's: as it was before, for that program puts it back as it finds it.
pub(crate) fn lend_while<T>(work: impl FnOnce() -> T) -> T {
    let modes = hidden().take();
    if let Some(modes) = &modes {
        modes.put_back();
    }
    let result = work();
    if let Some(modes) = modes {
        modes.hide_again();
        *hidden() = Some(modes);
    }
    result
}
