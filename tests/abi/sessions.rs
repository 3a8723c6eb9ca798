//! What a session says of itself, and how its operations are ended (PKCS#11 2.40 and 3.0, 5.6).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::common::client::{Rv, checked, mechanism};
use crate::common::{SessionGuard, Stage};

const PIN: &[u8] = b"12345";
const PUK: &[u8] = b"12345678";

/// 2.40 4.2, tables 3 and 4, with the numbers of the header file: the states, CKF_RW_SESSION = 2, CKF_SERIAL_SESSION = 4.
#[test]
fn a_session_tells_its_state_by_the_numbers_of_the_standard() {
    let stage = Stage::with(&Personality::st2021());
    let said = |session: &SessionGuard| session.info().map(|info| (info.slotID, info.state, info.flags));
    let read_only = stage.client.try_open(0, CKF_SERIAL_SESSION).expect("a session");
    let read_write = stage.session();
    assert_eq!((said(&read_only), said(&read_write)), (Ok((0, 0, 4)), Ok((0, 2, 6))));
    read_only.login(PIN).expect("login");
    assert_eq!((said(&read_only), said(&read_write)), (Ok((0, 1, 4)), Ok((0, 3, 6))));
    read_write.logout().expect("logout");
    read_only.close().expect("closed");
    read_write.login_as(CKU_SO, PUK).expect("the officer's login");
    assert_eq!(said(&read_write), Ok((0, 4, 6)));
}

/// 3.0 5.6, C_SessionCancel: a flag for each kind of operation (0x40, 0x100 to 0x800, 0x2000), and the others go on.
#[test]
fn cancelling_ends_the_operations_that_are_named_and_no_other() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let (public, private) = (session.object(CKO_PUBLIC_KEY), session.object(CKO_PRIVATE_KEY));
    let (v2, v3, handle) = (stage.client.v2, stage.client.v3, session.handle);
    let rsa = || mechanism(CKM_RSA_PKCS);
    let begin: [(CK_FLAGS, &dyn Fn() -> CK_RV); 6] = [
        (0x0040, &|| crate::call!(v2, C_FindObjectsInit, handle, null_mut(), 0)),
        (0x0100, &|| crate::call!(v2, C_EncryptInit, handle, &mut rsa(), public)),
        (0x0200, &|| crate::call!(v2, C_DecryptInit, handle, &mut rsa(), private)),
        (0x0400, &|| crate::call!(v2, C_DigestInit, handle, &mut mechanism(CKM_SHA256))),
        (0x0800, &|| crate::call!(v2, C_SignInit, handle, &mut rsa(), private)),
        (0x2000, &|| crate::call!(v2, C_VerifyInit, handle, &mut rsa(), public)),
    ];
    let cancel = |flags| -> Rv<()> { checked(crate::call!(v3, C_SessionCancel, handle, flags)) };
    for (flag, _) in begin {
        for (_, begin) in begin {
            assert_eq!(begin(), CKR_OK);
        }
        cancel(flag).expect("cancelled");
        // Whether one was under way shows when it is begun once more.
        for (other, begin) in begin {
            let expected = if other == flag { CKR_OK } else { CKR_OPERATION_ACTIVE };
            assert_eq!(begin(), expected, "{other:#x} after {flag:#x} was cancelled");
        }
        cancel(CK_FLAGS::MAX).expect("all of them cancelled");
        cancel(0).expect("nothing to cancel is no error");
    }
}

