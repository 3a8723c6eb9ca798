//! NULL, wrong versions, buffers that are too small, unknown names, absurd lengths: the code that the specification names,
//! no PIN command, no crash.

use std::ptr::{null, null_mut};

use cnscm::CardAcquireContext;
use cnscm::cardmod::{
    BCRYPT_PKCS1_PADDING_INFO, BCRYPT_PSS_PADDING_INFO, CARD_DATA, CARD_FILE_INFO, CARD_KEY_SIZES,
    CARD_SIGNING_INFO,
};
use virtual_cns::in_process::Disposition;
use virtual_cns::{DEFAULT_PIN, Personality};

use crate::base_csp::{
    EMPTY_CONTAINER, INVALID_HANDLE, Manager, PADDING_INFO, SUCCESS, acquire, allocate_nothing, c_string,
    call, card_data, signing_info, wide,
};
use crate::stage::{READER, Stage};

const NO_MEMORY: u32 = 0x8010_0006;
const INSUFFICIENT_BUFFER: u32 = 122;
const REVISION_MISMATCH: u32 = 1306;
const INVALID_PARAMETER: u32 = 0x8010_0004;
const UNKNOWN_CARD: u32 = 0x8010_000D;
const UNSUPPORTED_FEATURE: u32 = 0x8010_0022;
const DIRECTORY_NOT_FOUND: u32 = 0x8010_0023;
const FILE_NOT_FOUND: u32 = 0x8010_0024;
const NO_KEY_CONTAINER: u32 = 0x8010_0030;

#[test]
fn a_context_is_acquired_with_what_the_specification_wants_only() {
    let stage = Stage::with(&Personality::st2021());
    let manager = Manager::new(&stage.readers);
    let atr = stage.readers.reader(READER).unwrap().atr;
    let card = manager.connect(READER);
    let outcome = |change: &dyn Fn(&mut CARD_DATA), flags| {
        let mut data = card_data(7, &atr, (1, card));
        change(&mut data);
        let code = acquire(&manager, &mut data, flags);
        if code == SUCCESS {
            // SAFETY: a context that was just acquired.
            assert_eq!(unsafe { data.pfnCardDeleteContext.unwrap()(&mut *data) }, SUCCESS);
            assert!(data.pvVendorSpecific.is_null());
        }
        (code, data.dwVersion)
    };
    for version in [0, 1, 4, 5] {
        assert_eq!(outcome(&|data| data.dwVersion = version, 0).0, REVISION_MISMATCH, "{version}");
    }
    for (version, given) in [(6, 6), (7, 7), (8, 7), (u32::MAX, 7)] {
        assert_eq!(outcome(&|data| data.dwVersion = version, 0), (SUCCESS, given));
    }
    assert_eq!(outcome(&|_| (), 1).0, UNSUPPORTED_FEATURE);
    assert_eq!(outcome(&|_| (), 2).0, INVALID_PARAMETER);
    assert_eq!(outcome(&|data| data.pbAtr = null(), 0).0, INVALID_PARAMETER);
    for length in [0, 1, 34, u32::MAX] {
        assert_eq!(outcome(&|data| data.cbAtr = length, 0).0, INVALID_PARAMETER, "{length}");
    }
    assert_eq!(outcome(&|data| data.pwszCardName = null(), 0).0, INVALID_PARAMETER);
    assert_eq!(outcome(&|data| data.pfnCspAlloc = None, 0).0, INVALID_PARAMETER);
    assert_eq!(outcome(&|data| data.pfnCspReAlloc = None, 0).0, INVALID_PARAMETER);
    assert_eq!(outcome(&|data| data.pfnCspFree = None, 0).0, INVALID_PARAMETER);
    assert_eq!(outcome(&|data| data.hScard = 0, 0).0, INVALID_HANDLE);
    assert_eq!(outcome(&|data| data.hSCardCtx = 0, 0).0, INVALID_HANDLE);
    assert_eq!(outcome(&|data| data.hScard = 0xBAD, 0).0, INVALID_HANDLE);
    let of_a_passport = [0x3B, 0x88, 0x80, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0x09];
    let other = |data: &mut CARD_DATA| (data.pbAtr, data.cbAtr) = (of_a_passport.as_ptr(), 13);
    assert_eq!(outcome(&other, 0).0, UNKNOWN_CARD);
    // SAFETY: NULL is refused.
    assert_eq!(unsafe { CardAcquireContext(null_mut(), 0) }, INVALID_PARAMETER);
    assert_eq!(stage.pin_commands(), [0, 0, 0]);
    manager.disconnect(card, Disposition::Leave);
}

