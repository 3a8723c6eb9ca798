//! What the shared library shows to the program that loads it: three functions, no surprises.
//!
//! Looks at a fresh build of the test profile, or at the library that `CNS_PKCS11_SO` names (the release build).
#![cfg(target_os = "linux")]

#[path = "common/library.rs"]
#[allow(unreachable_pub, reason = "shared between test programs")]
mod library;

use library::library;
use object::elf;
use object::read::elf::{Dyn, ElfFile64, ProgramHeader};
use object::{Endianness, Object, ObjectSymbol};

type Elf<'data> = ElfFile64<'data, Endianness>;

#[test]
fn the_library_is_a_good_guest() {
    let bytes = std::fs::read(library()).expect("the library can be read");
    let library = Elf::parse(bytes.as_slice()).expect("the library is ELF");
    exports_three_functions(&library);
    needs_no_cryptography_of_the_host(&library);
    stays_in_memory_and_is_read_only(&library);
}

/// NSS calls `C_GetInterface` if there is one, OpenSSH looks for `C_GetFunctionList`, and any other name could collide
/// with another module's.
fn exports_three_functions(library: &Elf) {
    let mut names: Vec<&str> = library
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global())
        .map(|symbol| symbol.name().expect("symbols have names"))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["C_GetFunctionList", "C_GetInterface", "C_GetInterfaceList"]);
}

/// A module that links libcrypto can be entered by itself when openssl.cnf loads PKCS#11 modules, and dead-lock.
fn needs_no_cryptography_of_the_host(library: &Elf) {
    const ALLOWED: [&str; 8] = [
        "ld-linux",
        "libc.so",
        "libdl.so",
        "libgcc_s.so",
        "libm.so",
        "libpcsclite.so",
        "libpthread.so",
        "librt.so",
    ];
    for name in dynamic_texts(library, elf::DT_NEEDED) {
        assert!(ALLOWED.iter().any(|allowed| name.starts_with(allowed)), "needs {name}");
    }
    assert!(dynamic_texts(library, elf::DT_RPATH).is_empty());
    assert!(dynamic_texts(library, elf::DT_RUNPATH).is_empty());
}

/// Not unloaded by `dlclose` (threads may still be inside), bound at load time, no writable tables, no executable stack.
fn stays_in_memory_and_is_read_only(library: &Elf) {
    let flags = dynamic_values(library, elf::DT_FLAGS_1).into_iter().fold(0, |all, flag| all | flag);
    assert_ne!(flags & elf::DF_1_NODELETE.0, 0, "not linked nodelete");
    assert_ne!(flags & elf::DF_1_NOW.0, 0, "not bound at load time");
    assert!(dynamic_values(library, elf::DT_TEXTREL).is_empty(), "has text relocations");
    let segments = library.elf_program_headers();
    let segment =
        |kind: elf::ProgramType| segments.iter().find(|segment| segment.p_type(library.endian()) == kind);
    assert!(segment(elf::PT_GNU_RELRO).is_some(), "no RELRO");
    for segment in segments {
        let writable_code = elf::PF_W.0 | elf::PF_X.0;
        assert_ne!(
            segment.p_flags(library.endian()).0 & writable_code,
            writable_code,
            "code that can be written"
        );
    }
    let stack = segment(elf::PT_GNU_STACK).expect("says what stack it wants");
    assert_eq!(stack.p_flags(library.endian()).0 & elf::PF_X.0, 0, "wants an executable stack");
}

fn dynamic_values(library: &Elf, tag: elf::DynamicTag) -> Vec<u64> {
    dynamic_entries(library)
        .iter()
        .filter(|entry| entry.d_tag(library.endian()) == tag)
        .map(|entry| entry.d_val(library.endian()))
        .collect()
}

fn dynamic_texts(library: &Elf, tag: elf::DynamicTag) -> Vec<String> {
    let strings = library.elf_dynamic_symbol_table().strings();
    dynamic_values(library, tag)
        .into_iter()
        .map(|offset| {
            strings.get(u32::try_from(offset).expect("a small table")).expect("an offset into the table")
        })
        .map(|text| String::from_utf8_lossy(text).into_owned())
        .collect()
}

fn dynamic_entries<'data>(library: &Elf<'data>) -> &'data [elf::Dyn64<Endianness>] {
    library
        .elf_program_headers()
        .iter()
        .find_map(|segment| {
            segment.dynamic(library.endian(), library.data()).expect("a sound dynamic segment")
        })
        .expect("a shared library has a dynamic segment")
}
