//! Sessions, login and PINs (3.0 sections 5.5 and 5.6).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Effect;

use super::scene::{Begin, NO_SESSION, PIN, PUK, Scene, input};
use super::{Case, cases};
use testkit::pkcs11::call;

pub fn cases() -> Vec<Case> {
    [about_sessions(), about_pins(), about_login()].into_iter().flatten().collect()
}

fn about_sessions() -> Vec<Case> {
    cases! {
        C_CloseSession {
            OK "an open one" => |s| call!(s.v2, C_CloseSession, s.session());
        }
        C_GetSessionInfo {
            OK "an open one" => |s| {
                call!(s.v2, C_GetSessionInfo, s.session(), &mut CK_SESSION_INFO::default())
            };
            ARGUMENTS_BAD "NULL" => |s| call!(s.v2, C_GetSessionInfo, s.session(), null_mut());
        }
        C_SessionCancel {
            OK "a signature under way" => |s| call!(s.v3, C_SessionCancel, s.begun(Begin::Sign), CKF_SIGN);
            SESSION_HANDLE_INVALID "no such session" => |s| call!(s.v3, C_SessionCancel, NO_SESSION, CKF_SIGN);
        }
        C_Logout {
            OK "a user" => |s| call!(s.v2, C_Logout, s.user());
            USER_NOT_LOGGED_IN "nobody" => |s| call!(s.v2, C_Logout, s.session());
        }
    }
}

fn about_pins() -> Vec<Case> {
    cases! {
        C_InitPIN {
            OK "the PUK was right" => |s| s.init_pin(s.officer(), b"54321");
            ARGUMENTS_BAD "NULL" => |s| call!(s.v2, C_InitPIN, s.officer(), null_mut(), 5);
            PIN_INVALID "letters" => |s| s.init_pin(s.officer(), b"abcde");
            PIN_LEN_RANGE "four digits" => |s| s.init_pin(s.officer(), b"1234");
            SESSION_READ_ONLY "a read-only session" => |s| s.init_pin(s.read_only(), b"54321");
            USER_NOT_LOGGED_IN "nobody" => |s| s.init_pin(s.session(), b"54321");
            PIN_INCORRECT "the PUK was wrong" => |s| {
                let session = s.session();
                assert_eq!(s.login(session, CKU_SO, b"87654321"), CKR_OK);
                s.init_pin(session, b"54321")
            };
            PIN_LOCKED "the PUK is blocked" => |s| {
                let session = s.officer();
                s.stage.card().set_puk_tries(0);
                s.init_pin(session, b"54321")
            };
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = s.officer();
                s.always(&[]);
                s.init_pin(session, b"54321")
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = s.officer();
                s.next_command(Effect::Remove);
                s.init_pin(session, b"54321")
            };
            FUNCTION_FAILED "the PUK's last try is kept" => |s| {
                let session = s.session();
                let tries = s.stage.card().puk_tries_left();
                for _ in 1..tries {
                    assert_eq!(s.login(session, CKU_SO, b"87654321"), CKR_OK);
                    assert_eq!(s.init_pin(session, b"54321"), CKR_PIN_INCORRECT);
                }
                assert_eq!(s.login(session, CKU_SO, b"87654321"), CKR_OK);
                s.init_pin(session, b"54321")
            };
        }
        C_SetPIN {
            OK "the right one" => |s| s.set_pin(s.session(), PIN, b"54321");
            ARGUMENTS_BAD "a new PIN of NULL" => |s| {
                let (pin, length) = input(PIN);
                call!(s.v2, C_SetPIN, s.session(), pin, length, null_mut(), 5)
            };
            PIN_INCORRECT "a wrong old one" => |s| s.set_pin(s.session(), b"99999", b"54321");
            PIN_INVALID "letters" => |s| s.set_pin(s.session(), PIN, b"abcde");
            PIN_LEN_RANGE "nine digits" => |s| s.set_pin(s.session(), PIN, b"123456789");
            PIN_LOCKED "blocked" => |s| {
                s.stage.card().set_pin_tries(0);
                s.set_pin(s.session(), PIN, b"54321")
            };
            SESSION_READ_ONLY "a read-only session" => |s| s.set_pin(s.read_only(), PIN, b"54321");
            FUNCTION_NOT_SUPPORTED "the PUK" => |s| s.set_pin(s.officer(), PUK, b"11112222");
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = s.session();
                s.always(&[]);
                s.set_pin(session, PIN, b"54321")
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = s.session();
                s.next_command(Effect::Remove);
                s.set_pin(session, PIN, b"54321")
            };
            FUNCTION_FAILED "the last try is kept" => |s| {
                let session = s.session();
                spend_all_but_one(s, |s| s.set_pin(session, b"99999", b"54321"));
                s.set_pin(session, PIN, b"54321")
            };
        }
    }
}

