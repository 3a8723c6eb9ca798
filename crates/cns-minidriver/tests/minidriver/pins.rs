//! PINs: each call sends one PIN command or none, what is left is said, and the last try is nobody's but the person's.

use virtual_cns::{Card, DEFAULT_PIN, DEFAULT_PUK, Effect, Fault, Personality, When};

use crate::base_csp::{NOT_WRITTEN, ROLE_ADMIN, ROLE_USER, SUCCESS, call, wide};
use crate::stage::{PIN, PUK, Stage, personalities};

const UNKNOWN: u32 = u32::MAX;
const INVALID_PARAMETER: u32 = 0x8010_0004;
const UNSUPPORTED_FEATURE: u32 = 0x8010_0022;
const SECURITY_VIOLATION: u32 = 0x8010_006A;
const WRONG_CHV: u32 = 0x8010_006B;
const CHV_BLOCKED: u32 = 0x8010_006C;
const WRONG: &[u8] = b"99182";
const NEW: &[u8] = b"73910";

/// Whether a card says how many tries are left, in its answer to a wrong PIN.
fn says_what_is_left(left: u32, real: u32) -> bool {
    assert!(left == real || left == UNKNOWN, "{left} said, {real} left");
    left == real
}

#[test]
fn a_wrong_pin_costs_one_try_and_a_right_one_logs_in() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let case = personality.name();
        csp.transaction(|csp| {
            let (code, left) = csp.authenticate(WRONG).unwrap_err();
            assert_eq!(code, WRONG_CHV, "{case}");
            says_what_is_left(left, 2);
            assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([1, 0, 0], 2), "{case}");
            assert_eq!(csp.authenticate(DEFAULT_PIN.as_bytes()), Ok(()), "{case}");
        });
        assert_eq!(csp.property("Authenticated State", 0).unwrap(), [2, 0, 0, 0], "{case}");
        csp.deauthenticate();
        assert_eq!(csp.property("Authenticated State", 0).unwrap(), [0; 4], "{case}");
        assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([2, 0, 0], 3), "{case}");
    }
}

/// Two wrong PINs leave one try, by the card's count or by ours: no more PIN is sent until the card was taken out.
#[test]
fn the_last_try_is_kept_from_programs_until_the_card_was_taken_out() {
    for personality in Personality::all() {
        let stage = Stage::with(personality);
        let case = personality.name();
        let (first, second) = (stage.csp(), stage.csp());
        first.transaction(|csp| csp.authenticate(WRONG).unwrap_err());
        second.transaction(|csp| csp.authenticate(WRONG).unwrap_err());
        assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([2, 0, 0], 1), "{case}");
        for pin in [WRONG, DEFAULT_PIN.as_bytes()] {
            for csp in [&first, &second] {
                let refused = csp.transaction(|csp| csp.authenticate(pin));
                assert_eq!(refused, Err((SECURITY_VIOLATION, 1)), "{case}");
                let refused = csp.transaction(|csp| csp.change_pin(pin, NEW));
                assert_eq!(refused, Err((SECURITY_VIOLATION, 1)), "{case}");
            }
        }
        assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([2, 0, 0], 1), "{case}");
        let card = stage.readers.remove(crate::stage::READER).unwrap();
        stage.readers.insert(crate::stage::READER, card);
        assert_eq!(first.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())), Ok(()), "{case}");
        assert_eq!(stage.card().pin_tries_left(), 3, "{case}");
    }
}

#[test]
fn a_blocked_pin_is_said_to_be_blocked() {
    for personality in Personality::all() {
        let stage = Stage::with(personality);
        let case = personality.name();
        stage.card().set_tries(PIN, 0);
        let csp = stage.csp();
        let outcome = csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes()));
        assert_eq!(outcome, Err((CHV_BLOCKED, 0)), "{case}");
        assert!(stage.pin_commands()[0] <= 1, "{case}");
        let unblocked = csp.transaction(|csp| csp.unblock_pin(DEFAULT_PUK.as_bytes(), NEW));
        assert_eq!(unblocked, Ok(()), "{case}");
        assert_eq!(stage.pin_commands()[2], 1, "{case}");
        assert_eq!(
            csp.property("Authenticated State", 0).unwrap(),
            [0; 4],
            "{case}: nobody is authenticated"
        );
        assert_eq!(csp.transaction(|csp| csp.authenticate(NEW)), Ok(()), "{case}");
    }
}

