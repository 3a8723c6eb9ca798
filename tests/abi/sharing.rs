//! Other programs on the same card (docs/architecture.md, "Sharing"): what they do to it must neither break us nor
//! spend a try.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Readers, Sharing};
use virtual_cns::{Card, Effect, Fault, Holder, Personality};

use crate::common::{READER, SessionGuard, Stage, on_each_card};
use testkit::pkcs11::mechanism;

const PIN: &[u8] = b"12345";

fn sign(session: &SessionGuard<'_>) -> Result<Vec<u8>, CK_RV> {
    session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data")
}

/// The login state is asked of the reader at most every half second.
fn wait_for_the_status() {
    std::thread::sleep(Duration::from_millis(600));
}

#[test]
fn another_program_moves_the_current_directory_and_we_still_sign() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        sign(&session).expect("a signature");
        let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
        rival.begin().expect("a transaction");
        rival.transmit(&[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03, 0x00]).expect("an answer");
        rival.end(Disposition::Leave).expect("its end");
        sign(&session).expect("still signing");
        assert_eq!(stage.card().verify_count(), 1);
        rival.disconnect(Disposition::Leave);
    });
}

#[test]
fn a_strangers_reset_takes_the_login_but_not_the_session() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        let full = stage.card().pin_tries_left();
        let key = session.object(CKO_PRIVATE_KEY);
        session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
        stage.readers.reset(READER);
        assert_eq!(session.sign_once(b"data"), Err(CKR_USER_NOT_LOGGED_IN));
        assert_eq!(session.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
        assert_eq!(session.login(PIN), Ok(()));
        sign(&session).expect("a signature after a new login");
        assert_eq!(stage.card().verify_count(), 2);
        assert_eq!(stage.card().pin_tries_left(), full);
    });
}

#[test]
fn session_info_learns_of_a_strangers_reset_without_a_command() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    session.info().expect("alive");
    stage.readers.reset(READER);
    stage.forget();
    wait_for_the_status();
    assert_eq!(session.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn a_card_taken_out_takes_its_sessions_with_it() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        stage.readers.remove(READER);
        assert!(!stage.client.is_present(0));
        assert_eq!(session.info().err(), Some(CKR_SESSION_HANDLE_INVALID));
        assert_eq!(session.find(&[]), Err(CKR_SESSION_HANDLE_INVALID));
        assert_eq!(session.close(), Err(CKR_SESSION_HANDLE_INVALID));
        stage.readers.insert(READER, stage.card.clone());
        assert_eq!(session.info().err(), Some(CKR_SESSION_HANDLE_INVALID), "it does not come back to life");
        let session = stage.session();
        assert_eq!(session.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
        session.login(PIN).expect("login");
        sign(&session).expect("a signature");
    });
}

#[test]
fn a_pin_typed_for_one_card_is_never_sent_to_another() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let other = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
    stage.readers.swap(READER, Arc::clone(&other));
    assert!(session.login(PIN).is_err());
    assert_eq!(other.lock().expect("not poisoned").verify_count(), 0);
    // At the very command: the card is swapped while the login is on its way.
    let session = stage.session();
    let third = Card::builder(&Personality::st2021()).holder(Holder::MUELLER).shared();
    let swap = Fault::new(When::Instruction(0x20), Effect::Replace(Arc::clone(&third)));
    other.lock().expect("not poisoned").faults().plan(swap);
    assert!(session.login(PIN).is_err());
    assert!(session.login(PIN).is_err());
    assert_eq!(third.lock().expect("not poisoned").verify_count(), 0);
}

#[test]
fn a_program_that_keeps_the_card_gives_an_error_in_bounded_time_and_later_all_is_well() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
    rival.begin().expect("a transaction");
    let started = std::time::Instant::now();
    assert_eq!(session.login(PIN), Err(CKR_DEVICE_ERROR));
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(stage.card().verify_count(), 0);
    rival.end(Disposition::Leave).expect("its end");
    rival.disconnect(Disposition::Leave);
    assert_eq!(session.login(PIN), Ok(()));
}

