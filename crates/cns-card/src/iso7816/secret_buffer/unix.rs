//! Memory for a PIN on Unix: pages that are not swapped out; on Linux they are in no core file and in no forked child
//! either.

use std::fmt::Display;

use memmap2::MmapMut;

/// The pages' end is its end.
pub(super) struct Protection;

/// Protects the pages as well as the system grants it.
pub(super) fn protect(pages: &MmapMut, mut refused: impl FnMut(&dyn Display)) -> Protection {
    if let Err(error) = pages.lock() {
        refused(&error);
    }
    #[cfg(target_os = "linux")]
    for advice in [memmap2::Advice::DontDump, memmap2::Advice::DontFork] {
        if let Err(error) = pages.advise(advice) {
            refused(&error);
        }
    }
    Protection
}
