//! General-purpose functions, random numbers and the legacy ones (3.0 sections 5.4, 5.19, 5.20).

use std::ptr::null_mut;

use cns_pkcs11::{C_GetFunctionList, C_GetInterface, C_GetInterfaceList};
use cryptoki_sys::*;

use super::{Case, cases};
use crate::common::client::call;

pub fn cases() -> Vec<Case> {
    cases! {
        C_Initialize {
            OK "NULL, as most programs" => |s| {
                s.without_module();
                call!(s.v2, C_Initialize, null_mut())
            };
            CRYPTOKI_ALREADY_INITIALIZED "a second time" => |s| call!(s.v2, C_Initialize, null_mut());
            ARGUMENTS_BAD "two of four mutex functions" => |s| {
                s.without_module();
                let mut arguments = CK_C_INITIALIZE_ARGS {
                    CreateMutex: Some(create),
                    DestroyMutex: Some(other),
                    ..Default::default()
                };
                call!(s.v2, C_Initialize, (&raw mut arguments).cast())
            };
        }
        C_Finalize {
            OK "once" => |s| call!(s.v2, C_Finalize, null_mut());
            ARGUMENTS_BAD "pReserved is not NULL" => |s| {
                let mut reserved = 0_u8;
                call!(s.v2, C_Finalize, (&raw mut reserved).cast())
            };
        }
        C_GetInfo {
            OK "with a buffer" => |s| call!(s.v2, C_GetInfo, &mut CK_INFO::default());
            ARGUMENTS_BAD "NULL" => |s| call!(s.v2, C_GetInfo, null_mut());
        }
        C_GetFunctionList {
            OK "with a buffer" => |s| {
                s.without_module();
                // SAFETY: a live pointer.
                unsafe { C_GetFunctionList(&mut null_mut()) }
            };
            ARGUMENTS_BAD "NULL" => |s| {
                s.without_module();
                // SAFETY: NULL is an argument like another.
                unsafe { C_GetFunctionList(null_mut()) }
            };
        }
        C_GetInterfaceList {
            OK "how many" => |s| interfaces(s, null_mut(), 0);
            BUFFER_TOO_SMALL "a buffer for one" => |s| interfaces(s, &mut CK_INTERFACE::default(), 1);
            ARGUMENTS_BAD "no place for the number" => |s| {
                call!(s.v3, C_GetInterfaceList, null_mut(), null_mut())
            };
        }
        C_GetInterface {
            OK "any" => |s| call!(s.v3, C_GetInterface, null_mut(), null_mut(), &mut null_mut(), 0);
            ARGUMENTS_BAD "a name that nobody has" => |s| {
                s.without_module();
                let name = c"PKCS 12".as_ptr().cast::<CK_UTF8CHAR>().cast_mut();
                // SAFETY: a NUL-terminated name and a live pointer.
                unsafe { C_GetInterface(name, null_mut(), &mut null_mut(), 0) }
            };
        }
        C_SeedRandom {
            RANDOM_NO_RNG "always" => |s| call!(s.v2, C_SeedRandom, s.session(), &mut 0, 1);
        }
        C_GenerateRandom {
            RANDOM_NO_RNG "always" => |s| call!(s.v2, C_GenerateRandom, s.session(), &mut 0, 1);
        }
        C_GetFunctionStatus {
            FUNCTION_NOT_PARALLEL "always" => |s| call!(s.v2, C_GetFunctionStatus, s.session());
        }
        C_CancelFunction {
            FUNCTION_NOT_PARALLEL "always" => |s| call!(s.v2, C_CancelFunction, s.session());
        }
    }
}

fn interfaces(scene: &super::scene::Scene, buffer: *mut CK_INTERFACE, mut count: CK_ULONG) -> CK_RV {
    scene.without_module();
    // SAFETY: NULL, or a buffer for the count.
    unsafe { C_GetInterfaceList(buffer, &mut count) }
}

unsafe extern "C" fn create(_: *mut *mut std::ffi::c_void) -> CK_RV {
    CKR_OK
}

unsafe extern "C" fn other(_: *mut std::ffi::c_void) -> CK_RV {
    CKR_OK
}