/// A caller of version 6 has no memory for what came after it.
#[test]
fn version_6_ends_before_the_functions_of_version_7() {
    let stage = Stage::with(&Personality::oberthur());
    let manager = Manager::new(&stage.readers);
    let atr = stage.readers.reader(READER).unwrap().atr;
    for version in [6, 7] {
        let card = manager.connect(READER);
        let mut data = card_data(version, &atr, (1, card));
        let mark = std::ptr::without_provenance(0xA5);
        (data.pfnMDImportSessionKey, data.pfnCardCreateContainerEx, data.pfnCspUnpadData) =
            (mark, mark, mark);
        assert_eq!(acquire(&manager, &mut data, 0), SUCCESS);
        assert_eq!(data.pfnCspUnpadData, mark, "the caller's own");
        let changed = [data.pfnMDImportSessionKey != mark, data.pfnCardCreateContainerEx != mark];
        assert_eq!(changed, [version == 7; 2]);
        assert!(data.pfnCardDeauthenticate.is_null() && data.pfnCardConstructDHAgreement.is_null());
        assert!(!data.pfnCardWriteFile.is_null() && !data.pfnCardRSADecrypt.is_null());
        // SAFETY: a function without arguments stands for all that are not offered.
        let write: extern "system" fn() -> u32 = unsafe { std::mem::transmute(data.pfnCardWriteFile) };
        assert_eq!(write(), UNSUPPORTED_FEATURE);
        // SAFETY: the context of this test.
        assert_eq!(unsafe { data.pfnCardDeleteContext.unwrap()(&mut *data) }, SUCCESS);
        manager.disconnect(card, Disposition::Leave);
    }
}

/// A context that is deleted, and a number that never was one.
#[test]
fn a_context_that_is_none_is_an_invalid_parameter() {
    let stage = Stage::with(&Personality::oberthur());
    let mut csp = stage.csp();
    let number = csp.data.pvVendorSpecific;
    for other in [null_mut(), std::ptr::without_provenance_mut(usize::MAX), (&raw mut csp).cast()] {
        csp.data.pvVendorSpecific = other;
        assert_eq!(csp.read_file(None, "cardid"), Err(INVALID_PARAMETER));
        assert_eq!(csp.authenticate(DEFAULT_PIN.as_bytes()).unwrap_err().0, INVALID_PARAMETER);
    }
    csp.data.pvVendorSpecific = number;
    assert!(csp.read_file(None, "cardid").is_ok());
    // SAFETY: the second call finds a context that is gone.
    let codes = unsafe { [(); 2].map(|()| csp.data.pfnCardDeleteContext.unwrap()(&mut *csp.data)) };
    assert_eq!(codes, [SUCCESS, INVALID_PARAMETER]);
    csp.data.pvVendorSpecific = number;
    assert_eq!(csp.read_file(None, "cardid"), Err(INVALID_PARAMETER));
    csp.data.pfnCardDeleteContext = None;
}

