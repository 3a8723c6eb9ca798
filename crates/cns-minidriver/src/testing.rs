//! For tests: the real entry point over cards that are in no reader of the system.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::transport::ResourceManager;

static MANAGER: Mutex<Option<Arc<dyn ResourceManager>>> = Mutex::new(None);
static TIME: Mutex<Option<SystemTime>> = Mutex::new(None);

/// Contexts that are acquired from now on work with this instead of the system's resource manager; `None` goes back.
pub fn set_resource_manager(manager: Option<Arc<dyn ResourceManager>>) {
    *MANAGER.lock().unwrap_or_else(PoisonError::into_inner) = manager;
}

pub(crate) fn resource_manager() -> Option<Arc<dyn ResourceManager>> {
    MANAGER.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// From now on certificates are valid, or not, as of this time; `None` goes back to the system's clock.
pub fn set_time(time: Option<SystemTime>) {
    *TIME.lock().unwrap_or_else(PoisonError::into_inner) = time;
}

pub(crate) fn now() -> SystemTime {
    TIME.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(SystemTime::now)
}
