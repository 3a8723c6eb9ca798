//! Which process made something, asked in each call: on Linux without a system call.

/// The process that made this value.
pub(super) struct ForkGuard {
    /// The process's id, where memory cannot say it.
    id: u32,
    mark: Option<&'static Mark>,
}

impl ForkGuard {
    /// This process.
    pub(super) fn new() -> Self {
        Self { id: std::process::id(), mark: Mark::new() }
    }

    /// Whether this process made it, as opposed to a parent that has forked since.
    pub(super) fn is_this_process(&self) -> bool {
        match self.mark {
            Some(mark) => mark.is_set(),
            None => self.id == std::process::id(),
        }
    }
}

#[cfg(target_os = "linux")]
use wiped_on_fork::Mark;

#[cfg(not(target_os = "linux"))]
use absent::Mark;

/// `MADV_WIPEONFORK` (Linux 4.14): the kernel hands a child zeros in place of such a page, however it was forked.
#[cfg(target_os = "linux")]
mod wiped_on_fork {
    use std::ptr;
    use std::sync::atomic::{AtomicU8, Ordering};

    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous, munmap};

    const LENGTH: usize = 1;

    /// Set in the process that made it.
    pub(super) struct Mark(AtomicU8);

    impl Mark {
        /// `None` where the kernel does not know such pages. Never unmapped: another thread may be looking at it.
        pub(super) fn new() -> Option<&'static Self> {
            let protection = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: a new mapping at a place of the kernel's choice replaces none.
            let page =
                unsafe { mmap_anonymous(ptr::null_mut(), LENGTH, protection, MapFlags::PRIVATE) }.ok()?;
            // SAFETY: the page was mapped just above and holds nothing yet.
            if unsafe { madvise(page, LENGTH, Advice::LinuxWipeOnFork) }.is_err() {
                // SAFETY: mapped just above, and nothing refers to it.
                let _ = unsafe { munmap(page, LENGTH) };
                return None;
            }
            // SAFETY: page-aligned, readable and writable, zeroed, which is a valid AtomicU8; it stays mapped for ever.
            let mark = unsafe { &*page.cast::<Self>() };
            mark.0.store(1, Ordering::Relaxed);
            Some(mark)
        }

        pub(super) fn is_set(&self) -> bool {
            self.0.load(Ordering::Relaxed) == 1
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod absent {
    pub(super) enum Mark {}

    impl Mark {
        pub(super) fn new() -> Option<&'static Self> {
            None
        }

        pub(super) fn is_set(&self) -> bool {
            match *self {}
        }
    }
}
