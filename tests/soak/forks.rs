//! Forks in the middle: the child uses the module anew, leaves at once or through its exit handlers, or becomes another
//! program; the parent goes on.

use std::sync::atomic::{AtomicBool, Ordering};

use cryptoki_sys::*;
use virtual_cns::{Card, Personality};

use crate::common::{Client, READER, Stage, apart};
use crate::{PIN, call, sign, times};
use testkit::InProcess;

#[test]
fn children_use_exit_and_exec_while_the_parent_signs() {
    let children = times(12, 300);
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let certificate = stage.card().certificate_der().to_vec();
    let busy = AtomicBool::new(true);
    let signed: u64 = std::thread::scope(|scope| {
        let signers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let session = stage.session();
                    let mut signed = 0;
                    while busy.load(Ordering::Relaxed) {
                        sign(&session, &certificate).expect("the parent goes on");
                        signed += 1;
                    }
                    signed
                })
            })
            .collect();
        for child in 0..children {
            let code = match child % 4 {
                0 => in_child(|| uses_it_anew(&stage.client)),
                1 => in_child(|| 0),
                2 => in_child(leaves_through_its_exit_handlers),
                _ => in_child(becomes_another_program),
            };
            assert_eq!(code, 0, "child {child}");
        }
        busy.store(false, Ordering::Relaxed);
        signers.into_iter().map(|signer| signer.join().expect("a signer")).sum()
    });
    sign(&session, &certificate).expect("still logged in");
    assert_eq!(stage.card().verify_count(), 1, "no child touched the parent's card");
    apart::say(&format!("soak: {children} forks while two threads signed {signed} times"));
}

/// The number of the step that failed. Must not panic: it shares the terminal with the parent.
fn uses_it_anew(client: &Client) -> i32 {
    let mut count = 0;
    if call!(client.v2, C_GetSlotList, CK_TRUE, std::ptr::null_mut(), &mut count)
        != CKR_CRYPTOKI_NOT_INITIALIZED
    {
        return 1;
    }
    let readers =
        virtual_cns::in_process::Readers::with_card(READER, Card::new(&Personality::cardos()).shared());
    cns_pkcs11::testing::set_transport(Some(std::sync::Arc::new(InProcess(readers))));
    if call!(client.v2, C_Initialize, std::ptr::null_mut()) != CKR_OK {
        return 2;
    }
    let Ok(session) = client.try_open(0, CKF_SERIAL_SESSION) else { return 3 };
    if session.login(PIN).is_err() {
        return 4;
    }
    drop(session);
    if client.finalize() == CKR_OK { 0 } else { 5 }
}

/// As most children leave: exit handlers and the libraries' destructors run, in a copy of a process whose other threads
/// may have held any lock. One that waited for such a lock would end by SIGALRM.
fn leaves_through_its_exit_handlers() -> i32 {
    // SAFETY: the only thread of this child; no destructor of ours is on its way.
    unsafe { libc::exit(0) }
}

/// Only descriptors that are not meant to be inherited may be missing after an exec: `true` does not look at any.
fn becomes_another_program() -> i32 {
    let program = c"/bin/true";
    let arguments = [program.as_ptr(), std::ptr::null()];
    // SAFETY: both strings end with NUL and the list with NULL.
    unsafe { libc::execv(program.as_ptr(), arguments.as_ptr()) };
    6
}

/// Runs `child` in a forked child and answers its exit code; one that hangs ends by SIGALRM.
fn in_child(child: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child runs our own code only, in one thread, and leaves with _exit or exit.
    let id = unsafe {
        let id = libc::fork();
        if id == 0 {
            libc::alarm(60);
            libc::_exit(child());
        }
        id
    };
    assert!(id > 0, "fork");
    let mut status = 0;
    // SAFETY: a child of this process and a live status.
    assert_eq!(unsafe { libc::waitpid(id, &mut status, 0) }, id);
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 1000 + status }
}