#[test]
fn files_that_there_are_not() {
    let stage = Stage::with(&Personality::oberthur());
    let csp = stage.csp();
    for (directory, file, expected) in [
        (None, "msroots", FILE_NOT_FOUND),
        (None, "cmapfile", FILE_NOT_FOUND),
        (None, "12345678", FILE_NOT_FOUND),
        (None, "123456789", INVALID_PARAMETER),
        (None, "", INVALID_PARAMETER),
        (Some("mscp"), "kxc01", FILE_NOT_FOUND),
        (Some("mscp"), "ksc00", FILE_NOT_FOUND),
        (Some("mscerts"), "cardid", DIRECTORY_NOT_FOUND),
        (Some("123456789"), "cardid", INVALID_PARAMETER),
        (None, "card\u{e9}d", FILE_NOT_FOUND),
    ] {
        assert_eq!(csp.read_file(directory, file), Err(expected), "{directory:?} {file}");
        assert_eq!(csp.file_info(directory, file), Err(expected), "{directory:?} {file}");
    }
    assert_eq!(csp.files(Some("nothing")), Err(DIRECTORY_NOT_FOUND));
    assert_eq!(csp.files(Some("123456789")), Err(INVALID_PARAMETER));
    let (mut memory, mut length, name) = (null_mut(), 0, c_string("cardid"));
    let read = |name, memory, length, flags| call!(csp, pfnCardReadFile, null(), name, flags, memory, length);
    assert_eq!(read(null(), &mut memory, &mut length, 0), INVALID_PARAMETER);
    assert_eq!(read(name.as_ptr(), null_mut(), &mut length, 0), INVALID_PARAMETER);
    assert_eq!(read(name.as_ptr(), &mut memory, null_mut(), 0), INVALID_PARAMETER);
    assert_eq!(read(name.as_ptr(), &mut memory, &mut length, 1), INVALID_PARAMETER);
    let mut info = CARD_FILE_INFO { dwVersion: 9, cbFileSize: 0, AccessCondition: 0 };
    assert_eq!(call!(csp, pfnCardGetFileInfo, null(), name.as_ptr(), null_mut()), INVALID_PARAMETER);
    assert_eq!(call!(csp, pfnCardGetFileInfo, null(), name.as_ptr(), &mut info), SUCCESS);
    assert_eq!(info.dwVersion, 1);
    assert_eq!(call!(csp, pfnCardEnumFiles, null(), &mut memory, &mut length, 1), INVALID_PARAMETER);
    assert_eq!(call!(csp, pfnCardEnumFiles, null(), null_mut(), &mut length, 0), INVALID_PARAMETER);
}

#[test]
fn properties_that_there_are_not() {
    let stage = Stage::with(&Personality::oberthur());
    let csp = stage.csp();
    for (name, flags, expected) in [
        ("", 0, UNSUPPORTED_FEATURE),
        ("free space", 0, UNSUPPORTED_FEATURE),
        ("Parent Window", 0, UNSUPPORTED_FEATURE),
        ("Algorithms", 2, UNSUPPORTED_FEATURE),
        ("Free Space", 1, INVALID_PARAMETER),
        ("Card Identifier", 1, INVALID_PARAMETER),
        ("Key Sizes", 0, INVALID_PARAMETER),
        ("Key Sizes", 3, UNSUPPORTED_FEATURE),
        ("Key Sizes", 9, INVALID_PARAMETER),
        ("PIN Information", 0, INVALID_PARAMETER),
        ("PIN Information", 3, INVALID_PARAMETER),
        ("PIN Strength Verify", 8, INVALID_PARAMETER),
    ] {
        assert_eq!(csp.property(name, flags), Err(expected), "{name} {flags}");
    }
    let endless = vec![u16::from(b'x'); 4096];
    let mut length = 0;
    let code = call!(csp, pfnCardGetProperty, endless.as_ptr(), null_mut(), 0, &mut length, 0);
    assert_eq!(code, UNSUPPORTED_FEATURE);
    let (mode, id) = (wide("Cache Mode"), wide("Card Identifier"));
    let mut buffer = [0xA5; 16];
    let get = |name: &[u16], buffer, most, length| {
        call!(csp, pfnCardGetProperty, name.as_ptr(), buffer, most, length, 0)
    };
    assert_eq!(get(&mode, buffer.as_mut_ptr(), 16, null_mut()), INVALID_PARAMETER);
    for most in [0, 3] {
        assert_eq!(get(&mode, buffer.as_mut_ptr(), most, &mut length), INSUFFICIENT_BUFFER);
    }
    assert_eq!(get(&id, buffer.as_mut_ptr(), 15, &mut length), INSUFFICIENT_BUFFER);
    assert_eq!((length, buffer), (16, [0xA5; 16]), "the length is said, and nothing written");
    assert_eq!(get(&mode, buffer.as_mut_ptr(), 16, &mut length), SUCCESS);
    assert_eq!((length, &buffer[..5]), (4, &[2, 0, 0, 0, 0xA5][..]));
    assert_eq!(call!(csp, pfnCardGetProperty, null(), null_mut(), 0, &mut length, 0), INVALID_PARAMETER);
    let window = 0_usize.to_le_bytes();
    let set = |name: &str, value, flags| call!(csp, pfnCardSetProperty, wide(name).as_ptr(), value, 8, flags);
    assert_eq!(set("Parent Window", window.as_ptr(), 0), SUCCESS);
    assert_eq!(set("PIN Context String", null(), 0), SUCCESS);
    assert_eq!(set("Parent Window", null(), 0), INVALID_PARAMETER);
    assert_eq!(set("Parent Window", window.as_ptr(), 1), INVALID_PARAMETER);
    for name in ["Read Only Mode", "Cache Mode", "Card Identifier", "PIN Information", "nothing"] {
        assert_eq!(set(name, window.as_ptr(), 0), UNSUPPORTED_FEATURE, "{name}");
    }
}