/// 3.0 5.12: "C_DigestInit can be called with pMechanism set to NULL_PTR to terminate an active message-digesting
/// operation", and 5.8, 5.10, 5.13, 5.15 say the same of their operations. 2.40 has no such rule: a bad argument.
#[test]
fn a_null_mechanism_ends_the_operation_in_the_list_of_3_0_only() {
    let stage = Stage::with(&Personality::oberthur());
    let session = stage.logged_in();
    let (public, private) = (session.object(CKO_PUBLIC_KEY), session.object(CKO_PRIVATE_KEY));
    let (v2, v3, handle) = (stage.client.v2, stage.client.v3, session.handle);
    type Begin<'a> = &'a dyn Fn(*mut CK_MECHANISM) -> CK_RV;
    let kinds: [(CK_MECHANISM_TYPE, Begin<'_>, Begin<'_>); 5] = [
        (CKM_SHA256, &|m| crate::call!(v2, C_DigestInit, handle, m), &|m| {
            crate::call!(v3, C_DigestInit, handle, m)
        }),
        (CKM_RSA_PKCS, &|m| crate::call!(v2, C_EncryptInit, handle, m, public), &|m| {
            crate::call!(v3, C_EncryptInit, handle, m, public)
        }),
        (CKM_RSA_PKCS, &|m| crate::call!(v2, C_DecryptInit, handle, m, private), &|m| {
            crate::call!(v3, C_DecryptInit, handle, m, private)
        }),
        (CKM_RSA_PKCS, &|m| crate::call!(v2, C_SignInit, handle, m, private), &|m| {
            crate::call!(v3, C_SignInit, handle, m, private)
        }),
        (CKM_RSA_PKCS, &|m| crate::call!(v2, C_VerifyInit, handle, m, public), &|m| {
            crate::call!(v3, C_VerifyInit, handle, m, public)
        }),
    ];
    stage.forget();
    for (number, old, _) in kinds {
        assert_eq!(old(&mut mechanism(number)), CKR_OK, "{number:#x}");
    }
    for (ended, (number, old, new)) in kinds.iter().enumerate() {
        assert_eq!(old(null_mut()), CKR_ARGUMENTS_BAD, "{ended}");
        assert_eq!(old(&mut mechanism(*number)), CKR_OPERATION_ACTIVE, "{ended}: it goes on");
        assert_eq!(new(null_mut()), CKR_OK, "{ended}");
        for (other, (number, _, begin)) in kinds.iter().enumerate() {
            let expected = if other == ended { CKR_OK } else { CKR_OPERATION_ACTIVE };
            assert_eq!(begin(&mut mechanism(*number)), expected, "{other} after {ended} was ended");
        }
    }
    assert_eq!(stage.commands(), Vec::<String>::new());
}

/// 2.40 and 3.0, 5.2: a call that fails ends its operation, unless all it wants is a longer buffer (decision 0009); what else
/// is under way goes on.
#[test]
fn a_failed_call_ends_its_own_operation() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let (public, private) = (session.object(CKO_PUBLIC_KEY), session.object(CKO_PRIVATE_KEY));
    let (v2, handle) = (stage.client.v2, session.handle);
    let rsa = || mechanism(CKM_RSA_PKCS);
    let (mut bytes, mut buffer) = ([0u8; 512], 512);
    let (out, length) = (bytes.as_mut_ptr(), std::ptr::from_mut(&mut buffer));
    let absurd = CK_ULONG::MAX;
    type Call<'a> = &'a dyn Fn() -> CK_RV;
    let operations: [(Call<'_>, Call<'_>); 5] = [
        (&|| crate::call!(v2, C_EncryptInit, handle, &mut rsa(), public), &|| {
            crate::call!(v2, C_Encrypt, handle, null_mut(), absurd, out, length)
        }),
        (&|| crate::call!(v2, C_DecryptInit, handle, &mut rsa(), private), &|| {
            crate::call!(v2, C_Decrypt, handle, null_mut(), absurd, out, length)
        }),
        (&|| crate::call!(v2, C_DigestInit, handle, &mut mechanism(CKM_SHA256)), &|| {
            crate::call!(v2, C_Digest, handle, null_mut(), absurd, out, length)
        }),
        (&|| crate::call!(v2, C_SignInit, handle, &mut rsa(), private), &|| {
            crate::call!(v2, C_Sign, handle, null_mut(), absurd, out, length)
        }),
        (&|| crate::call!(v2, C_VerifyInit, handle, &mut rsa(), public), &|| {
            crate::call!(v2, C_Verify, handle, null_mut(), absurd, out, 256)
        }),
    ];
    for (failed, (_, fail)) in operations.iter().enumerate() {
        for (begin, _) in operations {
            begin();
        }
        assert_eq!(fail(), CKR_ARGUMENTS_BAD, "{failed}");
        for (other, (begin, _)) in operations.iter().enumerate() {
            let expected = if other == failed { CKR_OK } else { CKR_OPERATION_ACTIVE };
            assert_eq!(begin(), expected, "{other} after {failed} failed");
        }
    }
}
