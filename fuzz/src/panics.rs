//! Panics that somebody caught: the C functions turn one into a return code, and a test must not take that for an
//! answer.

use std::panic;
use std::sync::{Mutex, Once, PoisonError};

static SEEN: Mutex<Option<String>> = Mutex::new(None);

/// Notes every panic from now on. To be called after the module has put its own hook in place, which keeps panics of
/// the C functions from whoever had one before.
pub fn note() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            *SEEN.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.to_string());
            previous(info);
        }));
    });
}

/// Fails when there was one since it was asked last.
///
/// # Panics
/// With the message of the other.
pub fn assert_none() {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(seen) = seen {
        panic!("caught on the way: {seen}");
    }
}