/// The same count as the other programs have: decision 3.
#[test]
fn a_puk_is_counted_too() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    let wrong = b"87654321";
    let all = 3;
    stage.card().set_tries(PUK, 3);
    csp.transaction(|csp| {
        for sent in 1..=2 {
            let (code, left) = csp.unblock_pin(wrong, NEW).unwrap_err();
            assert_eq!(code, WRONG_CHV);
            if left != 1 {
                says_what_is_left(left, all - sent);
            }
        }
        assert_eq!(csp.unblock_pin(DEFAULT_PUK.as_bytes(), NEW), Err((SECURITY_VIOLATION, 1)));
    });
    assert_eq!(stage.pin_commands(), [0, 0, 2]);
    assert_eq!(stage.card().pin_tries_left(), 3);
}

#[test]
fn a_pin_is_changed_by_both_functions() {
    for personality in personalities() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let case = personality.name();
        let (old, user) = (DEFAULT_PIN.as_bytes(), wide("user"));
        csp.transaction(|csp| {
            assert_eq!(csp.change_pin(old, NEW), Ok(()), "{case}");
            assert_eq!(csp.authenticate(NEW), Ok(()), "{case}");
            let code = call!(
                csp,
                pfnCardChangeAuthenticator,
                user.as_ptr(),
                NEW.as_ptr(),
                NEW.len() as u32,
                old.as_ptr(),
                old.len() as u32,
                0,
                2,
                std::ptr::null_mut()
            );
            assert_eq!(code, SUCCESS, "{case}");
        });
        assert!(stage.card().has_pin(PIN, DEFAULT_PIN), "{case}");
        assert_eq!(stage.pin_commands(), [1, 2, 0], "{case}");
    }
}

/// Windows' dialogue gives what was typed: anything, of any length. None of it is a PIN, none of it reaches the card.
#[test]
fn what_cannot_be_a_pin_is_not_sent() {
    let stage = Stage::built(Card::builder(&Personality::idemia_2021()));
    let csp = stage.csp();
    let pin = DEFAULT_PIN.as_bytes();
    csp.transaction(|csp| {
        for length in (0..=64).filter(|length| !(5..=8).contains(length)) {
            let typed = vec![b'1'; length];
            assert_eq!(csp.authenticate(&typed).map_err(|(code, _)| code), Err(WRONG_CHV), "{length}");
            let old = csp.change_pin(&typed, NEW).map_err(|(code, _)| code);
            let new = csp.change_pin(pin, &typed).map_err(|(code, _)| code);
            assert_eq!((old, new), (Err(WRONG_CHV), Err(INVALID_PARAMETER)), "{length}");
            if length != 8 {
                let puk = csp.unblock_pin(&typed, NEW).map_err(|(code, _)| code);
                assert_eq!(puk, Err(WRONG_CHV), "{length}");
            }
        }
        for typed in [&b"12 45"[..], b"12345\0", b"abcde", "1234\u{e9}".as_bytes(), b"\xFF\xFF\xFF\xFF\xFF"] {
            assert_eq!(csp.authenticate(typed).map_err(|(code, _)| code), Err(WRONG_CHV), "{typed:?}");
        }
        // Longer than anything that is looked at.
        let code = call!(
            csp,
            pfnCardAuthenticatePin,
            wide("user").as_ptr(),
            pin.as_ptr(),
            u32::MAX,
            std::ptr::null_mut()
        );
        assert_eq!(code, WRONG_CHV);
    });
    assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([0, 0, 0], 3));
}

