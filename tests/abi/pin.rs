//! Login, logout, change and unblock (PKCS#11 3.0 sections 5.5 and 5.6). Each test counts the tries.

use cryptoki_sys::*;
use virtual_cns::{Card, Personality};

use crate::common::{Stage, on_each_card};
use testkit::pkcs11::mechanism;

const PIN: &[u8] = b"12345";
const PUK: &[u8] = b"12345678";

#[test]
fn login_is_one_verify_for_all_sessions_and_a_second_one_none() {
    on_each_card(|stage| {
        let (first, second) = (stage.session(), stage.session());
        assert_eq!(first.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
        assert_eq!(first.login(PIN), Ok(()));
        assert_eq!(second.info().expect("alive").state, CKS_RW_USER_FUNCTIONS);
        assert_eq!(second.login(PIN), Err(CKR_USER_ALREADY_LOGGED_IN));
        assert_eq!(second.login(b"99999"), Err(CKR_USER_ALREADY_LOGGED_IN));
        assert_eq!(stage.card().verify_count(), 1);
        assert_eq!(second.logout(), Ok(()));
        assert_eq!(first.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
        assert_eq!(first.logout(), Err(CKR_USER_NOT_LOGGED_IN));
        assert!(!stage.card().is_pin_verified(), "the last one out locked the door");
    });
}

#[test]
fn what_cannot_be_a_pin_never_reaches_the_card() {
    on_each_card(|stage| {
        let session = stage.session();
        let full = stage.card().pin_tries_left();
        stage.forget();
        for not_a_pin in
            [&b""[..], b"1234", b"123456789", b"12 45", b"abcde", "1234\u{e9}".as_bytes(), &[0; 5]]
        {
            assert_eq!(session.login(not_a_pin), Err(CKR_PIN_INCORRECT), "{not_a_pin:?}");
            assert_eq!(session.set_pin(not_a_pin, b"54321"), Err(CKR_PIN_INCORRECT));
        }
        for not_a_new_pin in [&b"1234"[..], b"123456789", b""] {
            assert_eq!(session.set_pin(PIN, not_a_new_pin), Err(CKR_PIN_LEN_RANGE));
        }
        assert_eq!(session.set_pin(PIN, b"abcde"), Err(CKR_PIN_INVALID));
        assert_eq!(session.login_as(CKU_SO, b"1234567"), Err(CKR_PIN_INCORRECT));
        assert_eq!(stage.commands(), Vec::<String>::new());
        assert_eq!(stage.card().pin_tries_left(), full);
        let null = crate::call!(stage.client.v2, C_Login, session.handle, CKU_USER, std::ptr::null_mut(), 0);
        assert_ne!(null, CKR_OK);
        assert_eq!(stage.commands(), Vec::<String>::new());
    });
}

#[test]
fn a_wrong_pin_costs_one_try_and_a_right_one_gives_them_back() {
    on_each_card(|stage| {
        let session = stage.session();
        let full = stage.card().pin_tries_left();
        assert_eq!(session.login(b"00000"), Err(CKR_PIN_INCORRECT));
        assert_eq!(stage.card().pin_tries_left(), full - 1);
        assert_eq!(stage.card().verify_count(), 1);
        let flags = stage.client.token_info(0).expect("a token").flags;
        assert_ne!(flags & CKF_USER_PIN_COUNT_LOW, 0);
        assert_eq!(flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED), 0);
        assert_eq!(session.login(PIN), Ok(()));
        assert_eq!(stage.card().pin_tries_left(), full);
        assert_eq!(stage.client.token_info(0).expect("a token").flags & CKF_USER_PIN_COUNT_LOW, 0);
    });
}

#[test]
fn a_blocked_pin_is_told_as_the_card_told_it() {
    on_each_card(|stage| {
        stage.card().set_pin_tries(0);
        let session = stage.session();
        assert_eq!(session.login(PIN), Err(CKR_PIN_LOCKED));
        assert_ne!(stage.client.token_info(0).expect("a token").flags & CKF_USER_PIN_LOCKED, 0);
        assert_eq!(session.set_pin(PIN, b"54321"), Err(CKR_PIN_LOCKED));
    });
}

#[test]
fn the_pin_is_changed_with_one_command() {
    on_each_card(|stage| {
        let session = stage.session();
        stage.forget();
        assert_eq!(session.set_pin(PIN, b"8642097"), Ok(()));
        assert_eq!(stage.commands().iter().filter(|name| name.starts_with("CHANGE")).count(), 1);
        assert_eq!(stage.card().verify_count(), 0);
        assert_eq!(session.login(b"8642097"), Ok(()));
        assert_eq!(session.logout(), Ok(()));
        assert_eq!(session.set_pin(PIN, b"13579"), Err(CKR_PIN_INCORRECT));
        assert_eq!(session.login(b"8642097"), Ok(()));
    });
}

#[test]
fn a_read_only_session_changes_no_pin() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.client.try_open(0, CKF_SERIAL_SESSION).expect("a session");
    stage.forget();
    assert_eq!(session.set_pin(PIN, b"54321"), Err(CKR_SESSION_READ_ONLY));
    assert_eq!(session.login_as(CKU_SO, PUK), Err(CKR_SESSION_READ_ONLY_EXISTS));
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn the_puk_unblocks_with_one_command_and_is_then_forgotten() {
    on_each_card(|stage| {
        stage.card().set_pin_tries(0);
        let puks = stage.card().puk_tries_left();
        let session = stage.session();
        stage.forget();
        assert_eq!(session.init_pin(b"24680"), Err(CKR_USER_NOT_LOGGED_IN));
        assert_eq!(session.login_as(CKU_SO, PUK), Ok(()));
        assert_eq!(session.info().expect("alive").state, CKS_RW_SO_FUNCTIONS);
        assert_eq!(stage.commands(), Vec::<String>::new(), "the PUK waits for the new PIN");
        assert_eq!(session.init_pin(b"123"), Err(CKR_PIN_LEN_RANGE));
        assert_eq!(session.init_pin(b"24680"), Ok(()));
        assert_eq!(stage.commands().iter().filter(|name| name.starts_with("RESET RETRY")).count(), 1);
        assert_eq!(session.init_pin(b"24680"), Err(CKR_USER_NOT_LOGGED_IN), "a PUK is spent once");
        assert_eq!(stage.card().puk_tries_left(), puks);
        assert_eq!(session.logout(), Ok(()));
        assert_eq!(session.login(b"24680"), Ok(()));
    });
}

#[test]
fn a_wrong_puk_costs_one_try_and_ends_the_login() {
    on_each_card(|stage| {
        let puks = stage.card().puk_tries_left();
        let session = stage.session();
        assert_eq!(session.login_as(CKU_SO, b"00000000"), Ok(()), "nothing is known of it yet");
        assert_eq!(session.init_pin(b"24680"), Err(CKR_PIN_INCORRECT));
        assert_eq!(stage.card().puk_tries_left(), puks - 1);
        assert_eq!(session.init_pin(b"24680"), Err(CKR_USER_NOT_LOGGED_IN));
        assert_eq!(stage.card().puk_tries_left(), puks - 1);
    });
}

#[test]
fn without_login_nothing_is_signed() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    session.logout().expect("logged in");
    stage.forget();
    let begun = session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key);
    assert_eq!(begun, Err(CKR_USER_NOT_LOGGED_IN));
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn no_key_asks_for_its_own_pin() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let verified = stage.card().verify_count();
    assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, PIN), Err(CKR_OPERATION_NOT_INITIALIZED));
    assert_eq!(session.login_as(99, PIN), Err(CKR_USER_TYPE_INVALID));
    assert_eq!(stage.card().verify_count(), verified);
}

