//! Encryption, decryption and digests (3.0 sections 5.8, 5.10, 5.12).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Effect;

use super::beginnings::{ABOVE, TOO_LONG, fed, raw};
use super::scene::{Begin, DATA, Scene, part, rest, whole};
use super::{Case, cases};
use crate::common::READER;
use crate::common::client::{call, mechanism};

pub fn cases() -> Vec<Case> {
    [encryption(), decryption(), digests()].into_iter().flatten().collect()
}

fn encryption() -> Vec<Case> {
    cases! {
        C_Encrypt {
            OK "a message" => |s| whole(s.v2.C_Encrypt, s.begun(Begin::Encrypt), DATA, 256);
            BUFFER_TOO_SMALL "a buffer for 255 bytes" => |s| {
                whole(s.v2.C_Encrypt, s.begun(Begin::Encrypt), DATA, 255)
            };
            ARGUMENTS_BAD "no message of five bytes" => |s| {
                call!(s.v2, C_Encrypt, s.begun(Begin::Encrypt), null_mut(), 5, null_mut(), &mut 0)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| whole(s.v2.C_Encrypt, s.session(), DATA, 256);
            DATA_LEN_RANGE "longer than the key allows" => |s| {
                whole(s.v2.C_Encrypt, s.begun(Begin::Encrypt), TOO_LONG, 256)
            };
            DATA_INVALID "a number above the modulus, raw" => |s| {
                whole(s.v2.C_Encrypt, raw(s, Begin::Encrypt), ABOVE, 256)
            };
        }
        C_EncryptUpdate {
            OK "a part" => |s| whole(s.v2.C_EncryptUpdate, s.begun(Begin::Encrypt), DATA, 256);
            ARGUMENTS_BAD "no part of five bytes" => |s| {
                call!(s.v2, C_EncryptUpdate, s.begun(Begin::Encrypt), null_mut(), 5, &mut 0, &mut 1)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| {
                whole(s.v2.C_EncryptUpdate, s.session(), DATA, 256)
            };
            DATA_LEN_RANGE "longer than the key" => |s| {
                whole(s.v2.C_EncryptUpdate, s.begun(Begin::Encrypt), TOO_LONG, 256)
            };
        }
        C_EncryptFinal {
            OK "after a part" => |s| rest(s.v2.C_EncryptFinal, fed(s, Begin::Encrypt), 256);
            BUFFER_TOO_SMALL "a buffer for 255 bytes" => |s| {
                rest(s.v2.C_EncryptFinal, fed(s, Begin::Encrypt), 255)
            };
            ARGUMENTS_BAD "no place for the length" => |s| {
                call!(s.v2, C_EncryptFinal, fed(s, Begin::Encrypt), &mut 0, null_mut())
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| rest(s.v2.C_EncryptFinal, s.session(), 256);
            DATA_LEN_RANGE "250 bytes in parts, too long to be padded" => |s| {
                let session = s.begun(Begin::Encrypt);
                assert_eq!(whole(s.v2.C_EncryptUpdate, session, &TOO_LONG[..250], 256), CKR_OK);
                rest(s.v2.C_EncryptFinal, session, 256)
            };
        }
    }
}

fn decryption() -> Vec<Case> {
    cases! {
        C_Decrypt {
            OK "any number below the modulus" => |s| whole(s.v2.C_Decrypt, s.begun(Begin::Decrypt), &[1; 256], 256);
            BUFFER_TOO_SMALL "a buffer for 244 bytes" => |s| {
                whole(s.v2.C_Decrypt, s.begun(Begin::Decrypt), &[1; 256], 244)
            };
            ARGUMENTS_BAD "no cryptogram of 256 bytes" => |s| {
                call!(s.v2, C_Decrypt, s.begun(Begin::Decrypt), null_mut(), 256, &mut 0, &mut 1)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| {
                whole(s.v2.C_Decrypt, s.session(), &[1; 256], 256)
            };
            ENCRYPTED_DATA_INVALID "a number above the modulus" => |s| {
                whole(s.v2.C_Decrypt, s.begun(Begin::Decrypt), ABOVE, 256)
            };
            ENCRYPTED_DATA_LEN_RANGE "255 bytes" => |s| {
                whole(s.v2.C_Decrypt, s.begun(Begin::Decrypt), &[1; 255], 256)
            };
            USER_NOT_LOGGED_IN "the card was reset meanwhile" => |s| {
                let session = s.begun(Begin::Decrypt);
                s.stage.readers.reset(READER);
                whole(s.v2.C_Decrypt, session, &[1; 256], 256)
            };
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = s.begun(Begin::Decrypt);
                s.always(&[]);
                whole(s.v2.C_Decrypt, session, &[1; 256], 256)
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = s.begun(Begin::Decrypt);
                s.next_command(Effect::Remove);
                whole(s.v2.C_Decrypt, session, &[1; 256], 256)
            };
        }
        C_DecryptUpdate {
            OK "a part" => |s| whole(s.v2.C_DecryptUpdate, s.begun(Begin::Decrypt), &[1; 256], 256);
            ARGUMENTS_BAD "no part of five bytes" => |s| {
                call!(s.v2, C_DecryptUpdate, s.begun(Begin::Decrypt), null_mut(), 5, &mut 0, &mut 1)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| {
                whole(s.v2.C_DecryptUpdate, s.session(), DATA, 256)
            };
            ENCRYPTED_DATA_LEN_RANGE "longer than the key" => |s| {
                whole(s.v2.C_DecryptUpdate, s.begun(Begin::Decrypt), TOO_LONG, 256)
            };
        }
        C_DecryptFinal {
            OK "after 256 bytes" => |s| rest(s.v2.C_DecryptFinal, decrypting(s, &[1; 256]), 256);
            BUFFER_TOO_SMALL "a buffer for 244 bytes" => |s| {
                rest(s.v2.C_DecryptFinal, decrypting(s, &[1; 256]), 244)
            };
            ARGUMENTS_BAD "no place for the length" => |s| {
                call!(s.v2, C_DecryptFinal, decrypting(s, &[1; 256]), &mut 0, null_mut())
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| rest(s.v2.C_DecryptFinal, s.session(), 256);
            ENCRYPTED_DATA_INVALID "after a number above the modulus" => |s| {
                rest(s.v2.C_DecryptFinal, decrypting(s, ABOVE), 256)
            };
            ENCRYPTED_DATA_LEN_RANGE "after 255 bytes" => |s| {
                rest(s.v2.C_DecryptFinal, decrypting(s, &[1; 255]), 256)
            };
            USER_NOT_LOGGED_IN "the card was reset meanwhile" => |s| {
                let session = decrypting(s, &[1; 256]);
                s.stage.readers.reset(READER);
                rest(s.v2.C_DecryptFinal, session, 256)
            };
            DEVICE_ERROR "the card does not answer" => |s| {
                let session = decrypting(s, &[1; 256]);
                s.always(&[]);
                rest(s.v2.C_DecryptFinal, session, 256)
            };
            DEVICE_REMOVED "pulled meanwhile" => |s| {
                let session = decrypting(s, &[1; 256]);
                s.next_command(Effect::Remove);
                rest(s.v2.C_DecryptFinal, session, 256)
            };
        }
    }
}

fn digests() -> Vec<Case> {
    cases! {
        C_DigestInit {
            OK "SHA-256" => |s| call!(s.v2, C_DigestInit, s.session(), &mut mechanism(CKM_SHA256));
            ARGUMENTS_BAD "NULL" => |s| call!(s.v2, C_DigestInit, s.session(), null_mut());
            MECHANISM_INVALID "MD5" => |s| call!(s.v2, C_DigestInit, s.session(), &mut mechanism(CKM_MD5));
            MECHANISM_PARAM_INVALID "a parameter where there is none" => |s| {
                let mut mechanism = mechanism(CKM_SHA256);
                mechanism.ulParameterLen = 1;
                call!(s.v2, C_DigestInit, s.session(), &mut mechanism)
            };
            OPERATION_ACTIVE "a second time" => |s| {
                call!(s.v2, C_DigestInit, s.digest_session(), &mut mechanism(CKM_SHA256))
            };
        }
        C_Digest {
            OK "a message" => |s| whole(s.v2.C_Digest, s.digest_session(), DATA, 32);
            BUFFER_TOO_SMALL "a buffer for 31 bytes" => |s| whole(s.v2.C_Digest, s.digest_session(), DATA, 31);
            ARGUMENTS_BAD "no message of five bytes" => |s| {
                call!(s.v2, C_Digest, s.digest_session(), null_mut(), 5, null_mut(), &mut 0)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| whole(s.v2.C_Digest, s.session(), DATA, 32);
        }
        C_DigestUpdate {
            OK "a part" => |s| part(s.v2.C_DigestUpdate, s.digest_session(), DATA);
            ARGUMENTS_BAD "no part of five bytes" => |s| {
                call!(s.v2, C_DigestUpdate, s.digest_session(), null_mut(), 5)
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| part(s.v2.C_DigestUpdate, s.session(), DATA);
        }
        C_DigestFinal {
            OK "after nothing" => |s| rest(s.v2.C_DigestFinal, s.digest_session(), 32);
            BUFFER_TOO_SMALL "a buffer for 31 bytes" => |s| rest(s.v2.C_DigestFinal, s.digest_session(), 31);
            ARGUMENTS_BAD "no place for the length" => |s| {
                call!(s.v2, C_DigestFinal, s.digest_session(), &mut 0, null_mut())
            };
            OPERATION_NOT_INITIALIZED "nothing begun" => |s| rest(s.v2.C_DigestFinal, s.session(), 32);
        }
    }
}

fn decrypting(scene: &Scene, cryptogram: &[u8]) -> CK_SESSION_HANDLE {
    let session = scene.begun(Begin::Decrypt);
    assert_eq!(whole(scene.v2.C_DecryptUpdate, session, cryptogram, 256), CKR_OK);
    session
}
