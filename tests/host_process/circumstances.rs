//! Poor circumstances: no environment, little stack, no free descriptor, signals without end.

use std::sync::atomic::{AtomicU64, Ordering};

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::common::process_state::descriptors;
use crate::common::{Stage, apart};
use crate::{a_days_work, call, is_apart};

#[test]
fn without_any_environment() {
    if !is_apart("circumstances::without_any_environment", &[]) {
        return;
    }
    let stage = Stage::with(&Personality::st2021());
    stage.client.finalize();
    // SAFETY: no other thread of this process reads it.
    assert_eq!(unsafe { libc::clearenv() }, 0);
    stage.client.initialize();
    a_days_work(&stage);
    assert_eq!(std::env::vars_os().count(), 0, "and none is made");
}

/// Threads of some programs have little; the virtual card's own arithmetic runs on this stack too.
#[test]
fn on_a_stack_of_128_kib() {
    if !is_apart("circumstances::on_a_stack_of_128_kib", &[]) {
        return;
    }
    let stage = Stage::with(&Personality::st2021());
    std::thread::scope(|scope| {
        let small = std::thread::Builder::new().stack_size(128 * 1024);
        let work = small.spawn_scoped(scope, || {
            stage.client.finalize();
            stage.client.initialize();
            a_days_work(&stage);
            assert_eq!(stage.session().login(b"00000"), Err(CKR_PIN_INCORRECT));
            stage.client.finalize();
            stage.client.initialize();
        });
        work.expect("a thread").join().expect("no panic");
    });
}

/// The notes about logins and tries need files; without a descriptor for them the module counts alone and goes on.
#[test]
fn without_a_free_descriptor() {
    if !is_apart("circumstances::without_a_free_descriptor", &[]) {
        return;
    }
    let stage = Stage::with(&Personality::st2021());
    stage.client.finalize();
    let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a live place for the limit.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut before) }, 0);
    // Full: every number up to the limit is taken.
    let lowest_free = (0..).find(|number| !descriptors().contains_key(number)).expect("one") as libc::rlim_t;
    let none = libc::rlimit { rlim_cur: lowest_free, ..before };
    // SAFETY: a live limit, not above the hard one.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &none) }, 0);
    assert!(std::fs::File::open("/dev/null").is_err(), "there is a free descriptor after all");
    stage.client.initialize();
    a_days_work(&stage);
    assert_eq!(stage.session().login(b"00000"), Err(CKR_PIN_INCORRECT));
    stage.client.finalize();
    // SAFETY: the limit that was there before.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &before) }, 0);
    stage.client.initialize();
    a_days_work(&stage);
}

/// In nanoseconds; so short that a login meets many even on a busy machine: all that come while others run are one.
const BETWEEN_SIGNALS: libc::c_long = 50_000;

static SIGNALS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count(_: i32) {
    SIGNALS.fetch_add(1, Ordering::Relaxed);
}

/// A host with a timer: each of its signals interrupts whatever system call is under way, none of which is begun again by
/// itself.
#[test]
fn in_a_storm_of_signals() {
    if !is_apart("circumstances::in_a_storm_of_signals", &[]) {
        return;
    }
    let stage = Stage::with(&Personality::cardos());
    // SAFETY: zeros are a sigaction without flags: no SA_RESTART.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = count as *const () as usize;
    // SAFETY: a handler that only counts.
    assert_eq!(unsafe { libc::sigaction(libc::SIGALRM, &action, std::ptr::null_mut()) }, 0);
    let timer = timer_for_this_thread();
    set(timer, BETWEEN_SIGNALS);
    let (mut before, mut fewest) = (0, u64::MAX);
    for _ in 0..40 {
        a_days_work(&stage);
        let mut slot = 0;
        let _ = call!(stage.client.v2, C_WaitForSlotEvent, CKF_DONT_BLOCK, &mut slot, std::ptr::null_mut());
        stage.client.finalize();
        stage.client.initialize();
        let now = SIGNALS.load(Ordering::Relaxed);
        fewest = fewest.min(now - before);
        before = now;
    }
    set(timer, 0);
    assert_eq!(stage.card().verify_count(), 40, "one VERIFY for each login");
    assert!(fewest >= 10, "{fewest} signals during a login were no storm");
    let signals = SIGNALS.load(Ordering::Relaxed);
    apart::say(&format!("guest: 40 logins among {signals} signals, during each at least {fewest}"));
}

/// A timer whose signals come to this thread: those of `setitimer` go to a process's first one, which only waits here.
fn timer_for_this_thread() -> libc::timer_t {
    // SAFETY: zeros are a sigevent.
    let mut event: libc::sigevent = unsafe { std::mem::zeroed() };
    event.sigev_notify = libc::SIGEV_THREAD_ID;
    event.sigev_signo = libc::SIGALRM;
    // SAFETY: no arguments.
    event.sigev_notify_thread_id = unsafe { libc::gettid() };
    let mut timer = std::ptr::null_mut();
    // SAFETY: a live event and a live place for the timer.
    assert_eq!(unsafe { libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, &mut timer) }, 0);
    timer
}

fn set(timer: libc::timer_t, nanoseconds: libc::c_long) {
    let time = libc::timespec { tv_sec: 0, tv_nsec: nanoseconds };
    let times = libc::itimerspec { it_interval: time, it_value: time };
    // SAFETY: a timer of ours and live times; the old ones are not asked for.
    assert_eq!(unsafe { libc::timer_settime(timer, 0, &times, std::ptr::null_mut()) }, 0);
}
