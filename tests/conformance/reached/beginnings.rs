//! How encryption, decryption, signatures and verification begin (3.0 sections 5.8 to 5.15).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, CardBuilder, Personality};

use super::scene::{Begin, DATA, PIN, Scene, part, whole};
use super::{Case, cases};
use crate::common::READER;
use testkit::pkcs11::{call, mechanism, pss_mechanism};

/// Longer than any message that a key of 2048 bits can take.
pub const TOO_LONG: &[u8] = &[1; 257];
/// As long as the modulus and above it.
pub const ABOVE: &[u8] = &[0xFF; 256];

pub fn cases() -> Vec<Case> {
    macro_rules! init_cases {
        ($($function:ident $begin:path, $wrong_key:ident;)*) => {
            cases! { $($function {
                OK "its key" => |s| s.begin($begin, s.user());
                OPERATION_ACTIVE "a second time" => |s| s.begin($begin, s.begun($begin));
                ARGUMENTS_BAD "a mechanism of NULL (2.40 list)" => |s| {
                    s.begin_with($begin, s.user(), null_mut())
                };
                MECHANISM_INVALID "one that the token has not" => |s| {
                    s.begin_with($begin, s.user(), &mut mechanism(CKM_ECDSA))
                };
                MECHANISM_PARAM_INVALID "a parameter where there is none" => |s| {
                    let mut junk = 0_u8;
                    let mut mechanism = mechanism(CKM_RSA_PKCS);
                    (mechanism.pParameter, mechanism.ulParameterLen) = ((&raw mut junk).cast(), 1);
                    s.begin_with($begin, s.user(), &mut mechanism)
                };
                KEY_HANDLE_INVALID "no such object" => |s| {
                    s.begin_with_key($begin, s.user(), &mut mechanism(CKM_RSA_PKCS), 0)
                };
                KEY_TYPE_INCONSISTENT "the other half of the key" => |s| {
                    let session = s.user();
                    let key = s.object(session, $wrong_key);
                    s.begin_with_key($begin, session, &mut mechanism(CKM_RSA_PKCS), key)
                };
            })* }
        };
    }
    let mut all = init_cases! {
        C_EncryptInit Begin::Encrypt, CKO_PRIVATE_KEY;
        C_DecryptInit Begin::Decrypt, CKO_PUBLIC_KEY;
        C_SignInit Begin::Sign, CKO_PUBLIC_KEY;
        C_VerifyInit Begin::Verify, CKO_PRIVATE_KEY;
    };
    all.extend(cases! {
        C_DecryptInit {
            USER_NOT_LOGGED_IN "nobody" => |s| logged_out(s, Begin::Decrypt);
            KEY_FUNCTION_NOT_PERMITTED "a certificate for signatures only" => |s| {
                let options = CertificateOptions { key_encipherment: false, ..CertificateOptions::PLAIN };
                another(s, Card::builder(&Personality::st2021()).certificate(options));
                s.begin(Begin::Decrypt, s.user())
            };
        }
        C_SignInit {
            USER_NOT_LOGGED_IN "nobody" => |s| logged_out(s, Begin::Sign);
            KEY_SIZE_RANGE "SHA-512 with a salt of 64 bytes in 1024 bits" => |s| {
                with_a_short_key(s, Begin::Sign)
            };
        }
        C_VerifyInit {
            KEY_SIZE_RANGE "SHA-512 with a salt of 64 bytes in 1024 bits" => |s| {
                with_a_short_key(s, Begin::Verify)
            };
        }
    });
    all
}

pub fn raw(scene: &Scene, what: Begin) -> CK_SESSION_HANDLE {
    let session = scene.user();
    assert_eq!(scene.begin_with(what, session, &mut mechanism(CKM_RSA_X_509)), CKR_OK);
    session
}

/// The operation was begun in a user's session and got its data as a part.
pub fn fed(scene: &Scene, what: Begin) -> CK_SESSION_HANDLE {
    let session = scene.session();
    let login = scene.login(session, CKU_USER, PIN);
    assert!(login == CKR_OK || login == CKR_USER_ALREADY_LOGGED_IN);
    assert_eq!(scene.begin(what, session), CKR_OK);
    let taken = match what {
        Begin::Sign => part(scene.v2.C_SignUpdate, session, DATA),
        Begin::Verify => part(scene.v2.C_VerifyUpdate, session, DATA),
        Begin::Encrypt => whole(scene.v2.C_EncryptUpdate, session, DATA, 256),
        Begin::Decrypt => whole(scene.v2.C_DecryptUpdate, session, DATA, 256),
    };
    assert_eq!(taken, CKR_OK);
    session
}

/// Another card in the reader instead of the scene's.
fn another(scene: &Scene, card: CardBuilder) {
    scene.stage.readers.swap(READER, card.shared());
}

fn with_a_short_key(scene: &Scene, what: Begin) -> CK_RV {
    another(scene, Card::builder(&Personality::st2021()).key_bits(1024));
    let mut parameters = CK_RSA_PKCS_PSS_PARAMS { hashAlg: CKM_SHA512, mgf: CKG_MGF1_SHA512, sLen: 64 };
    let mut mechanism = pss_mechanism(CKM_RSA_PKCS_PSS, &mut parameters);
    scene.begin_with(what, scene.user(), &mut mechanism)
}

/// With the handle of the private key from an earlier login.
fn logged_out(scene: &Scene, what: Begin) -> CK_RV {
    let session = scene.user();
    let key = scene.object(session, CKO_PRIVATE_KEY);
    assert_eq!(call!(scene.v2, C_Logout, session), CKR_OK);
    scene.begin_with_key(what, session, &mut mechanism(CKM_RSA_PKCS), key)
}
