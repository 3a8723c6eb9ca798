//! The structures of the Windows smart card minidriver specification 7.07 (`cardmod.h`), with its names, as they lie in
//! the memory of a 64-bit process. Own declarations: tests/windows compares them with a C compiler's.

#![allow(non_camel_case_types, non_snake_case, missing_docs, reason = "the specification's names")]
#![allow(clippy::upper_case_acronyms, reason = "the specification's names")]

use std::ffi::c_void;

pub type DWORD = u32;
/// A code of `winerror.h`; 0 is success.
pub type ReturnCode = u32;

pub type PFN_CSP_ALLOC = Option<unsafe extern "system" fn(size: usize) -> *mut c_void>;
pub type PFN_CSP_REALLOC =
    Option<unsafe extern "system" fn(address: *mut c_void, size: usize) -> *mut c_void>;
pub type PFN_CSP_FREE = Option<unsafe extern "system" fn(address: *mut c_void)>;

/// A function that this minidriver does not offer, and one of the caller's that it does not call.
pub type PFN_UNUSED = *const c_void;

/// What a caller holds about one card. A caller of version 6 has the part before `pfnCspUnpadData` only.
#[repr(C)]
pub struct CARD_DATA {
    pub dwVersion: DWORD,
    pub pbAtr: *const u8,
    pub cbAtr: DWORD,
    pub pwszCardName: *const u16,
    pub pfnCspAlloc: PFN_CSP_ALLOC,
    pub pfnCspReAlloc: PFN_CSP_REALLOC,
    pub pfnCspFree: PFN_CSP_FREE,
    pub pfnCspCacheAddFile: PFN_UNUSED,
    pub pfnCspCacheLookupFile: PFN_UNUSED,
    pub pfnCspCacheDeleteFile: PFN_UNUSED,
    pub pvCacheContext: *mut c_void,
    pub pfnCspPadData: PFN_UNUSED,
    pub hSCardCtx: usize,
    pub hScard: usize,
    pub pvVendorSpecific: *mut c_void,
    pub pfnCardDeleteContext: Option<unsafe extern "system" fn(*mut CARD_DATA) -> ReturnCode>,
    pub pfnCardQueryCapabilities:
        Option<unsafe extern "system" fn(*mut CARD_DATA, *mut CARD_CAPABILITIES) -> ReturnCode>,
    pub pfnCardDeleteContainer: PFN_UNUSED,
    pub pfnCardCreateContainer: PFN_UNUSED,
    pub pfnCardGetContainerInfo:
        Option<unsafe extern "system" fn(*mut CARD_DATA, u8, DWORD, *mut CONTAINER_INFO) -> ReturnCode>,
    pub pfnCardAuthenticatePin: Option<
        unsafe extern "system" fn(*mut CARD_DATA, *const u16, *const u8, DWORD, *mut DWORD) -> ReturnCode,
    >,
    pub pfnCardGetChallenge: PFN_UNUSED,
    pub pfnCardAuthenticateChallenge: PFN_UNUSED,
    pub pfnCardUnblockPin: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            *const u16,
            *const u8,
            DWORD,
            *const u8,
            DWORD,
            DWORD,
            DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardChangeAuthenticator: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            *const u16,
            *const u8,
            DWORD,
            *const u8,
            DWORD,
            DWORD,
            DWORD,
            *mut DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardDeauthenticate: PFN_UNUSED,
    pub pfnCardCreateDirectory: PFN_UNUSED,
    pub pfnCardDeleteDirectory: PFN_UNUSED,
    pub pvUnused3: *mut c_void,
    pub pvUnused4: *mut c_void,
    pub pfnCardCreateFile: PFN_UNUSED,
    pub pfnCardReadFile: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            *const u8,
            *const u8,
            DWORD,
            *mut *mut u8,
            *mut DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardWriteFile: PFN_UNUSED,
    pub pfnCardDeleteFile: PFN_UNUSED,
    pub pfnCardEnumFiles: Option<
        unsafe extern "system" fn(*mut CARD_DATA, *const u8, *mut *mut u8, *mut DWORD, DWORD) -> ReturnCode,
    >,
    pub pfnCardGetFileInfo: Option<
        unsafe extern "system" fn(*mut CARD_DATA, *const u8, *const u8, *mut CARD_FILE_INFO) -> ReturnCode,
    >,
    pub pfnCardQueryFreeSpace:
        Option<unsafe extern "system" fn(*mut CARD_DATA, DWORD, *mut CARD_FREE_SPACE_INFO) -> ReturnCode>,
    pub pfnCardQueryKeySizes:
        Option<unsafe extern "system" fn(*mut CARD_DATA, DWORD, DWORD, *mut CARD_KEY_SIZES) -> ReturnCode>,
    pub pfnCardSignData:
        Option<unsafe extern "system" fn(*mut CARD_DATA, *mut CARD_SIGNING_INFO) -> ReturnCode>,
    pub pfnCardRSADecrypt: PFN_UNUSED,
    pub pfnCardConstructDHAgreement: PFN_UNUSED,
    pub pfnCardDeriveKey: PFN_UNUSED,
    pub pfnCardDestroyDHAgreement: PFN_UNUSED,
    pub pfnCspGetDHAgreement: PFN_UNUSED,
    // Version 6.
    pub pfnCardGetChallengeEx: PFN_UNUSED,
    pub pfnCardAuthenticateEx: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            DWORD,
            DWORD,
            *const u8,
            DWORD,
            *mut *mut u8,
            *mut DWORD,
            *mut DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardChangeAuthenticatorEx: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            DWORD,
            DWORD,
            *const u8,
            DWORD,
            DWORD,
            *const u8,
            DWORD,
            DWORD,
            *mut DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardDeauthenticateEx:
        Option<unsafe extern "system" fn(*mut CARD_DATA, DWORD, DWORD) -> ReturnCode>,
    pub pfnCardGetContainerProperty: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            u8,
            *const u16,
            *mut u8,
            DWORD,
            *mut DWORD,
            DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardSetContainerProperty: PFN_UNUSED,
    pub pfnCardGetProperty: Option<
        unsafe extern "system" fn(
            *mut CARD_DATA,
            *const u16,
            *mut u8,
            DWORD,
            *mut DWORD,
            DWORD,
        ) -> ReturnCode,
    >,
    pub pfnCardSetProperty:
        Option<unsafe extern "system" fn(*mut CARD_DATA, *const u16, *const u8, DWORD, DWORD) -> ReturnCode>,
    // Version 7.
    pub pfnCspUnpadData: PFN_UNUSED,
    pub pfnMDImportSessionKey: PFN_UNUSED,
    pub pfnMDEncryptData: PFN_UNUSED,
    pub pfnCardImportSessionKey: PFN_UNUSED,
    pub pfnCardGetSharedKeyHandle: PFN_UNUSED,
    pub pfnCardGetAlgorithmProperty: PFN_UNUSED,
    pub pfnCardGetKeyProperty: PFN_UNUSED,
    pub pfnCardSetKeyProperty: PFN_UNUSED,
    pub pfnCardDestroyKey: PFN_UNUSED,
    pub pfnCardProcessEncryptedData: PFN_UNUSED,
    pub pfnCardCreateContainerEx: PFN_UNUSED,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CARD_SIGNING_INFO {
    pub dwVersion: DWORD,
    pub bContainerIndex: u8,
    pub dwKeySpec: DWORD,
    pub dwSigningFlags: DWORD,
    pub aiHashAlg: DWORD,
    pub pbData: *const u8,
    pub cbData: DWORD,
    pub pbSignedData: *mut u8,
    pub cbSignedData: DWORD,
    pub pPaddingInfo: *const c_void,
    pub dwPaddingType: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct BCRYPT_PKCS1_PADDING_INFO {
    pub pszAlgId: *const u16,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct BCRYPT_PSS_PADDING_INFO {
    pub pszAlgId: *const u16,
    pub cbSalt: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CONTAINER_INFO {
    pub dwVersion: DWORD,
    pub dwReserved: DWORD,
    pub cbSigPublicKey: DWORD,
    pub pbSigPublicKey: *mut u8,
    pub cbKeyExPublicKey: DWORD,
    pub pbKeyExPublicKey: *mut u8,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CARD_CAPABILITIES {
    pub dwVersion: DWORD,
    pub fCertificateCompression: DWORD,
    pub fKeyGen: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CARD_FILE_INFO {
    pub dwVersion: DWORD,
    pub cbFileSize: DWORD,
    pub AccessCondition: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CARD_FREE_SPACE_INFO {
    pub dwVersion: DWORD,
    pub dwBytesAvailable: DWORD,
    pub dwKeyContainersAvailable: DWORD,
    pub dwMaxKeyContainers: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CARD_KEY_SIZES {
    pub dwVersion: DWORD,
    pub dwMinimumBitlen: DWORD,
    pub dwDefaultBitlen: DWORD,
    pub dwMaximumBitlen: DWORD,
    pub dwIncrementalBitlen: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PIN_CACHE_POLICY {
    pub dwVersion: DWORD,
    pub PinCachePolicyType: DWORD,
    pub dwPinCachePolicyInfo: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PIN_INFO {
    pub dwVersion: DWORD,
    pub PinType: DWORD,
    pub PinPurpose: DWORD,
    pub dwChangePermission: DWORD,
    pub dwUnblockPermission: DWORD,
    pub PinCachePolicy: PIN_CACHE_POLICY,
    pub dwFlags: DWORD,
}

#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct CONTAINER_MAP_RECORD {
    pub wszGuid: [u16; 40],
    pub bFlags: u8,
    pub bReserved: u8,
    pub wSigKeySizeBits: u16,
    pub wKeyExchangeKeySizeBits: u16,
}
