//! What is left behind: nothing, and while it works only what a child of an exec does not inherit.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::path::PathBuf;

use virtual_cns::Personality;

use crate::common::Stage;
use crate::common::apart::say;
use crate::common::process_state::{NOTHING_KEPT, ONE_ARENA, allocated_bytes, descriptors, threads};
use crate::{a_days_work, is_apart};

/// What belongs to the process and not to a guest.
#[derive(Debug, PartialEq, Eq)]
struct Host {
    signal_handlers: Vec<(i32, usize, i32)>,
    blocked_signals: Vec<i32>,
    umask: libc::mode_t,
    locale: String,
    directory: PathBuf,
    environment: Vec<(std::ffi::OsString, std::ffi::OsString)>,
    threads: usize,
    descriptors: std::collections::BTreeMap<i32, PathBuf>,
}

impl Host {
    fn now() -> Self {
        let mut environment: Vec<_> = std::env::vars_os().collect();
        environment.sort();
        Self {
            signal_handlers: (1..=64).filter_map(handler).collect(),
            blocked_signals: blocked_signals(),
            umask: umask(),
            locale: locale(),
            directory: std::env::current_dir().expect("a directory"),
            environment,
            threads: threads(),
            descriptors: descriptors(),
        }
    }
}

fn handler(signal: i32) -> Option<(i32, usize, i32)> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: no new action, and a live place for the present one.
    let known = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } == 0;
    // SAFETY: zeros, or what the call wrote.
    let action = unsafe { action.assume_init() };
    known.then_some((signal, action.sa_sigaction, action.sa_flags))
}

fn blocked_signals() -> Vec<i32> {
    let mut set = MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: no new set, and a live place for the present one.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), set.as_mut_ptr()) };
    // SAFETY: a set that the call wrote, and signal numbers.
    (1..=64).filter(|signal| unsafe { libc::sigismember(set.as_ptr(), *signal) } == 1).collect()
}

/// It can only be read by setting it.
fn umask() -> libc::mode_t {
    // SAFETY: no pointers; no other thread of this process makes files.
    unsafe {
        let mask = libc::umask(0o077);
        libc::umask(mask);
        mask
    }
}

fn locale() -> String {
    // SAFETY: NULL asks for the present locale; the answer is a string that lives until the next call.
    let name = unsafe { CStr::from_ptr(libc::setlocale(libc::LC_ALL, std::ptr::null())) };
    name.to_string_lossy().into_owned()
}

#[test]
fn the_process_is_as_it_was() {
    if !is_apart("traces::the_process_is_as_it_was", &[]) {
        return;
    }
    // SAFETY: a name that ends with NUL, and no other thread.
    unsafe { libc::setlocale(libc::LC_ALL, c"C".as_ptr()) };
    let stage = Stage::with(&Personality::st2021());
    stage.client.finalize();
    let before = Host::now();
    stage.client.initialize();
    a_days_work(&stage);
    let _ = stage.session().login(b"00000");
    assert_eq!(threads(), before.threads, "a guest brings nobody along");
    stage.client.finalize();
    assert_eq!(Host::now(), before);
    // Ready for the stage's own end.
    stage.client.initialize();
}

#[test]
fn descriptors_are_not_for_other_programs() {
    let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("guest-{}.log", std::process::id()));
    let file = format!("{}:debug", log.display());
    let logging = [("CNS_PKCS11_LOG", file.as_str())];
    if !is_apart("traces::descriptors_are_not_for_other_programs", &logging) {
        let _ = std::fs::remove_file(log);
        return;
    }
    let before = descriptors();
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let ours: Vec<_> = descriptors().into_iter().filter(|(number, _)| !before.contains_key(number)).collect();
    assert!(ours.len() >= 2, "the log and the note of a login at least: {ours:?}");
    for (number, what) in ours {
        // SAFETY: asks for the flags of an open descriptor.
        let flags = unsafe { libc::fcntl(number, libc::F_GETFD) };
        assert!(flags >= 0 && flags & libc::FD_CLOEXEC != 0, "{number} {}", what.display());
    }
    drop(session);
}

#[test]
fn two_hundred_beginnings_and_ends_take_no_memory() {
    if !is_apart("traces::two_hundred_beginnings_and_ends_take_no_memory", &[ONE_ARENA, NOTHING_KEPT]) {
        return;
    }
    let stage = Stage::with(&Personality::cardos());
    let round = || {
        stage.client.finalize();
        stage.client.initialize();
        a_days_work(&stage);
    };
    (0..50).for_each(|_| round());
    let before = (allocated_bytes(), descriptors(), threads());
    (0..200).for_each(|_| round());
    let grown = allocated_bytes().saturating_sub(before.0);
    // What lives at a moment differs by some hundred bytes; one forgotten allocation in each round would be more.
    assert!(grown < 4 * 1024, "{grown} bytes");
    say(&format!("guest: {grown} bytes more after 200 beginnings and ends"));
    assert_eq!((descriptors(), threads()), (before.1, before.2));
}
