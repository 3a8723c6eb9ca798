//! The structures beside mingw-w64's `cardmod.h`, which another project wrote. It knows the CARD_DATA of version 5, which
//! is the first part of the later ones.

use std::fmt::Write as _;
use std::mem::{offset_of, size_of};
use std::process::Command;

use cnscm::cardmod::*;

const COMPILER: &str = "x86_64-w64-mingw32-gcc";

/// Assertions of the fields' places.
macro_rules! places {
    ($program:ident, $structure:ident: $($field:ident)*) => {
        $(
            let (structure, field) = (stringify!($structure), stringify!($field));
            let place = offset_of!($structure, $field);
            writeln!(
                $program,
                "_Static_assert(offsetof({structure}, {field}) == {place}, \"{structure}.{field}\");"
            )
            .unwrap();
        )*
    };
}

macro_rules! sizes {
    ($program:ident, $($structure:ident)*) => {
        $(
            let (structure, size) = (stringify!($structure), size_of::<$structure>());
            writeln!($program, "_Static_assert(sizeof({structure}) == {size}, \"{structure}\");").unwrap();
        )*
    };
}

#[test]
#[allow(clippy::print_stdout, reason = "what was left out is named")]
fn structures_lie_in_memory_as_a_c_compiler_has_them() {
    if Command::new(COMPILER).arg("--version").output().is_err() {
        println!("skipped: no {COMPILER} here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("layout.c");
    std::fs::write(&file, program()).unwrap();
    let compiled = Command::new(COMPILER).args(["-std=c11", "-Werror", "-fsyntax-only"]).arg(&file).output();
    let compiled = compiled.unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
}

fn program() -> String {
    let mut program =
        "#define _WIN32_WINNT 0x0601\n#include <stddef.h>\n#include <windows.h>\n#include <winscard.h>\n\
                       #include <bcrypt.h>\n#include <cardmod.h>\n"
            .to_owned();
    sizes! { program, CARD_SIGNING_INFO CONTAINER_INFO CARD_CAPABILITIES CARD_FILE_INFO CARD_FREE_SPACE_INFO
    BCRYPT_PKCS1_PADDING_INFO BCRYPT_PSS_PADDING_INFO }
    places! { program, CARD_DATA:
        dwVersion pbAtr cbAtr pwszCardName pfnCspAlloc pfnCspReAlloc pfnCspFree pfnCspCacheAddFile
        pfnCspCacheLookupFile pfnCspCacheDeleteFile pvCacheContext pfnCspPadData hSCardCtx hScard pvVendorSpecific
        pfnCardDeleteContext pfnCardQueryCapabilities pfnCardDeleteContainer pfnCardCreateContainer
        pfnCardGetContainerInfo pfnCardAuthenticatePin pfnCardGetChallenge pfnCardAuthenticateChallenge
        pfnCardUnblockPin pfnCardChangeAuthenticator pfnCardDeauthenticate pfnCardCreateDirectory
        pfnCardDeleteDirectory pvUnused3 pvUnused4 pfnCardCreateFile pfnCardReadFile pfnCardWriteFile
        pfnCardDeleteFile pfnCardEnumFiles pfnCardGetFileInfo pfnCardQueryFreeSpace pfnCardQueryKeySizes
        pfnCardSignData pfnCardRSADecrypt pfnCardConstructDHAgreement pfnCardDeriveKey pfnCardDestroyDHAgreement
        pfnCspGetDHAgreement
    }
    places! { program, CARD_SIGNING_INFO:
        dwVersion bContainerIndex dwKeySpec dwSigningFlags aiHashAlg pbData cbData pbSignedData cbSignedData
        pPaddingInfo dwPaddingType
    }
    places! { program, CONTAINER_INFO:
        dwVersion dwReserved cbSigPublicKey pbSigPublicKey cbKeyExPublicKey pbKeyExPublicKey
    }
    places! { program, CARD_CAPABILITIES: fCertificateCompression fKeyGen }
    places! { program, CARD_FILE_INFO: cbFileSize AccessCondition }
    places! { program, CARD_FREE_SPACE_INFO: dwBytesAvailable dwKeyContainersAvailable dwMaxKeyContainers }
    places! { program, BCRYPT_PKCS1_PADDING_INFO: pszAlgId }
    places! { program, BCRYPT_PSS_PADDING_INFO: pszAlgId cbSalt }
    program
}
