//! Objects and searches (3.0 section 5.7).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::Effect;

use super::scene::Scene;
use super::{Case, cases};
use crate::common::client::call;

pub fn cases() -> Vec<Case> {
    cases! {
        C_CopyObject {
            ACTION_PROHIBITED "a certificate" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_CopyObject, session, object, null_mut(), 0, &mut 0)
            });
            OBJECT_HANDLE_INVALID "no such object" => |s| {
                call!(s.v2, C_CopyObject, s.session(), 0, null_mut(), 0, &mut 0)
            };
        }
        C_DestroyObject {
            ACTION_PROHIBITED "a certificate" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_DestroyObject, session, object)
            });
            OBJECT_HANDLE_INVALID "no such object" => |s| call!(s.v2, C_DestroyObject, s.session(), 0);
        }
        C_SetAttributeValue {
            ACTION_PROHIBITED "a certificate" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_SetAttributeValue, session, object, null_mut(), 0)
            });
            OBJECT_HANDLE_INVALID "no such object" => |s| {
                call!(s.v2, C_SetAttributeValue, s.session(), 0, null_mut(), 0)
            };
        }
        C_GetObjectSize {
            OK "a certificate" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_GetObjectSize, session, object, &mut 0)
            });
            ARGUMENTS_BAD "NULL" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_GetObjectSize, session, object, null_mut())
            });
            OBJECT_HANDLE_INVALID "no such object" => |s| {
                call!(s.v2, C_GetObjectSize, s.session(), 0, &mut 0)
            };
        }
        C_GetAttributeValue {
            OK "how long the certificate is" => |s| ask(s, CKO_CERTIFICATE, CKA_VALUE, null_mut());
            BUFFER_TOO_SMALL "a buffer for eight bytes of it" => |s| {
                let mut buffer = [0_u8; 8];
                ask(s, CKO_CERTIFICATE, CKA_VALUE, buffer.as_mut_ptr().cast())
            };
            ATTRIBUTE_SENSITIVE "the private exponent" => |s| {
                ask(s, CKO_PRIVATE_KEY, CKA_PRIVATE_EXPONENT, null_mut())
            };
            ATTRIBUTE_TYPE_INVALID "a point on a curve" => |s| {
                ask(s, CKO_CERTIFICATE, CKA_EC_POINT, null_mut())
            };
            ARGUMENTS_BAD "no template of one entry" => |s| with_certificate(s, |session, object| {
                call!(s.v2, C_GetAttributeValue, session, object, null_mut(), 1)
            });
            OBJECT_HANDLE_INVALID "no such object" => |s| {
                call!(s.v2, C_GetAttributeValue, s.session(), 0, null_mut(), 0)
            };
            DEVICE_ERROR "a file of the card that is read now, and no answer" => |s| {
                data_object(s, |s| s.always(&[]))
            };
            DEVICE_REMOVED "a file of the card that is read now, pulled meanwhile" => |s| {
                data_object(s, |s| s.next_command(Effect::Remove))
            };
        }
        C_FindObjectsInit {
            OK "everything" => |s| call!(s.v2, C_FindObjectsInit, s.session(), null_mut(), 0);
            ARGUMENTS_BAD "no template of one entry" => |s| {
                call!(s.v2, C_FindObjectsInit, s.session(), null_mut(), 1)
            };
            OPERATION_ACTIVE "during a search" => |s| {
                let session = s.session();
                assert_eq!(call!(s.v2, C_FindObjectsInit, session, null_mut(), 0), CKR_OK);
                call!(s.v2, C_FindObjectsInit, session, null_mut(), 0)
            };
        }
        C_FindObjects {
            OK "during a search" => |s| searching(s, |session| {
                call!(s.v2, C_FindObjects, session, &mut 0, 1, &mut 0)
            });
            ARGUMENTS_BAD "no place for the number" => |s| searching(s, |session| {
                call!(s.v2, C_FindObjects, session, &mut 0, 1, null_mut())
            });
            OPERATION_NOT_INITIALIZED "no search" => |s| {
                call!(s.v2, C_FindObjects, s.session(), &mut 0, 1, &mut 0)
            };
        }
        C_FindObjectsFinal {
            OK "during a search" => |s| searching(s, |session| call!(s.v2, C_FindObjectsFinal, session));
            OPERATION_NOT_INITIALIZED "no search" => |s| call!(s.v2, C_FindObjectsFinal, s.session());
        }
    }
}

fn with_certificate(scene: &Scene, call: impl FnOnce(CK_SESSION_HANDLE, CK_OBJECT_HANDLE) -> CK_RV) -> CK_RV {
    let session = scene.session();
    call(session, scene.object(session, CKO_CERTIFICATE))
}

fn searching(scene: &Scene, call: impl FnOnce(CK_SESSION_HANDLE) -> CK_RV) -> CK_RV {
    let session = scene.session();
    assert_eq!(call!(scene.v2, C_FindObjectsInit, session, null_mut(), 0), CKR_OK);
    call(session)
}

/// Asks an object of a class for an attribute, with a buffer of eight bytes if `buffer` is not NULL.
fn ask(
    scene: &Scene,
    class: CK_OBJECT_CLASS,
    attribute: CK_ATTRIBUTE_TYPE,
    buffer: *mut std::ffi::c_void,
) -> CK_RV {
    let session = scene.user();
    let mut template = CK_ATTRIBUTE { type_: attribute, pValue: buffer, ulValueLen: 8 };
    call!(scene.v2, C_GetAttributeValue, session, scene.object(session, class), &mut template, 1)
}

fn data_object(scene: &Scene, disturb: impl FnOnce(&Scene)) -> CK_RV {
    let session = scene.session();
    let object = scene.object(session, CKO_DATA);
    disturb(scene);
    let mut template = CK_ATTRIBUTE { type_: CKA_VALUE, pValue: null_mut(), ulValueLen: 0 };
    call!(scene.v2, C_GetAttributeValue, session, object, &mut template, 1)
}
