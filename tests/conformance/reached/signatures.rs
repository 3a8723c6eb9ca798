//! Signatures and their verification (3.0 sections 5.13 and 5.15).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Effect;

use super::beginnings::{ABOVE, TOO_LONG, fed, raw};
use super::scene::{Begin, DATA, Scene, input, part, rest, whole};
use super::{Case, cases};
use crate::common::READER;
use crate::common::client::call;

pub fn cases() -> Vec<Case> {
    [signatures(), verification()].into_iter().flatten().collect()
}

fn signatures() -> Vec<Case> {
    cases! {
        C_Sign {
            OK "a digest" => |s| whole(s.v2.C_Sign, s.begun(Begin::Sign), DATA, 256);
            BUFFER_TOO_SMALL "a buffer for 255 bytes" => |s| whole(s.v2.C_Sign, s.begun(Begin::Sign), DATA, 255);
            ARGUMENTS_BAD "no message of five bytes" => |s| {
                call!(s.v2, C_Sign, s.begun(Begin::Sign), null_mut(), 5, &mut 0, &mut 0)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| whole(s.v2.C_Sign, s.session(), DATA, 256);
            DATA_LEN_RANGE "longer than the key" => |s| whole(s.v2.C_Sign, s.begun(Begin::Sign), TOO_LONG, 256);
            DATA_INVALID "a number above the modulus, raw" => |s| {
                whole(s.v2.C_Sign, raw(s, Begin::Sign), ABOVE, 256)
            };
            USER_NOT_LOGGED_IN "the card was reset meanwhile" => |s| {
                let session = s.begun(Begin::Sign);
                s.stage.readers.reset(READER);
                whole(s.v2.C_Sign, session, DATA, 256)
            };
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = s.begun(Begin::Sign);
                s.always(&[]);
                whole(s.v2.C_Sign, session, DATA, 256)
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = s.begun(Begin::Sign);
                s.next_command(Effect::Remove);
                whole(s.v2.C_Sign, session, DATA, 256)
            };
            OPERATION_ACTIVE "what was begun in parts" => |s| {
                whole(s.v2.C_Sign, fed(s, Begin::Sign), DATA, 256)
            };
        }
        C_SignUpdate {
            OK "a part" => |s| part(s.v2.C_SignUpdate, s.begun(Begin::Sign), DATA);
            ARGUMENTS_BAD "no part of five bytes" => |s| {
                call!(s.v2, C_SignUpdate, s.begun(Begin::Sign), null_mut(), 5)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| part(s.v2.C_SignUpdate, s.session(), DATA);
            DATA_LEN_RANGE "longer than the key" => |s| part(s.v2.C_SignUpdate, s.begun(Begin::Sign), TOO_LONG);
        }
        C_SignFinal {
            OK "after a part" => |s| rest(s.v2.C_SignFinal, fed(s, Begin::Sign), 256);
            BUFFER_TOO_SMALL "a buffer for 255 bytes" => |s| rest(s.v2.C_SignFinal, fed(s, Begin::Sign), 255);
            ARGUMENTS_BAD "no place for the length" => |s| {
                call!(s.v2, C_SignFinal, fed(s, Begin::Sign), &mut 0, null_mut())
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| rest(s.v2.C_SignFinal, s.session(), 256);
            DATA_LEN_RANGE "250 bytes in parts, too long to be padded" => |s| {
                let session = s.begun(Begin::Sign);
                assert_eq!(part(s.v2.C_SignUpdate, session, &TOO_LONG[..250]), CKR_OK);
                rest(s.v2.C_SignFinal, session, 256)
            };
            USER_NOT_LOGGED_IN "the card was reset meanwhile" => |s| {
                let session = fed(s, Begin::Sign);
                s.stage.readers.reset(READER);
                rest(s.v2.C_SignFinal, session, 256)
            };
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = fed(s, Begin::Sign);
                s.always(&[]);
                rest(s.v2.C_SignFinal, session, 256)
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = fed(s, Begin::Sign);
                s.next_command(Effect::Remove);
                rest(s.v2.C_SignFinal, session, 256)
            };
        }
    }
}

fn verification() -> Vec<Case> {
    cases! {
        C_Verify {
            OK "a signature of the card" => |s| verify(s, &signature(s));
            SIGNATURE_INVALID "another one" => |s| verify(s, &[1; 256]);
            SIGNATURE_LEN_RANGE "255 bytes" => |s| verify(s, &[1; 255]);
            ARGUMENTS_BAD "no signature of 256 bytes" => |s| {
                let session = s.begun(Begin::Verify);
                call!(s.v2, C_Verify, session, null_mut(), 0, null_mut(), 256)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| {
                call!(s.v2, C_Verify, s.session(), null_mut(), 0, null_mut(), 0)
            };
            DATA_LEN_RANGE "longer than the key" => |s| {
                let session = s.begun(Begin::Verify);
                let (data, length) = input(TOO_LONG);
                call!(s.v2, C_Verify, session, data, length, [1; 256].as_mut_ptr(), 256)
            };
            DATA_INVALID "a number above the modulus, raw" => |s| {
                let session = raw(s, Begin::Verify);
                let (data, length) = input(ABOVE);
                call!(s.v2, C_Verify, session, data, length, [1; 256].as_mut_ptr(), 256)
            };
        }
        C_VerifyUpdate {
            OK "a part" => |s| part(s.v2.C_VerifyUpdate, s.begun(Begin::Verify), DATA);
            ARGUMENTS_BAD "no part of five bytes" => |s| {
                call!(s.v2, C_VerifyUpdate, s.begun(Begin::Verify), null_mut(), 5)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| part(s.v2.C_VerifyUpdate, s.session(), DATA);
            DATA_LEN_RANGE "longer than the key" => |s| {
                part(s.v2.C_VerifyUpdate, s.begun(Begin::Verify), TOO_LONG)
            };
        }
        C_VerifyFinal {
            OK "a signature of the card" => |s| {
                let signature = signature(s);
                part(s.v2.C_VerifyFinal, fed(s, Begin::Verify), &signature)
            };
            SIGNATURE_INVALID "another one" => |s| part(s.v2.C_VerifyFinal, fed(s, Begin::Verify), &[1; 256]);
            SIGNATURE_LEN_RANGE "255 bytes" => |s| part(s.v2.C_VerifyFinal, fed(s, Begin::Verify), &[1; 255]);
            ARGUMENTS_BAD "no signature of 256 bytes" => |s| {
                call!(s.v2, C_VerifyFinal, fed(s, Begin::Verify), null_mut(), 256)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| part(s.v2.C_VerifyFinal, s.session(), &[1; 256]);
            DATA_LEN_RANGE "250 bytes in parts, too long to be padded" => |s| {
                let session = s.begun(Begin::Verify);
                assert_eq!(part(s.v2.C_VerifyUpdate, session, &TOO_LONG[..250]), CKR_OK);
                part(s.v2.C_VerifyFinal, session, &[1; 256])
            };
        }
    }
}

/// Of `DATA`, by the card.
fn signature(scene: &Scene) -> [u8; 256] {
    let mut signature = [0; 256];
    let (data, length) = input(DATA);
    let session = scene.begun(Begin::Sign);
    let rv = call!(scene.v2, C_Sign, session, data, length, signature.as_mut_ptr(), &mut 256);
    assert_eq!(rv, CKR_OK);
    signature
}

fn verify(scene: &Scene, signature: &[u8]) -> CK_RV {
    let session = scene.session();
    let (data, length) = input(DATA);
    let (signature, signature_length) = input(signature);
    assert_eq!(scene.begin(Begin::Verify, session), CKR_OK);
    call!(scene.v2, C_Verify, session, data, length, signature, signature_length)
}
