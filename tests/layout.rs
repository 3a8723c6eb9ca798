//! Structures that cross the C boundary have the layout that C gives them.
//!
//! Twice: against the numbers that follow from the standard's text on 64-bit systems with 64-bit `long` (by hand, so
//! that they hold without any header), and against a C compiler with an independent header where both are installed
//! (Debian packages gcc and libp11-kit-dev). What Windows packs is asserted in src/abi/packing.rs and, with a C compiler
//! for Windows, by `cargo xtask foreign`.

#![allow(clippy::print_stderr)] // a test that skips says so

use std::mem::{offset_of, size_of};
use std::path::{Path, PathBuf};
use std::process::Command;

use cryptoki_sys::*;

/// One size or offset: how C spells it, and what Rust says.
type Number = (String, usize);

macro_rules! numbers {
    ($($name:ident { $($field:ident)* })*) => {
        vec![$(
            (format!("sizeof({})", stringify!($name)), size_of::<$name>()),
            $( (c_offset(stringify!($name), stringify!($field)), offset_of!($name, $field)), )*
        )*]
    };
}

/// Everything that is read from or written to the caller's memory.
fn structures() -> Vec<Number> {
    numbers! {
        CK_VERSION { major minor }
        CK_INFO { cryptokiVersion manufacturerID flags libraryDescription libraryVersion }
        CK_SLOT_INFO { slotDescription manufacturerID flags hardwareVersion firmwareVersion }
        CK_TOKEN_INFO {
            label manufacturerID model serialNumber flags ulMaxSessionCount ulSessionCount ulMaxRwSessionCount
            ulRwSessionCount ulMaxPinLen ulMinPinLen ulTotalPublicMemory ulFreePublicMemory ulTotalPrivateMemory
            ulFreePrivateMemory hardwareVersion firmwareVersion utcTime
        }
        CK_SESSION_INFO { slotID state flags ulDeviceError }
        CK_MECHANISM { mechanism pParameter ulParameterLen }
        CK_MECHANISM_INFO { ulMinKeySize ulMaxKeySize flags }
        CK_ATTRIBUTE { type_ pValue ulValueLen }
        CK_C_INITIALIZE_ARGS { CreateMutex DestroyMutex LockMutex UnlockMutex flags pReserved }
        CK_RSA_PKCS_PSS_PARAMS { hashAlg mgf sLen }
        CK_FUNCTION_LIST {
            version C_Initialize C_GetFunctionList C_GetSlotList C_InitToken C_OpenSession C_Login C_CreateObject
            C_GetAttributeValue C_FindObjectsInit C_EncryptInit C_DecryptInit C_DigestInit C_SignInit C_Sign
            C_SignRecoverInit C_VerifyInit C_VerifyRecover C_DigestEncryptUpdate C_GenerateKey C_WrapKey
            C_SeedRandom C_GetFunctionStatus C_CancelFunction C_WaitForSlotEvent
        }
    }
}

#[test]
#[cfg(all(target_pointer_width = "64", not(windows)))]
fn sizes_follow_from_the_standard() {
    let expected = [
        ("sizeof(CK_VERSION)", 2),
        ("sizeof(CK_INFO)", 88),
        ("offsetof(CK_INFO, flags)", 40),
        ("offsetof(CK_INFO, libraryVersion)", 80),
        ("sizeof(CK_SLOT_INFO)", 112),
        ("offsetof(CK_SLOT_INFO, flags)", 96),
        ("sizeof(CK_TOKEN_INFO)", 208),
        ("offsetof(CK_TOKEN_INFO, flags)", 96),
        ("offsetof(CK_TOKEN_INFO, ulMaxPinLen)", 136),
        ("offsetof(CK_TOKEN_INFO, utcTime)", 188),
        ("sizeof(CK_SESSION_INFO)", 32),
        ("sizeof(CK_MECHANISM)", 24),
        ("sizeof(CK_MECHANISM_INFO)", 24),
        ("sizeof(CK_ATTRIBUTE)", 24),
        ("offsetof(CK_ATTRIBUTE, ulValueLen)", 16),
        ("sizeof(CK_C_INITIALIZE_ARGS)", 48),
        ("sizeof(CK_RSA_PKCS_PSS_PARAMS)", 24),
        ("sizeof(CK_FUNCTION_LIST)", 8 + 68 * 8),
        ("offsetof(CK_FUNCTION_LIST, C_Initialize)", 8),
        ("offsetof(CK_FUNCTION_LIST, C_WaitForSlotEvent)", 8 + 67 * 8),
    ];
    let found = structures();
    for (name, number) in expected {
        assert!(found.contains(&(name.to_owned(), number)), "{name} is not {number}");
    }
    assert_eq!(size_of::<CK_FUNCTION_LIST_3_0>(), 8 + 92 * 8);
    assert_eq!(offset_of!(CK_FUNCTION_LIST_3_0, C_GetInterfaceList), 8 + 68 * 8);
    assert_eq!(offset_of!(CK_FUNCTION_LIST_3_0, C_MessageVerifyFinal), 8 + 91 * 8);
    assert_eq!(size_of::<CK_INTERFACE>(), 24);
}

