//! Time that passes by sleeping only: the functions of the C library that the standard library sleeps and asks the
//! time with, for this program alone. A wait of three seconds costs none, and nothing depends on how busy the machine is.

use std::ffi::c_int;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use libc::{clockid_t, timespec};

/// Nanoseconds slept so far.
static SLEPT: AtomicI64 = AtomicI64::new(0);

const SECOND: i64 = 1_000_000_000;

/// The time slept since the program began.
pub(crate) fn slept() -> Duration {
    Duration::from_nanos(SLEPT.load(Ordering::SeqCst).unsigned_abs())
}

fn sleep(nanoseconds: i64) -> c_int {
    SLEPT.fetch_add(nanoseconds.max(0), Ordering::SeqCst);
    0
}

fn nanoseconds(time: timespec) -> i64 {
    time.tv_sec * SECOND + time.tv_nsec
}

/// # Safety
/// `time.h`'s.
#[unsafe(no_mangle)]
unsafe extern "C" fn nanosleep(wanted: *const timespec, _left: *mut timespec) -> c_int {
    // SAFETY: the caller's own structure, by time.h never NULL.
    sleep(nanoseconds(unsafe { wanted.read() }))
}

/// # Safety
/// `time.h`'s.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_nanosleep(
    clock: clockid_t,
    flags: c_int,
    wanted: *const timespec,
    _left: *mut timespec,
) -> c_int {
    // SAFETY: the caller's own structure, by time.h never NULL.
    let wanted = nanoseconds(unsafe { wanted.read() });
    if flags & libc::TIMER_ABSTIME == 0 {
        return sleep(wanted);
    }
    let mut now = timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is this function's own.
    unsafe { clock_gettime(clock, &mut now) };
    sleep(wanted - nanoseconds(now))
}

/// # Safety
/// `time.h`'s.
#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
    // SAFETY: the kernel's call with the caller's own arguments.
    let answer = unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) };
    if answer == 0 && clock == libc::CLOCK_MONOTONIC {
        // SAFETY: the kernel has just written it.
        let real = unsafe { time.read() };
        let shown = nanoseconds(real) + SLEPT.load(Ordering::SeqCst);
        // SAFETY: as above.
        unsafe { time.write(timespec { tv_sec: shown / SECOND, tv_nsec: shown % SECOND }) };
    }
    answer as c_int
}
