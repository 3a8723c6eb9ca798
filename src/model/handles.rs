//! Handles of sessions and objects: counted up, none given out twice. A handle is a `CK_ULONG`, which has 8 bytes on
//! 64-bit Unix and 4 on Windows.

use std::sync::atomic::{AtomicU64, Ordering};

use cryptoki_sys::{CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CK_ULONG};

/// Names a session; never 0, never used twice.
pub type SessionHandle = CK_SESSION_HANDLE;
/// Names an object of one insertion; never 0.
pub type ObjectHandle = CK_OBJECT_HANDLE;

/// The handles that were not given out yet; 0 is none.
pub(super) struct Handles {
    next: AtomicU64,
}

impl Handles {
    pub(super) fn new() -> Self {
        Self { next: AtomicU64::new(1) }
    }

    /// The first of so many handles in a row.
    pub(super) fn take(&self, number: CK_ULONG) -> CK_ULONG {
        #[allow(clippy::useless_conversion, reason = "narrower on Windows")]
        let first = self.next.fetch_add(number.into(), Ordering::Relaxed);
        first as CK_ULONG
    }
}
