//! Thread cancellation (POSIX.1-2017, XSH 2.9.5) and what a call does about it. Knows nothing of PKCS#11.
//!
//! `pthread_cancel` ends a thread at a cancellation point, such as the `poll` inside a PC/SC call, by unwinding its stack.
//! That unwinding may not pass Rust frames that hold something: it would leave locks taken, and `catch_unwind` ends the
//! process. So cancellation is disabled during a call and the caller's state comes back at its end. A pending request acts
//! then at the caller's next cancellation point, or at once if the caller chose asynchronous cancellation: both functions
//! below that let it act are called from the C functions themselves, in whose frames nothing is left to drop.

#[cfg(unix)]
pub(super) use posix::{disable, restore, test};

#[cfg(unix)]
mod posix {
    use std::ffi::c_int;

    #[cfg(target_vendor = "apple")]
    const PTHREAD_CANCEL_DISABLE: c_int = 0;
    #[cfg(not(target_vendor = "apple"))]
    const PTHREAD_CANCEL_DISABLE: c_int = 1;
    #[cfg(target_vendor = "apple")]
    const PTHREAD_CANCEL_DEFERRED: c_int = 2;
    #[cfg(not(target_vendor = "apple"))]
    const PTHREAD_CANCEL_DEFERRED: c_int = 0;

    // May unwind: that is how a thread is cancelled.
    unsafe extern "C-unwind" {
        fn pthread_setcancelstate(state: c_int, old_state: *mut c_int) -> c_int;
        fn pthread_setcanceltype(kind: c_int, old_kind: *mut c_int) -> c_int;
        fn pthread_testcancel();
    }

    /// What a thread chose: whether it can be cancelled, and whether at once or at cancellation points.
    #[derive(Clone, Copy)]
    pub(in crate::abi) struct Cancelability {
        state: c_int,
        kind: c_int,
    }

    /// Disables cancellation for this thread; what it had chosen. The type too: glibc 2.36 sends an asynchronous request as
    /// a signal, and its handler looks at the type only, so that one under way would still act.
    pub(in crate::abi) fn disable() -> Cancelability {
        let mut before = Cancelability { state: PTHREAD_CANCEL_DISABLE, kind: PTHREAD_CANCEL_DEFERRED };
        // SAFETY: a type of the standard's and a live place for the old one.
        unsafe { pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &raw mut before.kind) };
        // SAFETY: a state of the standard's and a live place for the old one.
        unsafe { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &raw mut before.state) };
        before
    }

    /// Gives the caller's choice back. Does not return when the thread was cancelled asynchronously.
    pub(in crate::abi) fn restore(chosen: Cancelability) {
        // NULL is not allowed everywhere.
        let mut unused = 0;
        // SAFETY: a state that `disable` found, and a live place for the old one.
        unsafe { pthread_setcancelstate(chosen.state, &raw mut unused) };
        // SAFETY: a type that `disable` found, and a live place for the old one.
        unsafe { pthread_setcanceltype(chosen.kind, &raw mut unused) };
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
    #[derive(Clone, Copy)]
    pub(in crate::abi) struct Cancelability;

    pub(in crate::abi) fn disable() -> Cancelability {
        Cancelability
    }

    pub(in crate::abi) fn restore(_: Cancelability) {}

    pub(in crate::abi) fn test() {}
}
