//! Panics stop here: an unwinding that reached C would abort the browser.
//!
//! A panic is written to the log by its place only. Its message could hold whatever the code was looking at, and
//! the default message on standard error does not belong in the host's output.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs `call`; `None` if it panicked. What it left half done is behind locks that ignore poisoning or start over.
pub(super) fn catch<T>(call: impl FnOnce() -> T) -> Option<T> {
    let outside = INSIDE.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    INSIDE.set(outside);
    // The payload is leaked: its destructor could panic again.
    result.map_err(std::mem::forget).ok()
}

/// Once per process: panics inside `catch` go to the log instead of standard error. The standard library is linked
/// into this module, so the hook is ours alone; in a Rust program that links the rlib, other panics go to its hook.
pub(super) fn install_hook() {
    if INSTALLED.swap(true, Ordering::AcqRel) {
        return;
    }
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| if INSIDE.get() { report(info) } else { previous(info) }));
}

static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    // Constant and without a destructor: nothing is left to run when a thread or the program ends.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

fn report(info: &PanicHookInfo<'_>) {
    let place = info.location();
    let file = place.map_or("?", |place| place.file());
    let line = place.map_or(0, |place| place.line());
    tracing::error!(target: "cns_pkcs11::panic", file, line, "panic");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_in_none_and_the_thread_goes_on() {
        install_hook();
        assert_eq!(catch(|| -> u8 { panic!("planted") }), None);
        assert_eq!(catch(|| 7), Some(7));
        assert!(!INSIDE.get());
    }
}
