//! Memory for a PIN on Windows: pages that are not swapped out (VirtualLock). There is no fork, and what a crash report
//! takes with it is not ours to say.

use std::fmt::Display;

use memmap2::MmapMut;
use region::LockGuard;

/// Unlocks the pages when it is dropped, before they go.
pub(super) struct Protection {
    _guard: Option<LockGuard>,
}

/// Protects the pages as well as the system grants it.
pub(super) fn protect(pages: &MmapMut, mut refused: impl FnMut(&dyn Display)) -> Protection {
    match region::lock(pages.as_ptr(), pages.len()) {
        Ok(guard) => Protection { _guard: Some(guard) },
        Err(error) => {
            refused(&error);
            Protection { _guard: None }
        }
    }
}