#[test]
fn containers_that_there_are_not() {
    let stage = Stage::with(&Personality::oberthur());
    let csp = stage.csp();
    for index in [1, 2, 255] {
        assert_eq!(csp.container(index), Err(NO_KEY_CONTAINER));
    }
    let mut info = EMPTY_CONTAINER;
    assert_eq!(call!(csp, pfnCardGetContainerInfo, 0, 1, &mut info), INVALID_PARAMETER);
    assert_eq!(call!(csp, pfnCardGetContainerInfo, 0, 0, null_mut()), INVALID_PARAMETER);
    let property = |index, name: &str, most, flags| {
        let (mut buffer, mut length) = ([0; 40], 0);
        let code = call!(
            csp,
            pfnCardGetContainerProperty,
            index,
            wide(name).as_ptr(),
            buffer.as_mut_ptr(),
            most,
            &mut length,
            flags
        );
        (code, length, buffer)
    };
    let (code, length, buffer) = property(0, "PIN Identifier", 4, 0);
    assert_eq!((code, length, &buffer[..4]), (SUCCESS, 4, &[1, 0, 0, 0][..]));
    assert_eq!(property(0, "PIN Identifier", 3, 0).0, INSUFFICIENT_BUFFER);
    assert_eq!(property(1, "PIN Identifier", 4, 0).0, NO_KEY_CONTAINER);
    assert_eq!(property(0, "PIN Identifier", 4, 1).0, INVALID_PARAMETER);
    assert_eq!(property(0, "Associated ECDH Key", 40, 0).0, INVALID_PARAMETER);
    assert_eq!(property(0, "Container Info", 39, 0).0, INSUFFICIENT_BUFFER);
    let (code, length, buffer) = property(0, "Container Info", 40, 0);
    assert_eq!((code, length, buffer[0]), (SUCCESS, 40, 1));
    let address = usize::from_le_bytes(buffer[32..].try_into().unwrap());
    // SAFETY: what the structure says is the caller's to free.
    unsafe { csp.data.pfnCspFree.unwrap()(std::ptr::with_exposed_provenance_mut(address)) };
    let mut sizes = CARD_KEY_SIZES {
        dwVersion: 0,
        dwMinimumBitlen: 0,
        dwDefaultBitlen: 0,
        dwMaximumBitlen: 0,
        dwIncrementalBitlen: 0,
    };
    for (key_spec, flags, expected) in [
        (0, 0, INVALID_PARAMETER),
        (9, 0, INVALID_PARAMETER),
        (3, 0, UNSUPPORTED_FEATURE),
        (1, 1, INVALID_PARAMETER),
    ] {
        assert_eq!(call!(csp, pfnCardQueryKeySizes, key_spec, flags, &mut sizes), expected);
    }
}