/// Roles, flags and users that there are not; a session PIN, which no CNS makes. No PIN is sent for any of it.
#[test]
fn what_no_cns_has_is_refused_without_a_pin() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    let pin = DEFAULT_PIN.as_bytes();
    let none = std::ptr::null_mut;
    let authenticate = |role, flags, session: bool| {
        let (mut memory, mut length) = (std::ptr::null_mut(), 0);
        let (memory, length) =
            if session { (&raw mut memory, &raw mut length) } else { (std::ptr::null_mut(), none()) };
        call!(csp, pfnCardAuthenticateEx, role, flags, pin.as_ptr(), 5, memory, length, none())
    };
    for role in [0, 3, 4, 7, 8, u32::MAX] {
        assert_eq!(authenticate(role, 0, false), INVALID_PARAMETER, "role {role}");
    }
    assert_eq!(authenticate(ROLE_ADMIN, 0, false), UNSUPPORTED_FEATURE);
    assert_eq!(authenticate(ROLE_USER, 0x1000_0000, false), INVALID_PARAMETER);
    assert_eq!(authenticate(ROLE_USER, 0x1000_0000, true), UNSUPPORTED_FEATURE);
    assert_eq!(authenticate(ROLE_USER, 0x2000_0000, true), UNSUPPORTED_FEATURE);
    assert_eq!(authenticate(ROLE_USER, 0x8000_0000, true), INVALID_PARAMETER);
    for (user, expected) in
        [("admin", UNSUPPORTED_FEATURE), ("anonymous", INVALID_PARAMETER), ("", INVALID_PARAMETER)]
    {
        let user = wide(user);
        let code = call!(csp, pfnCardAuthenticatePin, user.as_ptr(), pin.as_ptr(), 5, none());
        assert_eq!(code, expected);
    }
    let set = |flags, role, target, retries| {
        let mut left = NOT_WRITTEN;
        call!(
            csp,
            pfnCardChangeAuthenticatorEx,
            flags,
            role,
            pin.as_ptr(),
            5,
            target,
            NEW.as_ptr(),
            5,
            retries,
            &mut left
        )
    };
    for (flags, role, target) in [(0, 1, 1), (3, 1, 1), (2, 1, 2), (2, 2, 1), (1, 1, 1), (1, 2, 2), (2, 3, 3)]
    {
        assert_eq!(set(flags, role, target, 0), INVALID_PARAMETER, "{flags} {role} {target}");
    }
    assert_eq!(set(2, ROLE_ADMIN, ROLE_ADMIN, 0), UNSUPPORTED_FEATURE);
    assert_eq!(set(2, ROLE_USER, ROLE_USER, 3), INVALID_PARAMETER);
    let unblock = |retries, flags| {
        let user = wide("user");
        let puk = DEFAULT_PUK.as_ptr();
        call!(csp, pfnCardUnblockPin, user.as_ptr(), puk, 8, NEW.as_ptr(), 5, retries, flags)
    };
    assert_eq!(
        (unblock(0, 1), unblock(0, 0), unblock(5, 2)),
        (UNSUPPORTED_FEATURE, INVALID_PARAMETER, INVALID_PARAMETER)
    );
    assert_eq!(stage.pin_commands(), [0, 0, 0]);
    assert_eq!(unblock(u32::MAX, 2), SUCCESS, "the most tries stay as they are");
    assert_eq!(stage.pin_commands(), [0, 0, 1]);
}

/// A silent context is one that shows no window: as always here.
#[test]
fn a_silent_login_is_a_login() {
    let stage = Stage::with(&Personality::oberthur());
    let csp = stage.csp();
    let (pin, none) = (DEFAULT_PIN.as_bytes(), std::ptr::null_mut());
    let (mut session, mut length) = (pin.as_ptr().cast_mut(), 7);
    let code = csp.transaction(|csp| {
        call!(csp, pfnCardAuthenticateEx, 1, 0x40, pin.as_ptr(), 5, &mut session, &mut length, none)
    });
    assert_eq!((code, session.is_null(), length), (SUCCESS, true, 0));
}

/// The answer is lost and the PIN may be verified: nobody must find it so.
#[test]
fn after_a_lost_answer_the_card_is_not_left_verified() {
    for personality in Personality::all() {
        let stage = Stage::with(personality);
        let csp = stage.csp();
        let fault = Fault::new(When::Secret, Effect::Answer(vec![])).after_execution();
        stage.card().faults().plan(fault);
        let outcome = csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes()));
        assert!(outcome.is_err(), "{}", personality.name());
        assert!(!stage.card().is_pin_verified(), "{}", personality.name());
        assert_eq!(stage.pin_commands(), [1, 0, 0], "{}", personality.name());
    }
}

/// A program that ends its context without ending its authentication, and leaves the card as it is: the user's next program
/// resets it, before it does anything else. One that said it would reset the card leaves nothing to do.
#[test]
fn an_authentication_that_nobody_ended_is_ended_by_the_next_program() {
    for personality in Personality::all() {
        let stage = Stage::with(personality);
        let case = personality.name();
        let first = stage.csp();
        first.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())).unwrap();
        assert_eq!(first.delete(), SUCCESS, "{case}");
        assert!(stage.card().is_pin_verified(), "{case}");
        let second = stage.csp();
        assert!(!stage.card().is_pin_verified(), "{case}");
        second.transaction(|csp| {
            csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap();
            csp.deauthenticate();
        });
        stage.forget();
        let third = stage.csp();
        third.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())).unwrap();
        let _fourth = stage.csp();
        assert!(stage.card().is_pin_verified(), "{case}: a program that is at it is not disturbed");
    }
}