#[test]
fn two_threads_that_log_in_at_once_spend_one_verify() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| session.login(PIN))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(CKR_USER_ALREADY_LOGGED_IN))));
    assert_eq!(stage.card().verify_count(), 1);
}

#[test]
fn an_empty_verify_goes_only_where_it_is_harmless() {
    on_each_card(|stage| {
        let tells = stage.card().personality().family() == 'C';
        stage.card().set_pin_tries(1);
        let flags = stage.client.token_info(0).expect("a token").flags;
        assert_eq!(flags & CKF_USER_PIN_FINAL_TRY != 0, tells, "known only where the card tells it");
        assert_eq!(stage.card().pin_tries_left(), 1);
        let asked = stage.commands().iter().any(|name| name.starts_with("VERIFY"));
        assert_eq!(asked, tells, "{:?}", stage.commands());
    });
}

/// The card is asked for its PIN's tries at the MF, and for the PUK's only when the PIN is blocked: then everything is
/// told, and nothing was spent.
#[test]
fn the_puks_tries_are_asked_for_when_the_pin_is_blocked() {
    let so_flags = CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED;
    for (tries, asked, pin_flags, puk_flags) in [
        (3, 1, 0, 0),
        (2, 1, CKF_USER_PIN_COUNT_LOW, 0),
        (1, 1, CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY, 0),
        (0, 2, CKF_USER_PIN_LOCKED, CKF_SO_PIN_COUNT_LOW | CKF_SO_PIN_FINAL_TRY),
    ] {
        let stage = Stage::with(&Personality::idemia_2021());
        stage.card().set_pin_tries(tries);
        stage.card().set_puk_tries(1);
        let flags = stage.client.token_info(0).expect("a token").flags;
        let all = so_flags | CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
        assert_eq!(flags & all, pin_flags | puk_flags, "{tries} tries left");
        let commands = stage.commands();
        let verifies = commands.iter().filter(|name| name.starts_with("VERIFY")).count();
        assert_eq!(verifies, asked, "{tries} tries left: {commands:#?}");
        let at_the_mf = commands.windows(2).filter(|pair| pair[1].starts_with("VERIFY"));
        assert!(at_the_mf.into_iter().all(|pair| pair[0] == "SELECT 3F00"), "{commands:#?}");
        assert_eq!(stage.card().pin_tries_left(), tries);
        assert_eq!(stage.card().puk_tries_left(), 1);
    }
}

