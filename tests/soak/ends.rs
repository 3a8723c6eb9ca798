//! C_Finalize in the middle of other calls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::{Latency, Personality};

use crate::common::{Stage, apart};
use crate::{PIN, call, sign, times};

/// What a call may answer when the module is finalised around it.
const AT_THE_END: [CK_RV; 8] = [
    CKR_OK,
    CKR_CRYPTOKI_NOT_INITIALIZED,
    CKR_SESSION_HANDLE_INVALID,
    CKR_USER_NOT_LOGGED_IN,
    CKR_SLOT_ID_INVALID,
    CKR_DEVICE_ERROR,
    CKR_OPERATION_NOT_INITIALIZED,
    CKR_OBJECT_HANDLE_INVALID,
];

/// How long a starved machine may take to its first signature.
const PATIENCE: Duration = Duration::from_secs(60);

/// A login that was on its way when the module ended must not leave the card open with nobody to log out.
#[test]
fn a_login_that_meets_finalize_leaves_no_open_door() {
    let rounds = times(200, 2000);
    let stage = Stage::with(&Personality::cardos());
    let latency = Latency { per_command: Duration::from_millis(1), per_byte: Duration::ZERO };
    let mut succeeded = 0;
    for round in 0..rounds {
        let session = stage.session();
        stage.card().set_latency(latency);
        // They queue up behind the one whose PIN is with the card, and the end of the module queues up among them.
        std::thread::scope(|scope| {
            let logins: Vec<_> = (0..4).map(|_| scope.spawn(|| session.login(PIN))).collect();
            std::thread::sleep(Duration::from_micros(300 * (round % 20)));
            assert_eq!(stage.client.finalize(), CKR_OK);
            for login in logins {
                let outcome = login.join().expect("no panic");
                let known = |code| AT_THE_END.contains(&code) || code == CKR_USER_ALREADY_LOGGED_IN;
                assert!(outcome.is_ok() || outcome.is_err_and(known), "{outcome:x?}");
                succeeded += u64::from(outcome.is_ok());
            }
        });
        stage.card().set_latency(Latency::default());
        assert!(!stage.card().is_pin_verified(), "round {round}");
        stage.client.initialize();
    }
    apart::say(&format!(
        "soak: {rounds} times C_Finalize among logins, {succeeded} succeeded, no door left open"
    ));
}

#[test]
fn finalize_meets_waiting_signing_and_listing_calls() {
    let rounds = times(12, 500);
    let stage = Stage::with(&Personality::cardos());
    let certificate = stage.card().certificate_der().to_vec();
    let latency = Latency { per_command: Duration::from_millis(2), per_byte: Duration::ZERO };
    stage.card().set_latency(latency);
    let (waits, signatures) = (AtomicU64::new(0), AtomicU64::new(0));
    for round in 0..rounds {
        std::thread::scope(|scope| {
            let client = &stage.client;
            scope.spawn(|| {
                let mut slot = 0;
                let code = call!(client.v2, C_WaitForSlotEvent, 0, &mut slot, std::ptr::null_mut());
                assert!([CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED].contains(&code), "{code:#x}");
                waits.fetch_add(u64::from(code == CKR_CRYPTOKI_NOT_INITIALIZED), Ordering::Relaxed);
            });
            for _ in 0..3 {
                scope.spawn(|| {
                    let Ok(session) = client.try_open(0, CKF_SERIAL_SESSION) else { return };
                    let _ = session.login(PIN);
                    loop {
                        match sign(&session, &certificate) {
                            Ok(()) => drop(signatures.fetch_add(1, Ordering::Relaxed)),
                            Err(code) => {
                                assert!(AT_THE_END.contains(&code), "{code:#x}");
                                // Logged out by a finalize that is under way, or for good.
                                break;
                            }
                        }
                    }
                });
            }
            scope.spawn(|| while client.slots(true).is_ok() {});
            std::thread::sleep(Duration::from_millis(10 + 7 * (round % 11)));
            // However busy the machine is: among calls that never get to a signature the end would show nothing.
            let started = Instant::now();
            while signatures.load(Ordering::Relaxed) == 0 && started.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(client.finalize(), CKR_OK);
        });
        stage.client.initialize();
        assert!(!stage.card().is_pin_verified(), "the last one out locked the door");
    }
    let (waits, signatures) = (waits.into_inner(), signatures.into_inner());
    assert_eq!(waits, rounds, "every wait was woken by the end");
    assert!(signatures > 0, "the end met signing calls");
    apart::say(&format!(
        "soak: {rounds} times C_Finalize among running calls, {signatures} signatures meanwhile"
    ));
}