#[test]
fn a_service_that_dies_and_comes_back_needs_no_restart_of_the_program() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    stage.readers.stop_service();
    assert!(sign(&session).is_err());
    assert!(!stage.client.is_present(0));
    assert_eq!(session.info().err(), Some(CKR_SESSION_HANDLE_INVALID));
    stage.readers.start_service();
    let session = stage.session();
    session.login(PIN).expect("login");
    sign(&session).expect("a signature");
}

#[test]
fn two_readers_with_two_cards_do_not_mix() {
    let readers = Readers::new(&["A", "B"]);
    let stage = Stage::over(readers, Card::new(&Personality::st2021()).shared());
    let other = Card::builder(&Personality::idemia_2021()).holder(Holder::BIANCHI).shared();
    stage.readers.insert("A", stage.card.clone());
    stage.readers.insert("B", Arc::clone(&other));
    let (first, second) = (stage.client.open(0), stage.client.open(1));
    first.login(PIN).expect("login");
    assert_eq!(second.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    assert_eq!(other.lock().expect("not poisoned").verify_count(), 0);
    second.login(PIN).expect("login");
    first.logout().expect("logged in");
    sign(&second).expect("the other login stays");
    stage.readers.remove("A");
    assert!(first.info().is_err());
    sign(&second).expect("the other card stays");
}

#[test]
fn one_card_pulled_in_the_middle_of_a_signature_is_said_so() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        let pull = Fault::new(When::Instruction(0x2A), Effect::Remove);
        stage.card().faults().plan(pull);
        assert_eq!(sign(&session), Err(CKR_DEVICE_REMOVED));
        assert_eq!(session.info().err(), Some(CKR_SESSION_HANDLE_INVALID));
    });
}

#[test]
fn eight_threads_on_two_cards_sign_without_a_mistake() {
    let readers = Readers::new(&["A", "B"]);
    let stage = Stage::over(readers, Card::new(&Personality::st2021()).shared());
    let other = Arc::new(Mutex::new(Card::builder(&Personality::cardos()).holder(Holder::BIANCHI).build()));
    stage.readers.insert("A", stage.card.clone());
    stage.readers.insert("B", Arc::clone(&other));
    let logged_in = [stage.client.open(0), stage.client.open(1)];
    for session in &logged_in {
        session.login(PIN).expect("login");
    }
    std::thread::scope(|scope| {
        for thread in 0..8u64 {
            let client = &stage.client;
            scope.spawn(move || {
                let session = client.open(thread % 2);
                for _ in 0..10 {
                    sign(&session).expect("a signature");
                }
            });
        }
    });
    assert_eq!(stage.card().signature_count() + other.lock().expect("not poisoned").signature_count(), 80);
}

/// The login ended with its card. The card that came after it is another program's.
#[test]
fn a_login_whose_card_was_swapped_does_not_end_another_ones() {
    let stage = Stage::with(&Personality::st2021());
    let _session = stage.logged_in();
    let other = Card::builder(&Personality::cardos()).build().shared();
    stage.readers.remove(READER);
    stage.readers.insert(READER, other.clone());
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
    let verify = [0x00, 0x20, 0x00, 0x10, 0x08, 0x31, 0x32, 0x33, 0x34, 0x35, 0xFF, 0xFF, 0xFF];
    assert_eq!(rival.transmit(&verify).expect("an answer"), [0x90, 0x00]);
    let session = stage.session();
    stage.client.token_info(0).expect("a token");
    session.attribute(session.object(CKO_CERTIFICATE), CKA_VALUE).expect("a value");
    assert_eq!(session.logout(), Err(CKR_USER_NOT_LOGGED_IN));
    assert!(other.lock().expect("not poisoned").is_pin_verified());
    rival.disconnect(Disposition::Leave);
}
