//! What each chapter of the standard says about arguments: handles that name nothing, pointers that are missing, buffers
//! that are too short, calls out of turn. Codes come in the order of the standard: handle before argument.

mod common;

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Personality;

use common::{SessionGuard, Stage};
use testkit::pkcs11::{call, mechanism};

const NO_SESSION: CK_SESSION_HANDLE = 0xDEAD;
const NO_SLOT: CK_SLOT_ID = 77;
const DATA: &[u8] = b"thirty-two bytes like a digest..";

fn stage() -> Stage {
    Stage::with(&Personality::st2021())
}

/// 2.40 5.5.
#[test]
fn slots_and_tokens() {
    let stage = stage();
    let v2 = stage.client.v2;
    let (mut slots, mut count) = ([9; 4], 0);
    assert_eq!(crate::call!(v2, C_GetSlotList, CK_FALSE, null_mut(), null_mut()), CKR_ARGUMENTS_BAD);
    let rv = crate::call!(v2, C_GetSlotList, CK_FALSE, slots.as_mut_ptr(), &mut count);
    assert_eq!((rv, count, slots), (CKR_BUFFER_TOO_SMALL, 1, [9; 4]));
    assert_eq!(crate::call!(v2, C_GetSlotInfo, NO_SLOT, null_mut()), CKR_SLOT_ID_INVALID);
    assert_eq!(crate::call!(v2, C_GetSlotInfo, 0, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_GetTokenInfo, NO_SLOT, null_mut()), CKR_SLOT_ID_INVALID);
    assert_eq!(crate::call!(v2, C_GetTokenInfo, 0, null_mut()), CKR_ARGUMENTS_BAD);
    let mut event = 0;
    let wait = |slot, reserved| crate::call!(v2, C_WaitForSlotEvent, CKF_DONT_BLOCK, slot, reserved);
    assert_eq!(wait(null_mut(), null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(wait(&raw mut event, (&raw mut count).cast()), CKR_ARGUMENTS_BAD);

    let (mut mechanisms, mut length) = ([0; 2], 2);
    assert_eq!(crate::call!(v2, C_GetMechanismList, NO_SLOT, null_mut(), &mut length), CKR_SLOT_ID_INVALID);
    assert_eq!(crate::call!(v2, C_GetMechanismList, 0, null_mut(), null_mut()), CKR_ARGUMENTS_BAD);
    let rv = crate::call!(v2, C_GetMechanismList, 0, mechanisms.as_mut_ptr(), &mut length);
    assert_eq!((rv, length, mechanisms), (CKR_BUFFER_TOO_SMALL, 14, [0; 2]));
    let mut info = CK_MECHANISM_INFO::default();
    assert_eq!(crate::call!(v2, C_GetMechanismInfo, NO_SLOT, CKM_RSA_PKCS, &mut info), CKR_SLOT_ID_INVALID);
    assert_eq!(crate::call!(v2, C_GetMechanismInfo, 0, CKM_RSA_PKCS, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_GetMechanismInfo, 0, CKM_ECDSA, &mut info), CKR_MECHANISM_INVALID);
    assert_eq!(crate::call!(v2, C_InitToken, 0, null_mut(), 0, null_mut()), CKR_FUNCTION_NOT_SUPPORTED);
}

/// 2.40 and 3.0, 5.6.
#[test]
fn sessions() {
    let stage = stage();
    let (v2, v3) = (stage.client.v2, stage.client.v3);
    let mut handle = 0;
    let open = |slot, flags, handle| crate::call!(v2, C_OpenSession, slot, flags, null_mut(), None, handle);
    stage.client.slots(false).expect("slots");
    assert_eq!(open(NO_SLOT, CKF_SERIAL_SESSION, &raw mut handle), CKR_SLOT_ID_INVALID);
    assert_eq!(open(0, CKF_SERIAL_SESSION, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(open(0, CKF_RW_SESSION, &raw mut handle), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    assert_eq!(crate::call!(v2, C_CloseSession, NO_SESSION), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(crate::call!(v2, C_CloseAllSessions, NO_SLOT), CKR_SLOT_ID_INVALID);
    assert_eq!(crate::call!(v2, C_GetSessionInfo, NO_SESSION, null_mut()), CKR_SESSION_HANDLE_INVALID);

    let session = stage.session();
    assert_eq!(crate::call!(v2, C_GetSessionInfo, session.handle, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_Login, NO_SESSION, 99, null_mut(), 4), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(session.login_as(99, b"12345"), Err(CKR_USER_TYPE_INVALID));
    assert_eq!(crate::call!(v2, C_Login, session.handle, CKU_USER, null_mut(), 0), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_Login, session.handle, CKU_USER, null_mut(), 5), CKR_ARGUMENTS_BAD);
    let mut pin = *b"12345";
    assert_eq!(
        crate::call!(v2, C_Login, session.handle, CKU_USER, pin.as_mut_ptr(), CK_ULONG::MAX),
        CKR_ARGUMENTS_BAD
    );
    assert_eq!(
        crate::call!(v2, C_SetPIN, session.handle, pin.as_mut_ptr(), 5, null_mut(), 0),
        CKR_ARGUMENTS_BAD
    );
    // Both typed on a PIN pad that this reader does not have.
    assert_eq!(crate::call!(v2, C_SetPIN, session.handle, null_mut(), 0, null_mut(), 0), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_InitPIN, session.handle, null_mut(), 0), CKR_ARGUMENTS_BAD);
    assert_eq!(session.logout(), Err(CKR_USER_NOT_LOGGED_IN));

    let mut name = *b"mario";
    let named = |name, length| {
        let pin = virtual_cns::DEFAULT_PIN.as_ptr().cast_mut();
        let pin_length = virtual_cns::DEFAULT_PIN.len() as CK_ULONG;
        crate::call!(v3, C_LoginUser, session.handle, CKU_USER, pin, pin_length, name, length)
    };
    assert_eq!(named(name.as_mut_ptr(), 5), CKR_ARGUMENTS_BAD);
    assert!(!stage.commands().contains(&"VERIFY".to_owned()), "no try was spent");
    assert_eq!(named(null_mut(), 0), CKR_OK);

    session.close().expect("closed");
    assert_eq!(session.close(), Err(CKR_SESSION_HANDLE_INVALID));
}

/// 2.40 5.7.
#[test]
fn objects() {
    let stage = stage();
    let v2 = stage.client.v2;
    let session = stage.session();
    let (handle, object) = (session.handle, session.object(CKO_CERTIFICATE));
    let (mut size, mut found, mut count) = (0, [0; 4], 77);
    let mut template = [CK_ATTRIBUTE { type_: CKA_CLASS, pValue: null_mut(), ulValueLen: 8 }];
    let get = |session, object, template, count| {
        crate::call!(v2, C_GetAttributeValue, session, object, template, count)
    };
    assert_eq!(get(NO_SESSION, object, null_mut(), 1), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(get(handle, 0, null_mut(), 1), CKR_OBJECT_HANDLE_INVALID);
    assert_eq!(get(handle, object, null_mut(), 1), CKR_ARGUMENTS_BAD);
    assert_eq!(get(handle, object, template.as_mut_ptr(), CK_ULONG::MAX), CKR_ARGUMENTS_BAD);
    assert_eq!(get(handle, object, null_mut(), 0), CKR_OK);
    assert_eq!(crate::call!(v2, C_GetObjectSize, handle, 0, &mut size), CKR_OBJECT_HANDLE_INVALID);
    assert_eq!(crate::call!(v2, C_GetObjectSize, handle, object, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(crate::call!(v2, C_GetObjectSize, handle, object, &mut size), CKR_OK);
    assert!(size > 0);

    let init = |template, count| crate::call!(v2, C_FindObjectsInit, handle, template, count);
    let find = |found, most, count| crate::call!(v2, C_FindObjects, handle, found, most, count);
    let end = || crate::call!(v2, C_FindObjectsFinal, handle);
    assert_eq!(init(null_mut(), 1), CKR_ARGUMENTS_BAD);
    assert_eq!(init(template.as_mut_ptr(), 1), CKR_ARGUMENTS_BAD);
    assert_eq!(find(found.as_mut_ptr(), 4, &raw mut count), CKR_OPERATION_NOT_INITIALIZED);
    assert_eq!(end(), CKR_OPERATION_NOT_INITIALIZED);
    assert_eq!(init(null_mut(), 0), CKR_OK);
    assert_eq!(init(null_mut(), 0), CKR_OPERATION_ACTIVE);
    assert_eq!(find(null_mut(), 4, &raw mut count), CKR_ARGUMENTS_BAD);
    assert_eq!(find(found.as_mut_ptr(), 4, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!((find(found.as_mut_ptr(), 2, &raw mut count), count), (CKR_OK, 2));
    assert_eq!((find(found.as_mut_ptr(), 4, &raw mut count), count), (CKR_OK, 4));
    assert_eq!((find(found.as_mut_ptr(), 4, &raw mut count), count), (CKR_OK, 0));
    assert_eq!((end(), end()), (CKR_OK, CKR_OPERATION_NOT_INITIALIZED));
}

/// 2.40 5.7: what is on a CNS stays as it is.
#[test]
fn nothing_can_be_made_changed_or_destroyed() {
    let stage = stage();
    let v2 = stage.client.v2;
    let session = stage.session();
    let (handle, object) = (session.handle, session.object(CKO_CERTIFICATE));
    let mut new = 0;
    assert_eq!(
        crate::call!(v2, C_CreateObject, NO_SESSION, null_mut(), 0, &mut new),
        CKR_SESSION_HANDLE_INVALID
    );
    assert_eq!(crate::call!(v2, C_CreateObject, handle, null_mut(), 0, &mut new), CKR_FUNCTION_NOT_SUPPORTED);
    assert_eq!(
        crate::call!(v2, C_CopyObject, handle, object, null_mut(), 0, &mut new),
        CKR_ACTION_PROHIBITED
    );
    assert_eq!(crate::call!(v2, C_SetAttributeValue, handle, object, null_mut(), 0), CKR_ACTION_PROHIBITED);
    assert_eq!(crate::call!(v2, C_DestroyObject, handle, object), CKR_ACTION_PROHIBITED);
    assert_eq!(crate::call!(v2, C_DestroyObject, handle, 0), CKR_OBJECT_HANDLE_INVALID);
    assert_eq!(crate::call!(v2, C_GenerateRandom, handle, null_mut(), 0), CKR_RANDOM_NO_RNG);
    assert_eq!(crate::call!(v2, C_SeedRandom, handle, null_mut(), 0), CKR_RANDOM_NO_RNG);
    assert_eq!(crate::call!(v2, C_GenerateRandom, NO_SESSION, null_mut(), 0), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(crate::call!(v2, C_GetFunctionStatus, handle), CKR_FUNCTION_NOT_PARALLEL);
    assert_eq!(crate::call!(v2, C_CancelFunction, handle), CKR_FUNCTION_NOT_PARALLEL);
}

type Init = unsafe extern "C" fn(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE) -> CK_RV;

/// 2.40 5.8 to 5.13 and 3.0 5.8 to 5.15: how each kind of operation begins.
#[test]
fn operations_begin_with_a_mechanism_and_a_key() {
    let stage = stage();
    let (v2, v3) = (stage.client.v2, stage.client.v3);
    let session = stage.logged_in();
    let (private, public) = (session.object(CKO_PRIVATE_KEY), session.object(CKO_PUBLIC_KEY));
    let certificate = session.object(CKO_CERTIFICATE);
    let kinds = [
        ("sign", v2.C_SignInit, v3.C_SignInit, private),
        ("verify", v2.C_VerifyInit, v3.C_VerifyInit, public),
        ("encrypt", v2.C_EncryptInit, v3.C_EncryptInit, public),
    ];
    stage.forget();
    for (name, old, new, key) in kinds {
        let call = |init: Option<Init>, session, mechanism: *mut CK_MECHANISM, key| {
            // SAFETY: NULL or a live mechanism.
            unsafe { init.expect(name)(session, mechanism, key) }
        };
        let mut good = mechanism(CKM_RSA_PKCS);
        let mut unknown = mechanism(CKM_ECDSA);
        let handle = session.handle;
        assert_eq!(call(old, NO_SESSION, null_mut(), key), CKR_SESSION_HANDLE_INVALID, "{name}");
        assert_eq!(call(old, handle, null_mut(), key), CKR_ARGUMENTS_BAD, "{name}");
        assert_eq!(call(old, handle, &raw mut unknown, key), CKR_MECHANISM_INVALID, "{name}");
        assert_eq!(call(old, handle, &raw mut good, 0), CKR_KEY_HANDLE_INVALID, "{name}");
        assert_ne!(call(old, handle, &raw mut good, certificate), CKR_OK, "{name}");
        assert_eq!(call(old, handle, &raw mut good, key), CKR_OK, "{name}");
        assert_eq!(call(old, handle, &raw mut good, key), CKR_OPERATION_ACTIVE, "{name}");
        // 3.0: NULL ends it, and ends nothing if there is nothing.
        assert_eq!(call(new, handle, null_mut(), key), CKR_OK, "{name}");
        assert_eq!(call(new, handle, null_mut(), key), CKR_OK, "{name}");
        assert_eq!(call(new, handle, &raw mut good, key), CKR_OK, "{name}");
    }
    let cancel = |flags| crate::call!(v3, C_SessionCancel, session.handle, flags);
    assert_eq!(cancel(CKF_SIGN | CKF_VERIFY | CKF_DIGEST), CKR_OK);
    assert_eq!(session.sign_once(DATA), Err(CKR_OPERATION_NOT_INITIALIZED));
    assert_eq!(session.sign_init(&mut mechanism(CKM_RSA_PKCS), private), Ok(()));
    assert_eq!(crate::call!(v3, C_SessionCancel, NO_SESSION, CKF_SIGN), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(stage.commands(), Vec::<String>::new());
}

/// 2.40 5.11: C_Sign ends its operation unless it tells a length, also when an argument is missing.
#[test]
fn a_bad_argument_ends_a_signature_and_a_short_buffer_does_not() {
    let stage = stage();
    let v2 = stage.client.v2;
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    let (mut signature, mut length) = ([0; 256], 0);
    let out = signature.as_mut_ptr();
    let data = DATA.as_ptr().cast_mut();
    let (handle, data_length) = (session.handle, DATA.len() as CK_ULONG);
    let begin = || session.sign_init(&mut mechanism(CKM_RSA_PKCS), key);
    stage.forget();

    begin().expect("begun");
    assert_eq!(crate::call!(v2, C_Sign, handle, data, data_length, out, null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(session.sign_once(DATA), Err(CKR_OPERATION_NOT_INITIALIZED));
    begin().expect("begun");
    assert_eq!(crate::call!(v2, C_Sign, handle, null_mut(), 5, out, &mut length), CKR_ARGUMENTS_BAD);
    begin().expect("begun");
    assert_eq!(crate::call!(v2, C_SignUpdate, handle, null_mut(), 5), CKR_ARGUMENTS_BAD);
    assert_eq!(session.sign_once(DATA), Err(CKR_OPERATION_NOT_INITIALIZED));

    begin().expect("begun");
    assert_eq!(crate::call!(v2, C_SignUpdate, handle, data, data_length), CKR_OK);
    assert_eq!(crate::call!(v2, C_SignUpdate, handle, null_mut(), 0), CKR_OK);
    let rv = crate::call!(v2, C_SignFinal, handle, out, &mut length);
    assert_eq!((rv, length), (CKR_BUFFER_TOO_SMALL, 256));
    assert_eq!(stage.commands(), Vec::<String>::new());
    assert_eq!((crate::call!(v2, C_SignFinal, handle, out, &mut length), length), (CKR_OK, 256));
    verifies(&session, &mut signature);
}

/// 2.40 5.13: and so does C_Verify.
fn verifies(session: &SessionGuard<'_>, signature: &mut [u8; 256]) {
    let v2 = session.client.v2;
    let (handle, key) = (session.handle, session.object(CKO_PUBLIC_KEY));
    let (data, length) = (DATA.as_ptr().cast_mut(), DATA.len() as CK_ULONG);
    let begin =
        || assert_eq!(crate::call!(v2, C_VerifyInit, handle, &mut mechanism(CKM_RSA_PKCS), key), CKR_OK);
    begin();
    assert_eq!(crate::call!(v2, C_Verify, handle, data, length, null_mut(), 256), CKR_ARGUMENTS_BAD);
    begin();
    assert_eq!(
        crate::call!(v2, C_Verify, handle, data, length, signature.as_mut_ptr(), 255),
        CKR_SIGNATURE_LEN_RANGE
    );
    begin();
    assert_eq!(crate::call!(v2, C_Verify, handle, data, length, signature.as_mut_ptr(), 256), CKR_OK);
    let again = crate::call!(v2, C_Verify, handle, data, length, signature.as_mut_ptr(), 256);
    assert_eq!(again, CKR_OPERATION_NOT_INITIALIZED);
    begin();
    assert_eq!(crate::call!(v2, C_VerifyUpdate, handle, data, length), CKR_OK);
    signature[0] ^= 1;
    assert_eq!(crate::call!(v2, C_VerifyFinal, handle, signature.as_mut_ptr(), 256), CKR_SIGNATURE_INVALID);
}

/// 2.40 5.8: an update gives nothing out, and asking for its length is not an update.
#[test]
fn encryption_in_parts() {
    let stage = stage();
    let v2 = stage.client.v2;
    let session = stage.session();
    let (handle, key) = (session.handle, session.object(CKO_PUBLIC_KEY));
    let (mut cryptogram, mut length) = ([0; 256], 99);
    let data = DATA.as_ptr().cast_mut();
    assert_eq!(
        crate::call!(v2, C_EncryptUpdate, handle, data, 4, null_mut(), &mut length),
        CKR_OPERATION_NOT_INITIALIZED
    );
    assert_eq!(crate::call!(v2, C_EncryptInit, handle, &mut mechanism(CKM_RSA_X_509), key), CKR_OK);
    let rv = crate::call!(v2, C_EncryptUpdate, handle, data, 4, null_mut(), &mut length);
    assert_eq!((rv, length), (CKR_OK, 0));
    let out = cryptogram.as_mut_ptr();
    assert_eq!((crate::call!(v2, C_EncryptUpdate, handle, data, 4, out, &mut length), length), (CKR_OK, 0));
    let rv = crate::call!(v2, C_EncryptFinal, handle, null_mut(), &mut length);
    assert_eq!((rv, length), (CKR_OK, 256));
    assert_eq!((crate::call!(v2, C_EncryptFinal, handle, out, &mut length), length), (CKR_OK, 256));

    let in_parts = cryptogram;
    assert_eq!(crate::call!(v2, C_EncryptInit, handle, &mut mechanism(CKM_RSA_X_509), key), CKR_OK);
    assert_eq!(crate::call!(v2, C_Encrypt, handle, data, 4, out, &mut length), CKR_OK);
    assert_eq!(cryptogram, in_parts, "the same four bytes");
}
