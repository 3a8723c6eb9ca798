//! A host that cancels its threads while they are inside a C function (POSIX.1-2017, XSH 2.9.5): the process lives, no
//! lock stays taken, no PIN try is spent twice.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::{DEFAULT_PIN, Personality};

use crate::common::{Client, READER, Stage, apart};
use crate::slow_readers::Slow;
use crate::{a_days_work, call, is_apart};
use testkit::InProcess;
use testkit::pkcs11::mechanism;

/// More than a thread in a blocking wait may take to end.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so many seconds the process is ended by a signal: something hangs.
const HANGS: u32 = 120;

/// A call to be cancelled in, and what goes before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    WaitForSlotEvent,
    SlotList,
    /// Of a card that was not read yet.
    FirstTokenInfo,
    Sign,
    /// And a logout after it.
    Login,
    /// So short that a thread is cancelled at its edges.
    Info,
}

impl Case {
    fn call(self) -> fn(&Work) -> CK_RV {
        match self {
            Case::WaitForSlotEvent => wait_for_slot_event,
            Case::SlotList => slot_list,
            Case::FirstTokenInfo => token_info,
            Case::Sign => sign,
            Case::Login => log_in,
            Case::Info => info,
        }
    }
}

/// What a thread of the host does over and over, until it is cancelled.
struct Work {
    client: Client,
    session: CK_SESSION_HANDLE,
    key: CK_OBJECT_HANDLE,
    call: fn(&Work) -> CK_RV,
    asynchronous: bool,
    /// Calls that came back, and those that came back with success.
    calls: AtomicU64,
    successes: AtomicU64,
}

impl Work {
    fn of(
        stage: &Stage,
        case: Case,
        session: CK_SESSION_HANDLE,
        key: CK_OBJECT_HANDLE,
        asynchronous: bool,
    ) -> Self {
        let (calls, successes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { client: stage.client, session, key, call: case.call(), asynchronous, calls, successes }
    }
}

unsafe extern "C-unwind" {
    fn pthread_setcanceltype(kind: i32, old: *mut i32) -> i32;
    fn pthread_testcancel();
}

const PTHREAD_CANCEL_ASYNCHRONOUS: i32 = if cfg!(target_vendor = "apple") { 0 } else { 1 };

/// Holds nothing that would have to be dropped: the end of the thread unwinds it.
extern "C-unwind" fn until_cancelled(work: *mut c_void) -> *mut c_void {
    // SAFETY: the one who made this thread keeps it alive until the thread was joined.
    let work = unsafe { &*work.cast::<Work>() };
    if work.asynchronous {
        let mut before = 0;
        // SAFETY: a live place for the old type.
        unsafe { pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &mut before) };
    }
    loop {
        let code = (work.call)(work);
        work.calls.fetch_add(1, Ordering::Relaxed);
        work.successes.fetch_add(u64::from(code == CKR_OK), Ordering::Relaxed);
        // SAFETY: nothing is held here.
        unsafe { pthread_testcancel() };
    }
}

/// Runs a thread with this work and cancels it after a while; for how long it went on after that.
fn cancelled_after(work: &Work, delay: Duration) -> Duration {
    // SAFETY: the same function; pthread_create only calls it.
    let start: extern "C" fn(*mut c_void) -> *mut c_void =
        unsafe { std::mem::transmute(until_cancelled as extern "C-unwind" fn(*mut c_void) -> *mut c_void) };
    // SAFETY: zeros are a pthread_t to be filled in.
    let mut thread: libc::pthread_t = unsafe { std::mem::zeroed() };
    let argument = std::ptr::from_ref(work).cast_mut().cast();
    // SAFETY: live places, and work that outlives the thread.
    assert_eq!(unsafe { libc::pthread_create(&mut thread, std::ptr::null(), start, argument) }, 0);
    std::thread::sleep(delay);
    let asked = Instant::now();
    // SAFETY: a thread that was not joined yet.
    assert_eq!(unsafe { libc::pthread_cancel(thread) }, 0);
    let mut result = null_mut();
    // SAFETY: as above, and a live place.
    assert_eq!(unsafe { libc::pthread_join(thread, &mut result) }, 0);
    assert_eq!(result as isize, -1, "PTHREAD_CANCELED");
    asked.elapsed()
}

fn wait_for_slot_event(work: &Work) -> CK_RV {
    let mut slot = 0;
    call!(work.client.v2, C_WaitForSlotEvent, 0, &mut slot, null_mut())
}

fn slot_list(work: &Work) -> CK_RV {
    let mut count = 0;
    call!(work.client.v2, C_GetSlotList, CK_TRUE, null_mut(), &mut count)
}

fn token_info(work: &Work) -> CK_RV {
    let mut info = CK_TOKEN_INFO::default();
    call!(work.client.v2, C_GetTokenInfo, 0, &mut info)
}

fn info(work: &Work) -> CK_RV {
    let mut info = CK_INFO::default();
    call!(work.client.v2, C_GetInfo, &mut info)
}

