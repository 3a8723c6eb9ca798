//! How a program finds the functions (PKCS#11 2.40 5.4, 3.0 5.4): the two lists, by version and name.
//!
//! These answer before `C_Initialize` and in a forked child: they hand out constants and know no state.

use std::ffi::{CStr, c_void};

use cryptoki_sys::*;

use super::pointers::{OutBuffer, Pointer};
use super::{AbiError, Result};

/// The two versions of PKCS#11 whose function list this module gives out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The list of `C_GetFunctionList`.
    V2_40,
    /// The default interface of `C_GetInterface`.
    V3_0,
}

/// Both interfaces, the default one first. Constant data that holds pointers to constant data.
pub(super) struct Interfaces([CK_INTERFACE; 2]);

// SAFETY: the value is never written, and its pointers lead to statics that are never written.
unsafe impl Sync for Interfaces {}

impl Interfaces {
    pub(super) const fn new(
        list_3_0: *const CK_FUNCTION_LIST_3_0,
        list_2_40: *const CK_FUNCTION_LIST,
    ) -> Self {
        Self([interface_of(list_3_0.cast::<c_void>()), interface_of(list_2_40.cast::<c_void>())])
    }

    /// `C_GetInterfaceList` (PKCS#11 3.0 5.4).
    pub(super) fn list(&'static self, interfaces: OutBuffer<CK_INTERFACE>) -> Result<()> {
        interfaces.give(&self.0)
    }

    /// `C_GetInterface` (PKCS#11 3.0 5.4): the first interface that has this name (any, if NULL), exactly this version
    /// (any, if NULL) and all of these flags. NSS calls through whatever it gets for a name that only its own library
    /// has, and asks for `CKF_INTERFACE_FORK_SAFE`, which we do not claim: both must fail.
    pub(super) fn find(
        &'static self,
        name: Pointer<CK_UTF8CHAR>,
        version: Pointer<CK_VERSION>,
        interface: Pointer<*mut CK_INTERFACE>,
        flags: CK_FLAGS,
    ) -> Result<()> {
        interface.required()?;
        let version = if version.is_null() { None } else { Some(version.read()?) };
        let named = name.is_null() || name.is_c_string(NAME);
        let fits = |candidate: &CK_INTERFACE, has| {
            named && candidate.flags & flags == flags && version.is_none_or(|wanted| same(wanted, has))
        };
        let mut candidates = self.0.iter().zip(VERSIONS);
        let found =
            candidates.find(|(candidate, has)| fits(candidate, *has)).ok_or(AbiError::ArgumentsBad)?;
        interface.write(std::ptr::from_ref(found.0).cast_mut())
    }
}

const NAME: &CStr = c"PKCS 11";

/// The versions of [`Interfaces`], in its order.
const VERSIONS: [CK_VERSION; 2] = [CK_VERSION { major: 3, minor: 0 }, CK_VERSION { major: 2, minor: 40 }];

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