/// A card that finds its PIN only while the MF is current: nothing else is said of it, and no try is spent.
#[test]
fn a_card_that_tells_its_tries_at_the_mf_only_tells_them_all_the_same() {
    for tries in 0..=3 {
        let idemia = Personality::idemia_2021();
        let card = Card::builder(&idemia).behaviour(|behaviour| behaviour.local_pin_bit = true);
        let stage = Stage::built(card);
        stage.card().set_pin_tries(tries);
        let flags = stage.client.token_info(0).expect("a token").flags;
        assert_eq!(flags & CKF_USER_PIN_LOCKED != 0, tries == 0);
        assert_eq!(flags & CKF_USER_PIN_FINAL_TRY != 0, tries == 1);
        assert_eq!(flags & CKF_USER_PIN_COUNT_LOW != 0, tries == 1 || tries == 2);
        assert_eq!(stage.card().pin_tries_left(), tries);
        let session = stage.session();
        assert_eq!(session.login(PIN).is_ok(), tries > 0);
    }
}

#[test]
fn closing_the_last_session_locks_the_door() {
    let stage = Stage::with(&Personality::st2021());
    let (first, second) = (stage.session(), stage.session());
    first.login(PIN).expect("login");
    drop(first);
    assert!(stage.card().is_pin_verified());
    drop(second);
    assert!(!stage.card().is_pin_verified());
    let again = stage.session();
    assert_eq!(again.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
}

#[test]
fn a_pin_of_eight_digits_is_a_pin() {
    let stage = Stage::built(Card::builder(&Personality::st2021()).pin("98765432"));
    assert_eq!(stage.session().login(b"98765432"), Ok(()));
}

/// 3.0 5.6.1: the state that a session shows is the one that its next call meets. On a card with applications a change of
/// the PIN selects one, which ends the login.
#[test]
fn after_a_change_of_the_pin_all_functions_agree_on_the_login() {
    for personality in Personality::all().iter().chain(Personality::further()) {
        let stage = Stage::with(personality);
        let session = stage.logged_in();
        let key = session.object(CKO_PRIVATE_KEY);
        session.set_pin(PIN, b"24680").expect("changed");
        let logged_in = session.info().expect("alive").state == CKS_RW_USER_FUNCTIONS;
        let begun = session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key);
        let signed = begun.and_then(|()| session.sign_once(b"a message"));
        assert_eq!(signed.is_ok(), logged_in, "{}: {signed:?}", personality.name());
        let again = session.login(b"24680");
        let expected = if logged_in { Err(CKR_USER_ALREADY_LOGGED_IN) } else { Ok(()) };
        assert_eq!(again, expected, "{}", personality.name());
    }
}