#[test]
fn signatures_that_are_not_made() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())).unwrap();
    stage.forget();
    let digest = [7; 32];
    let sign = |change: &dyn Fn(&mut CARD_SIGNING_INFO)| {
        let mut signing = signing_info(&digest);
        signing.aiHashAlg = 0x800C;
        change(&mut signing);
        let code = call!(csp, pfnCardSignData, &mut signing);
        assert!(code == SUCCESS || signing.pbSignedData.is_null());
        code
    };
    assert_eq!(call!(csp, pfnCardSignData, null_mut()), INVALID_PARAMETER);
    assert_eq!(sign(&|info| info.bContainerIndex = 1), NO_KEY_CONTAINER);
    for (key_spec, expected) in
        [(0, INVALID_PARAMETER), (2, UNSUPPORTED_FEATURE), (3, UNSUPPORTED_FEATURE), (9, INVALID_PARAMETER)]
    {
        assert_eq!(sign(&|info| info.dwKeySpec = key_spec), expected, "{key_spec}");
    }
    for algorithm in [0x8001, 0x8003, 0x8009, 0xFFFF_FFFF] {
        assert_eq!(sign(&|info| info.aiHashAlg = algorithm), UNSUPPORTED_FEATURE, "{algorithm:x}");
    }
    for length in [0, 31, 33, 513, u32::MAX] {
        assert_eq!(sign(&|info| info.cbData = length), INVALID_PARAMETER, "{length}");
    }
    let long = [0; 512];
    for length in [246, 256, 512] {
        let change = |info: &mut CARD_SIGNING_INFO| {
            (info.pbData, info.cbData, info.aiHashAlg) = (long.as_ptr(), length, 0);
        };
        assert_eq!(sign(&change), INVALID_PARAMETER, "{length}");
    }
    assert_eq!(sign(&|info| info.pbData = null()), INVALID_PARAMETER);
    assert_eq!(sign(&|info| info.dwSigningFlags = 0x8000_0000), INVALID_PARAMETER);
    assert_eq!(sign(&|info| info.dwSigningFlags = 4), UNSUPPORTED_FEATURE);
    let (sha256, md5) = (wide("SHA256"), wide("MD5"));
    let padded = |kind, info: *const std::ffi::c_void| {
        sign(&|signing| {
            (signing.dwSigningFlags, signing.dwPaddingType, signing.pPaddingInfo) =
                (PADDING_INFO, kind, info);
        })
    };
    assert_eq!((padded(2, null()), padded(4, null())), (INVALID_PARAMETER, INVALID_PARAMETER));
    let pkcs1 = BCRYPT_PKCS1_PADDING_INFO { pszAlgId: md5.as_ptr() };
    assert_eq!(padded(2, (&raw const pkcs1).cast()), UNSUPPORTED_FEATURE);
    let pss = |name, salt| {
        let info = BCRYPT_PSS_PADDING_INFO { pszAlgId: name, cbSalt: salt };
        padded(4, (&raw const info).cast())
    };
    assert_eq!((pss(null(), 32), pss(md5.as_ptr(), 16)), (INVALID_PARAMETER, UNSUPPORTED_FEATURE));
    for salt in [223, 512, 0x7FFF_FFFF, u32::MAX] {
        assert_eq!(pss(sha256.as_ptr(), salt), INVALID_PARAMETER, "{salt}");
    }
    assert_eq!(
        (padded(0, null()), padded(1, null()), padded(8, null())),
        (INVALID_PARAMETER, UNSUPPORTED_FEATURE, INVALID_PARAMETER)
    );
    let pkcs1 = BCRYPT_PKCS1_PADDING_INFO { pszAlgId: sha256.as_ptr() };
    for version in [0, 1] {
        let change = |signing: &mut CARD_SIGNING_INFO| {
            (signing.dwVersion, signing.dwSigningFlags, signing.dwPaddingType) = (version, PADDING_INFO, 2);
            signing.pPaddingInfo = (&raw const pkcs1).cast();
        };
        assert_eq!(sign(&change), REVISION_MISMATCH);
    }
    assert_eq!(stage.commands(), <[String; 0]>::default(), "none of it reached the card");
    assert_eq!(csp.read_file(None, "cardid").map(|id| id.len()), Ok(16));
}

/// The caller has no memory: no crash, and its own code.
#[test]
fn without_memory_nothing_is_given() {
    let stage = Stage::with(&Personality::st2021());
    let mut csp = stage.csp();
    csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())).unwrap();
    csp.data.pfnCspAlloc = Some(allocate_nothing);
    assert_eq!(csp.read_file(None, "cardid"), Err(NO_MEMORY));
    assert_eq!(csp.files(None), Err(NO_MEMORY));
    assert_eq!(csp.container(0), Err(NO_MEMORY));
    let mut signing = signing_info(&[7; 32]);
    assert_eq!(call!(csp, pfnCardSignData, &mut signing), NO_MEMORY);
    csp.data.pfnCspAlloc = None;
    assert_eq!(csp.read_file(None, "cardid"), Err(INVALID_PARAMETER));
}
