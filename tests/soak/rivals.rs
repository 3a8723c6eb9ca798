//! Another program on the same card, at its worst; and a card that loses its power again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::Personality;
use virtual_cns::in_process::{Connection, Disposition, Sharing};

use crate::common::{READER, SessionGuard, Stage, apart};
use crate::{PIN, sign, times};

/// A call that waits for a rival gives up after 3 seconds; this is the most a person may be kept waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// Signs again and again, logs in again when told to; how many signatures and logins it took.
fn keep_signing(stage: &Stage, signatures: u64) -> (u64, u64) {
    let certificate = stage.card().certificate_der().to_vec();
    let (mut signed, mut logins, mut calls) = (0, 0, 0_u64);
    let mut session: Option<SessionGuard<'_>> = None;
    while signed < signatures {
        calls += 1;
        assert!(calls < 200 * (signatures + 10), "{signed} signatures in {calls} calls");
        let Some(open) = session.take().or_else(|| stage.client.try_open(0, CKF_SERIAL_SESSION).ok()) else {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        };
        let started = Instant::now();
        match sign(&open, &certificate) {
            Ok(()) => signed += 1,
            Err(CKR_USER_NOT_LOGGED_IN) => {
                logins += 1;
                let outcome = open.login(PIN);
                assert!(allowed_at_login(outcome), "{outcome:x?}");
            }
            Err(CKR_DEVICE_ERROR) => {}
            Err(CKR_DEVICE_REMOVED | CKR_SESSION_HANDLE_INVALID) => {
                assert!(started.elapsed() < PATIENCE);
                continue;
            }
            Err(other) => panic!("{other:#x}"),
        }
        assert!(started.elapsed() < 2 * PATIENCE, "two calls of {PATIENCE:?} at most");
        session = Some(open);
    }
    (signed, logins)
}

fn allowed_at_login(outcome: Result<(), CK_RV>) -> bool {
    matches!(
        outcome,
        Ok(())
            | Err(CKR_DEVICE_ERROR
                | CKR_DEVICE_REMOVED
                | CKR_SESSION_HANDLE_INVALID
                | CKR_USER_ALREADY_LOGGED_IN)
    )
}

/// Commands of a program that knows the card as well as we do, or not at all.
fn disturb(rival: &mut Connection, round: u64) {
    let _ = rival.reconnect(Sharing::Shared, Disposition::Leave);
    if rival.begin_within(Duration::from_millis(200)).is_err() {
        return;
    }
    let commands: &[&[u8]] = match round % 4 {
        0 => &[&[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03, 0x00]],
        1 => &[&[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00, 0x00], &[0x00, 0x22, 0xF3, 0x03]],
        // Its user has typed the right PIN there.
        2 => &[&[0x00, 0x20, 0x00, 0x10, 0x08, 0x31, 0x32, 0x33, 0x34, 0x35, 0xFF, 0xFF, 0xFF]],
        _ => &[&[0x00, 0x84, 0x00, 0x00, 0x08]],
    };
    for command in commands {
        let _ = rival.transmit(command);
    }
    // One in four logs out behind itself: a reset.
    let disposition = if round % 4 == 3 { Disposition::Reset } else { Disposition::Leave };
    let _ = rival.end(disposition);
}

#[test]
fn a_rival_selects_verifies_and_resets_without_end() {
    let signatures = times(40, 2000);
    let stage = Stage::with(&Personality::st2021());
    let full = stage.card().pin_tries_left();
    let over = AtomicBool::new(false);
    let (signed, logins, rounds) = std::thread::scope(|scope| {
        let rival = scope.spawn(|| {
            let mut rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
            let mut rounds = 0;
            while !over.load(Ordering::Relaxed) {
                disturb(&mut rival, rounds);
                rounds += 1;
                std::thread::sleep(Duration::from_millis(2));
            }
            rival.disconnect(Disposition::Leave);
            rounds
        });
        let signed =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| keep_signing(&stage, signatures)));
        over.store(true, Ordering::Relaxed);
        let (signed, logins) = signed.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (signed, logins, rival.join().expect("a rival that ends"))
    });
    assert_eq!(stage.card().pin_tries_left(), full);
    let verifies =
        stage.card().transcript().iter().filter(|one| one.ins == 0x20 && one.lc > 0).count() as u64;
    assert!(
        verifies <= logins + rounds.div_ceil(4),
        "{verifies} VERIFYs for {logins} logins and the rival's"
    );
    apart::say(&format!(
        "soak: {signed} signatures and {logins} logins beside a rival's {rounds} disturbances"
    ));
}