/// `C_LoginUser` with an empty name is `C_Login`: the same rows.
fn about_login() -> Vec<Case> {
    macro_rules! login_cases {
        ($($function:ident $login:path;)*) => {
            cases! { $($function {
                OK "the right PIN" => |s| $login(s, s.session(), CKU_USER, PIN);
                ARGUMENTS_BAD "NULL" => |s| call!(s.v2, C_Login, s.session(), CKU_USER, null_mut(), 5);
                PIN_INCORRECT "a wrong PIN" => |s| $login(s, s.session(), CKU_USER, b"99999");
                PIN_LOCKED "blocked" => |s| {
                    s.stage.card().set_pin_tries(0);
                    $login(s, s.session(), CKU_USER, PIN)
                };
                OPERATION_NOT_INITIALIZED "context-specific, and no operation asks for it" => |s| {
                    $login(s, s.user(), CKU_CONTEXT_SPECIFIC, PIN)
                };
                SESSION_READ_ONLY_EXISTS "the security officer, beside a read-only session" => |s| {
                    s.read_only();
                    $login(s, s.session(), CKU_SO, PUK)
                };
                USER_ALREADY_LOGGED_IN "twice" => |s| $login(s, s.user(), CKU_USER, PIN);
                USER_ANOTHER_ALREADY_LOGGED_IN "the security officer, beside the user" => |s| {
                    $login(s, s.user(), CKU_SO, PUK)
                };
                USER_PIN_NOT_INITIALIZED "the card says 6984" => |s| {
                    let session = s.session();
                    s.answer_verify(&[0x69, 0x84]);
                    $login(s, session, CKU_USER, PIN)
                };
                USER_TYPE_INVALID "99" => |s| $login(s, s.session(), 99, PIN);
                DEVICE_ERROR "the card does not answer" => |s| {
                    let session = s.session();
                    s.always(&[]);
                    $login(s, session, CKU_USER, PIN)
                };
                DEVICE_REMOVED "pulled meanwhile" => |s| {
                    let session = s.session();
                    s.next_command(Effect::Remove);
                    $login(s, session, CKU_USER, PIN)
                };
                FUNCTION_FAILED "the last try is kept" => |s| {
                    let session = s.session();
                    spend_all_but_one(s, |s| $login(s, session, CKU_USER, b"99999"));
                    $login(s, session, CKU_USER, PIN)
                };
            })* }
        };
    }
    login_cases! {
        C_Login Scene::login;
        C_LoginUser login_user;
    }
}

fn login_user(scene: &Scene, session: CK_SESSION_HANDLE, user: CK_USER_TYPE, pin: &[u8]) -> CK_RV {
    let (pointer, length) = input(pin);
    call!(scene.v3, C_LoginUser, session, user, pointer, length, null_mut(), 0)
}

fn spend_all_but_one(scene: &Scene, wrong: impl Fn(&Scene) -> CK_RV) {
    let tries = scene.stage.card().pin_tries_left();
    for _ in 1..tries {
        assert_eq!(wrong(scene), CKR_PIN_INCORRECT);
    }
    assert_eq!(scene.stage.card().pin_tries_left(), 1);
}