#[test]
fn a_c_compiler_agrees() {
    let Some(header) = other_header() else { return };
    let structures = structures();
    let program =
        structures.iter().fold(String::new(), |text, (name, _)| text + &format!("    P({name});\n"));
    let program = format!(
        "#include <stddef.h>\n#include <stdio.h>\n#include \"{}\"\n\
         #define P(number) printf(\"%zu\\n\", (size_t)(number))\n\
         int main(void) {{\n{program}    return 0;\n}}\n",
        header.display()
    );
    let Some(binary) = compiled("layout", &program, &["-Wall"]) else { return };
    let output = Command::new(binary).output().expect("the program runs");
    let answers = String::from_utf8(output.stdout).expect("numbers");
    let answers: Vec<&str> = answers.lines().collect();
    assert_eq!(answers.len(), structures.len());
    for ((name, number), answer) in structures.iter().zip(answers) {
        assert_eq!(answer, number.to_string(), "{name}");
    }
}

/// Our own header, with and without another one before it, for a C programmer who takes every warning seriously.
#[test]
fn our_header_compiles_alone_and_after_another() {
    let program = |before: &str| {
        format!(
            "{before}#include \"cns_pkcs11.h\"\n\
             int main(void) {{\n    CK_FUNCTION_LIST *list = 0;\n    CK_INTERFACE *one = 0;\n    CK_ULONG count = 0;\n    \
             return list == 0 && one == 0 && count == 0 && sizeof(CK_INTERFACE) == {}\n        \
             && sizeof(&C_GetFunctionList) == sizeof(&C_GetInterface) && sizeof(&C_GetInterfaceList) > 0 ? 0 : 1;\n}}\n",
            size_of::<CK_INTERFACE>()
        )
    };
    let strict = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror"];
    let mut binaries = vec![compiled("header_alone", &program(""), &strict)];
    if let Some(header) = other_header() {
        let before = format!("#include \"{}\"\n", header.display());
        binaries.push(compiled("header_after", &program(&before), &strict));
    }
    for binary in binaries.into_iter().flatten() {
        assert!(Command::new(binary).status().expect("the program runs").success());
    }
}

fn c_offset(structure: &str, field: &str) -> String {
    format!("offsetof({structure}, {})", field.trim_end_matches('_'))
}

/// p11-kit's header, which was not written from the one that `cryptoki-sys` was made from.
fn other_header() -> Option<PathBuf> {
    let header = Path::new("/usr/include/p11-kit-1/p11-kit/pkcs11.h");
    if header.exists() {
        return Some(header.to_owned());
    }
    eprintln!("skipped: no {} (Debian package libp11-kit-dev)", header.display());
    None
}

/// The program, or nothing (said aloud) where there is no C compiler.
fn compiled(name: &str, program: &str, flags: &[&str]) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, binary) = (folder.join(format!("{name}.c")), folder.join(name));
    std::fs::write(&source, program).expect("the source is written");
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("include");
    let compiler =
        Command::new("cc").args(flags).arg("-I").arg(include).arg(&source).arg("-o").arg(&binary).output();
    let Ok(output) = compiler else {
        eprintln!("skipped: no C compiler (cc)");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(binary)
}