fn sign(work: &Work) -> CK_RV {
    let mut pkcs1 = mechanism(CKM_SHA256_RSA_PKCS);
    let (mut data, mut signature, mut length) = ([7; 40], [0; 512], 512);
    let _ = call!(work.client.v2, C_SignInit, work.session, &mut pkcs1, work.key);
    call!(work.client.v2, C_Sign, work.session, data.as_mut_ptr(), 40, signature.as_mut_ptr(), &mut length)
}

fn log_in(work: &Work) -> CK_RV {
    let pin = DEFAULT_PIN.as_ptr().cast_mut();
    let code = call!(work.client.v2, C_Login, work.session, CKU_USER, pin, DEFAULT_PIN.len() as CK_ULONG);
    let _ = call!(work.client.v2, C_Logout, work.session);
    code
}

/// Initialised over readers whose calls can be cancelled, with a session; nobody is logged in.
fn again(stage: &Stage) {
    stage.client.finalize();
    cns_pkcs11::testing::set_transport(Some(Arc::new(Slow(InProcess(stage.readers.clone())))));
    stage.client.initialize();
}

fn rounds(stage: &Stage, number: u64, asynchronous: bool, case: Case) -> (u64, u64) {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut calls, mut successes) = (0, 0);
    for _ in 0..number {
        let session = stage.logged_in();
        let key = session.object(CKO_PRIVATE_KEY);
        match case {
            Case::Login => session.logout().expect("logged in"),
            Case::FirstTokenInfo => {
                stage.readers.remove(READER);
                stage.readers.insert(READER, stage.card.clone());
            }
            _ => {}
        }
        let work = Work::of(stage, case, session.handle, key, asynchronous);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let took = cancelled_after(&work, Duration::from_micros(random % 25_000));
        assert!(took < PATIENCE, "{took:?}");
        calls += work.calls.load(Ordering::Relaxed);
        successes += work.successes.load(Ordering::Relaxed);
        let _ = session.logout();
        drop(session);
        a_days_work(stage);
    }
    (calls, successes)
}

#[test]
fn threads_are_cancelled_inside_any_function() {
    if !is_apart("cancellation::threads_are_cancelled_inside_any_function", &[]) {
        return;
    }
    // SAFETY: the default action of its signal ends this process.
    unsafe { libc::alarm(HANGS) };
    let stage = Stage::with(&Personality::cardos());
    again(&stage);
    let mut threads = 0;
    for asynchronous in [false, true] {
        for case in [Case::SlotList, Case::FirstTokenInfo, Case::Sign, Case::Login] {
            let before = stage.card().verify_count();
            let (calls, successes) = rounds(&stage, 25, asynchronous, case);
            threads += 25;
            // Each round logs in twice beside what the threads do. A thread that is cancelled asynchronously may end
            // before it has counted its call.
            let sent = u64::try_from(stage.card().verify_count() - before).expect("not many");
            let by_threads = if case == Case::Login { successes } else { 0 };
            assert!(asynchronous || sent == 50 + by_threads, "{sent} PINs, {successes} logins of {calls}");
        }
    }
    assert_eq!(stage.card().pin_tries_left(), 3);
    stage.client.finalize();
    again(&stage);
    a_days_work(&stage);
    apart::say(&format!("guest: {threads} threads cancelled inside a call"));
}

/// Asynchronously, which the standard allows around no function of a library: all the more reason not to fall.
#[test]
fn threads_are_cancelled_at_the_edges_of_a_call() {
    if !is_apart("cancellation::threads_are_cancelled_at_the_edges_of_a_call", &[]) {
        return;
    }
    // SAFETY: the default action of its signal ends this process.
    unsafe { libc::alarm(HANGS) };
    let stage = Stage::with(&Personality::cardos());
    for round in 0..2000 {
        let work = Work::of(&stage, Case::Info, 0, 0, true);
        cancelled_after(&work, Duration::from_micros(100 + round % 7));
    }
    a_days_work(&stage);
}

/// The only call that lasts: `C_WaitForSlotEvent` ends with its thread, and the next one still learns of an event.
#[test]
fn a_thread_that_waits_for_an_event_is_cancelled_soon() {
    if !is_apart("cancellation::a_thread_that_waits_for_an_event_is_cancelled_soon", &[]) {
        return;
    }
    // SAFETY: the default action of its signal ends this process.
    unsafe { libc::alarm(HANGS) };
    let stage = Stage::with(&Personality::cardos());
    again(&stage);
    stage.client.slots(true).expect("slots");
    for asynchronous in [false, true, false] {
        rounds(&stage, 1, asynchronous, Case::WaitForSlotEvent);
    }
    while stage.client.wait(CKF_DONT_BLOCK).is_ok() {}
    stage.readers.remove(READER);
    assert_eq!(stage.client.wait(0), Ok(0));
    stage.readers.insert(READER, stage.card.clone());
    assert_eq!(stage.client.wait(0), Ok(0));
    a_days_work(&stage);
}
