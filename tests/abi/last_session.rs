//! The login ends with the last session (PKCS#11 2.40 and 3.0, 5.6, C_CloseSession: "If this function is successful and it
//! closes the last session between the application and the token, the login state of the token for the application returns
//! to public sessions"), and what begins meanwhile begins after it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::{DEFAULT_PIN, Personality};

use crate::common::Stage;
use testkit::pkcs11::{checked, mechanism};

const PIN: &[u8] = DEFAULT_PIN.as_bytes();
const PATIENCE: Duration = Duration::from_secs(20);
/// For a thread to come to where it waits.
const MOMENT: Duration = Duration::from_millis(150);

/// The next signature waits inside the card: whoever wants to log out waits behind it.
fn hold_the_next_signature(stage: &Stage) -> (Receiver<()>, Sender<()>) {
    let (tell_begun, begun) = channel();
    let (go_on, wait) = channel::<()>();
    let hook = move |command: &[u8], _: usize| {
        if command[1] == 0x2A {
            let _ = tell_begun.send(());
            let _ = wait.recv_timeout(PATIENCE);
        }
        None
    };
    stage.card().faults().set_hook(Box::new(hook));
    (begun, go_on)
}

/// Closes the last session while it signs, and meanwhile does something else in another thread.
fn while_the_last_session_closes<T: Send>(
    stage: &Stage,
    close: impl Fn(CK_SESSION_HANDLE) -> CK_RV + Sync,
    meanwhile: impl FnOnce() -> T + Send,
) -> T {
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    let handle = session.handle;
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
    let (begun, go_on) = hold_the_next_signature(stage);
    std::thread::scope(|scope| {
        let signing = scope.spawn(|| session.sign_once(b"data"));
        begun.recv_timeout(PATIENCE).expect("the signature is under way");
        let closing = scope.spawn(|| close(handle));
        std::thread::sleep(MOMENT);
        let other = scope.spawn(meanwhile);
        std::thread::sleep(MOMENT);
        go_on.send(()).expect("the card waits");
        assert_eq!(closing.join().expect("no panic"), CKR_OK);
        let _ = signing.join().expect("no panic");
        stage.card().faults().clear();
        other.join().expect("no panic")
    })
}

/// Both ways to close the last session.
fn closings(stage: &Stage) -> [Box<dyn Fn(CK_SESSION_HANDLE) -> CK_RV + Sync>; 2] {
    let client = stage.client;
    [
        Box::new(move |handle| crate::call!(client.v2, C_CloseSession, handle)),
        Box::new(move |_| crate::call!(client.v2, C_CloseAllSessions, 0)),
    ]
}

#[test]
fn a_session_that_opens_meanwhile_inherits_no_login() {
    let stage = Stage::with(&Personality::st2021());
    for close in closings(&stage) {
        let opened = || {
            let session = stage.session();
            let state = session.info().expect("alive").state;
            assert_eq!(session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())]), Ok(vec![]));
            state
        };
        assert_eq!(while_the_last_session_closes(&stage, close, opened), CKS_RW_PUBLIC_SESSION);
    }
}

#[test]
fn a_login_that_begins_meanwhile_lasts() {
    let stage = Stage::with(&Personality::st2021());
    for close in closings(&stage) {
        let before = stage.card().verify_count();
        let session = while_the_last_session_closes(&stage, close, || {
            let session = stage.session();
            session.login(PIN).expect("a login of its own");
            session
        });
        assert_eq!(session.info().expect("alive").state, CKS_RW_USER_FUNCTIONS);
        session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("still logged in");
        assert_eq!(stage.card().verify_count() - before, 2, "one VERIFY for each login");
    }
}

/// Many threads that open, log in, sign and close, with nothing held back: whoever logged in can sign until it closes its
/// session, since no other one logs out.
#[test]
fn many_threads_that_open_and_close_do_not_log_each_other_out() {
    let stage = Stage::with(&Personality::st2021());
    let errors: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut errors = Vec::new();
            for round in 0..25 {
                let session = stage.session();
                match session.login(PIN) {
                    Ok(()) | Err(CKR_USER_ALREADY_LOGGED_IN) => {}
                    Err(code) => errors.push(format!("{round}: C_Login {code:#x}")),
                }
                // The session is open, so that nobody closes the last one.
                if let Err(code) = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data") {
                    errors.push(format!("{round}: C_Sign {code:#x}"));
                }
            }
            errors
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(stage.session().info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    assert_eq!(stage.card().pin_tries_left(), 3);
}

/// 2.40 and 3.0 5.6: a session that is closed cannot be logged in with, also when it closes while the login waits.
#[test]
fn a_login_with_a_session_that_closes_meanwhile_leaves_nobody_logged_in() {
    let stage = Stage::with(&Personality::st2021());
    for _ in 0..20 {
        let session = stage.session();
        let (client, handle) = (stage.client, session.handle);
        std::thread::scope(|scope| {
            let login = scope.spawn(|| session.login(PIN));
            let closed = crate::call!(client.v2, C_CloseSession, handle);
            assert_eq!(checked(closed), Ok(()));
            let outcome = login.join().expect("no panic");
            assert!(matches!(outcome, Ok(()) | Err(CKR_SESSION_HANDLE_INVALID)), "{outcome:?}");
        });
        let later = stage.session();
        assert_eq!(later.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    }
}
