//! How a program finds the functions (PKCS#11 2.40 5.4, 3.0 5.4): the two lists, by version and name.
//!
//! These answer before `C_Initialize` and in a forked child: they hand out constants and know no state.

use std::ffi::{CStr, c_void};

use cryptoki_sys::*;

use super::entry::{LIST_2_40, LIST_3_0};
use super::pointers::{OutBuffer, Pointer};
use super::{AbiError, Result};

/// `C_GetFunctionList` (PKCS#11 2.40 5.4): the 2.40 list.
pub(super) fn function_list(list: Pointer<*mut CK_FUNCTION_LIST>) -> Result<()> {
    list.write((&raw const LIST_2_40).cast_mut())
}

/// `C_GetInterfaceList` (PKCS#11 3.0 5.4).
pub(super) fn interface_list(interfaces: OutBuffer<CK_INTERFACE>) -> Result<()> {
    interfaces.give(&INTERFACES.0)
}

/// `C_GetInterface` (PKCS#11 3.0 5.4): the first interface that has this name (any, if NULL), exactly this version (any,
/// if NULL) and all of these flags. NSS calls through whatever it gets for a name that only its own library has, and
/// asks for `CKF_INTERFACE_FORK_SAFE`, which we do not claim: both must fail.
pub(super) fn interface(
    name: Pointer<CK_UTF8CHAR>,
    version: Pointer<CK_VERSION>,
    interface: Pointer<*mut CK_INTERFACE>,
    flags: CK_FLAGS,
) -> Result<()> {
    interface.required()?;
    let version = if version.is_null() { None } else { Some(version.read()?) };
    let named = name.is_null() || name.is_c_string(NAME);
    let found = INTERFACES
        .0
        .iter()
        .zip(VERSIONS)
        .find(|(candidate, has)| {
            named && candidate.flags & flags == flags && version.is_none_or(|v| same(v, *has))
        })
        .ok_or(AbiError::ArgumentsBad)?;
    interface.write(std::ptr::from_ref(found.0).cast_mut())
}

const NAME: &CStr = c"PKCS 11";

/// The versions of `INTERFACES`, in its order.
const VERSIONS: [CK_VERSION; 2] = [CK_VERSION { major: 3, minor: 0 }, CK_VERSION { major: 2, minor: 40 }];

/// The default one comes first.
static INTERFACES: Constant<[CK_INTERFACE; 2]> = Constant([
    interface_of((&raw const LIST_3_0).cast::<c_void>()),
    interface_of((&raw const LIST_2_40).cast::<c_void>()),
]);

/// Constant data that holds pointers to constant data.
struct Constant<T>(T);

// SAFETY: the value is never written, and its pointers lead to statics that are never written.
unsafe impl<T> Sync for Constant<T> {}

const fn interface_of(list: *const c_void) -> CK_INTERFACE {
    CK_INTERFACE {
        pInterfaceName: NAME.as_ptr().cast::<CK_UTF8CHAR>().cast_mut(),
        pFunctionList: list.cast_mut(),
        flags: 0,
    }
}

fn same(one: CK_VERSION, other: CK_VERSION) -> bool {
    (one.major, one.minor) == (other.major, other.minor)
}
