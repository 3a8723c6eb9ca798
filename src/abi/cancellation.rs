//! Thread cancellation (POSIX.1-2017, XSH 2.9.5) and what a call does about it. Knows nothing of PKCS#11.
//!
//! `pthread_cancel` ends a thread at a cancellation point, such as the `poll` inside a PC/SC call, by unwinding its stack.
//! That unwinding may not pass Rust frames that hold something: it would leave locks taken, and `catch_unwind` ends the
//! process. So cancellation is disabled during a call and the caller's state comes back at its end. A pending request acts
//! then at the caller's next cancellation point, or at once if the caller chose asynchronous cancellation: both functions
//! below that let it act are called from frames in which nothing is left to drop.

#[cfg(unix)]
pub(super) use posix::{disable, restore, test};

#[cfg(unix)]
mod posix {
    use std::ffi::c_int;

    #[cfg(target_vendor = "apple")]
    const PTHREAD_CANCEL_DISABLE: c_int = 0;
    #[cfg(not(target_vendor = "apple"))]
    const PTHREAD_CANCEL_DISABLE: c_int = 1;

    // May unwind: that is how a thread is cancelled.
    unsafe extern "C-unwind" {
        fn pthread_setcancelstate(state: c_int, old_state: *mut c_int) -> c_int;
        fn pthread_testcancel();
    }

    /// Disables cancellation for this thread; the state that was.
    pub(in crate::abi) fn disable() -> c_int {
        let mut before = PTHREAD_CANCEL_DISABLE;
        // SAFETY: a state of the standard's and a live place for the old one.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &raw mut before) };
        before
    }

    /// Gives the caller's state back. Does not return when the thread was cancelled asynchronously.
    pub(in crate::abi) fn restore(state: c_int) {
        let mut unused = state;
        // SAFETY: a state that `disable` returned, and a live place for the old one (NULL is not allowed everywhere).
        unsafe { pthread_setcancelstate(state, &raw mut unused) };
    }

    /// A cancellation point: does not return when the thread was cancelled.
    pub(in crate::abi) fn test() {
        // SAFETY: takes nothing and is allowed everywhere.
        unsafe { pthread_testcancel() };
    }
}

/// Windows has no cancellation of threads.
#[cfg(not(unix))]
pub(super) use absent::{disable, restore, test};

#[cfg(not(unix))]
mod absent {
    pub(in crate::abi) fn disable() {}
    pub(in crate::abi) fn restore((): ()) {}
    pub(in crate::abi) fn test() {}
}