#[test]
fn a_rival_that_holds_the_card_is_waited_for_in_bounds() {
    let hold = Duration::from_secs(times(4, 10));
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let certificate = stage.card().certificate_der().to_vec();
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
    rival.begin().expect("a transaction");
    let refused = std::thread::scope(|scope| {
        let calls = scope.spawn(|| {
            let mut refused = 0;
            loop {
                let started = Instant::now();
                let outcome = sign(&session, &certificate);
                assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
                match outcome {
                    Ok(()) => return refused,
                    Err(CKR_DEVICE_ERROR) => refused += 1,
                    Err(other) => panic!("{other:#x}"),
                }
            }
        });
        std::thread::sleep(hold);
        rival.end(Disposition::Leave).expect("its end");
        calls.join().expect("the calls end")
    });
    assert!(refused >= 1, "nobody was kept waiting");
    assert_eq!(stage.card().verify_count(), 1, "the login outlived it");
    rival.disconnect(Disposition::Leave);
    apart::say(&format!(
        "soak: a rival held the card for {} s, {refused} calls refused in bounds",
        hold.as_secs()
    ));
}

/// It has the reader for itself, which PC/SC calls exclusive: nobody else even connects.
#[test]
fn a_rival_that_shares_with_nobody_is_refused_in_bounds() {
    let hold = Duration::from_secs(times(2, 10));
    let stage = Stage::with(&Personality::st2021());
    let rival = stage.readers.connect(READER, Sharing::Exclusive).expect("a rival");
    let (began, mut refused) = (Instant::now(), 0);
    while began.elapsed() < hold {
        let started = Instant::now();
        let outcome = stage.client.try_open(0, CKF_SERIAL_SESSION).and_then(|session| session.login(PIN));
        assert!(started.elapsed() < 2 * PATIENCE, "two calls of {PATIENCE:?} at most");
        assert_eq!(outcome, Err(CKR_DEVICE_ERROR));
        refused += 1;
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(stage.card().verify_count(), 0);
    rival.disconnect(Disposition::Leave);
    let (signed, logins) = keep_signing(&stage, 1);
    assert_eq!((signed, logins, stage.card().verify_count()), (1, 1, 1), "then all is well");
    apart::say(&format!(
        "soak: a rival shared the reader with nobody for {} s, {refused} logins refused, then one VERIFY",
        hold.as_secs()
    ));
}

/// Suspend and resume: cards lose their power, readers come and go, and pcscd with them.
#[test]
fn power_cycles_cost_a_login_and_nothing_else() {
    let cycles = times(20, 1000);
    let stage = Stage::with(&Personality::st2021());
    let full = stage.card().pin_tries_left();
    let mut logins = 0;
    for cycle in 0..cycles {
        logins += keep_signing(&stage, 1).1;
        match cycle % 3 {
            0 => {
                stage.readers.stop_service();
                assert!(stage.client.slots(true).is_ok());
                stage.readers.start_service();
            }
            1 => {
                stage.readers.unplug(READER);
                assert!(stage.client.slots(true).is_ok());
                stage.readers.plug_in(READER);
                stage.readers.insert(READER, Arc::clone(&stage.card));
            }
            _ => stage.readers.swap(READER, Arc::clone(&stage.card)).map_or((), drop),
        }
    }
    let card = stage.card();
    assert_eq!(card.pin_tries_left(), full);
    assert!(card.verify_count() as u64 <= logins);
    assert_eq!(stage.client.slots(false).map(|slots| slots.len()), Ok(1), "no slot is made twice");
    apart::say(&format!("soak: {cycles} power cycles, {logins} logins"));
}
