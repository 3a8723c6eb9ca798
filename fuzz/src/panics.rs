//! Panics that the C functions catch and turn into a return code: a test must see them all the same.

use std::panic;
use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Option<String>> = Mutex::new(None);

/// Records every panic from now on. To be called after the module has set its own hook, which keeps panics of the C
/// functions from the previous hook.
pub fn record() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            *SEEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.to_string());
            previous(info);
        }));
    });
}

/// Fails when there was a panic since the last call of this.
///
/// # Panics
/// With the message of that panic.
pub fn assert_none() {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(seen) = seen {
        panic!("caught on the way: {seen}");
    }
}
