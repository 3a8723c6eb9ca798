//! Panics stop here: an unwinding that reached C would abort the browser. Its message could hold whatever the code was
//! looking at, so that only its place is written down.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// Runs `call`; `None` if it panicked. What it left half done is behind locks that start over.
pub(super) fn catch<T>(call: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(install_hook);
    let outside = INSIDE.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    INSIDE.set(outside);
    // The payload is leaked: its destructor could panic again.
    result.map_err(std::mem::forget).ok()
}

/// The standard library is linked into this DLL, so that the hook is ours alone; in a Rust program that links the rlib,
/// other panics go to its hook.
fn install_hook() {
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !INSIDE.get() {
            return previous(info);
        }
        let (file, line) = info.location().map_or(("?", 0), |place| (place.file(), place.line()));
        tracing::error!(target: "cns_minidriver::panic", file, line, "panic");
    }));
}

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_in_none_and_the_thread_goes_on() {
        assert_eq!(catch(|| -> u8 { panic!("planted") }), None);
        assert_eq!((catch(|| 7), INSIDE.get()), (Some(7), false));
    }
}
