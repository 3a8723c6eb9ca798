//! The sizes and places that a C compiler gives the structures: a build that had them otherwise would write beyond its
//! callers' memory, so it does not compile. tests/windows compares them with another project's header.

use std::mem::{offset_of, size_of};

use super::cardmod::*;

const _: () = {
    assert!(size_of::<usize>() == 8, "32-bit callers clean their stack in another way");
    assert!(size_of::<CARD_DATA>() == 504);
    assert!(offset_of!(CARD_DATA, pfnCspAlloc) == 32);
    assert!(offset_of!(CARD_DATA, hSCardCtx) == 96 && offset_of!(CARD_DATA, hScard) == 104);
    assert!(offset_of!(CARD_DATA, pvVendorSpecific) == 112);
    assert!(offset_of!(CARD_DATA, pfnCardReadFile) == 248);
    assert!(offset_of!(CARD_DATA, pfnCardSignData) == 304);
    assert!(offset_of!(CARD_DATA, pfnCspGetDHAgreement) == 344);
    assert!(offset_of!(CARD_DATA, pfnCardAuthenticateEx) == 360);
    assert!(offset_of!(CARD_DATA, pfnCspUnpadData) == 416);
    assert!(offset_of!(CARD_DATA, pfnCardCreateContainerEx) == 496);
    assert!(size_of::<CARD_SIGNING_INFO>() == 72);
    assert!(offset_of!(CARD_SIGNING_INFO, pbData) == 24 && offset_of!(CARD_SIGNING_INFO, cbSignedData) == 48);
    assert!(offset_of!(CARD_SIGNING_INFO, dwPaddingType) == 64);
    assert!(size_of::<BCRYPT_PKCS1_PADDING_INFO>() == 8 && size_of::<BCRYPT_PSS_PADDING_INFO>() == 16);
    assert!(size_of::<CONTAINER_INFO>() == 40 && offset_of!(CONTAINER_INFO, pbKeyExPublicKey) == 32);
    assert!(size_of::<CARD_CAPABILITIES>() == 12 && size_of::<CARD_FILE_INFO>() == 12);
    assert!(size_of::<CARD_FREE_SPACE_INFO>() == 16 && size_of::<CARD_KEY_SIZES>() == 20);
    assert!(size_of::<PIN_CACHE_POLICY>() == 12 && size_of::<PIN_INFO>() == 36);
    assert!(size_of::<CONTAINER_MAP_RECORD>() == 86);
    assert!(offset_of!(CONTAINER_MAP_RECORD, wKeyExchangeKeySizeBits) == 84);
};
