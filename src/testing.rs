//! For the tests of this package: the real C functions over a card that is not in a PC/SC reader.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cns_card::Transport;

/// The next `C_Initialize` of this process works with these readers instead of those of PC/SC; `None` goes back.
pub fn set_transport(transport: Option<Arc<dyn Transport>>) {
    *TRANSPORT.lock().unwrap_or_else(PoisonError::into_inner) = transport;
}

pub(crate) fn transport() -> Option<Arc<dyn Transport>> {
    TRANSPORT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

static TRANSPORT: Mutex<Option<Arc<dyn Transport>>> = Mutex::new(None);

/// From now on certificates are valid, or not, as of this time; `None` goes back to the system's clock.
pub fn set_time(time: Option<SystemTime>) {
    *TIME.lock().unwrap_or_else(PoisonError::into_inner) = time;
}

pub(crate) fn now() -> SystemTime {
    TIME.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(SystemTime::now)
}

static TIME: Mutex<Option<SystemTime>> = Mutex::new(None);
