//! Windows packs the structures of PKCS#11 to one byte, and its `CK_ULONG` has 4 bytes: a build that had it otherwise
//! would write beyond its callers' memory, so it does not compile. The numbers follow from the standard's text; a C
//! compiler with another project's header agrees (tests/windows/module.c).

use std::mem::{offset_of, size_of};

use cryptoki_sys::*;

const _: () = {
    assert!(size_of::<CK_ULONG>() == 4);
    assert!(size_of::<CK_INFO>() == 2 + 32 + 4 + 32 + 2 && offset_of!(CK_INFO, flags) == 34);
    assert!(size_of::<CK_SLOT_INFO>() == 64 + 32 + 4 + 2 + 2);
    assert!(size_of::<CK_TOKEN_INFO>() == 32 + 32 + 16 + 16 + 11 * 4 + 2 + 2 + 16);
    assert!(size_of::<CK_SESSION_INFO>() == 4 * 4);
    assert!(size_of::<CK_MECHANISM>() == 4 + size_of::<usize>() + 4);
    assert!(size_of::<CK_MECHANISM_INFO>() == 3 * 4);
    assert!(size_of::<CK_ATTRIBUTE>() == 4 + size_of::<usize>() + 4);
    assert!(size_of::<CK_C_INITIALIZE_ARGS>() == 5 * size_of::<usize>() + 4);
    assert!(size_of::<CK_RSA_PKCS_PSS_PARAMS>() == 3 * 4);
    assert!(size_of::<CK_FUNCTION_LIST>() == 2 + 68 * size_of::<usize>());
    assert!(size_of::<CK_FUNCTION_LIST_3_0>() == 2 + 92 * size_of::<usize>());
    assert!(size_of::<CK_INTERFACE>() == 2 * size_of::<usize>() + 4);
};
