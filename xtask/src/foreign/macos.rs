//! The module for macOS, linked by Rust's own linker against hand-written lists of what macOS has. Shown is that it
//! links, what it exports and what it needs; nothing of it is run.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use object::macho::MachHeader64;
use object::read::macho::{LoadCommandVariant, MachHeader as _};
use object::{Endianness, Object as _};

use super::toolchain::{Toolchain, folder};
use crate::rustup;
use interop::report::StepOutcome;

/// Text-based descriptions of libraries, and where a development kit of Apple's has them. The linker wants those of the
/// last three because Rust names them; on macOS, libc and libm are other names of libSystem.
const LIBRARIES: &[(&str, &str)] = &[
    ("System/Library/Frameworks/PCSC.framework/PCSC.tbd", include_str!("macos/PCSC.tbd")),
    ("usr/lib/libSystem.tbd", LIB_SYSTEM),
    ("usr/lib/libc.tbd", LIB_SYSTEM),
    ("usr/lib/libm.tbd", LIB_SYSTEM),
    ("usr/lib/libiconv.tbd", include_str!("macos/libiconv.tbd")),
];
const LIB_SYSTEM: &str = include_str!("macos/libSystem.tbd");

/// What the module may need. The crate libc has the last one linked, and nothing here calls it.
const NEEDED: [&str; 3] = [
    "/System/Library/Frameworks/PCSC.framework/Versions/A/PCSC",
    "/usr/lib/libSystem.B.dylib",
    "/usr/lib/libiconv.2.dylib",
];

/// The oldest macOS of Rust's targets, as load commands have it: 10.12 with processors of Intel, 11.0 with Apple's.
const OLDEST: [&str; 2] = ["10.12", "11.0"];

/// Links the module for a target and looks at the library.
pub(super) fn link(toolchain: &Toolchain, system: &str) -> Result<StepOutcome> {
    let Some(linker) = linker() else {
        return Ok(StepOutcome::Skipped("no rust-lld (it belongs to the toolchains of rustup)".into()));
    };
    let kit = folder().join("macos");
    for (path, text) in LIBRARIES {
        let path = kit.join(path);
        fs::create_dir_all(path.parent().context("a path below the kit")?)?;
        fs::write(&path, text)?;
    }
    let mut command = toolchain.cargo("build", system, &folder());
    command.args(["--package", "cns-pkcs11", "--lib"]).env("SDKROOT", &kit);
    // For macOS, the compiler strips with a program that Debian's compiler comes without.
    command.args(["--config", "profile.dev.strip=false"]);
    let variable = system.to_uppercase().replace('-', "_");
    command.env(format!("CARGO_TARGET_{variable}_LINKER"), linker);
    if !interop::programs::status(&mut command)?.success() {
        bail!(
            "the module does not link for {system}. A symbol that is undefined: look up since which version macOS has \
             it, then write it into xtask/src/foreign/macos/libSystem.tbd"
        );
    }
    let library = folder().join(system).join("debug/libcns_pkcs11.dylib");
    let said = examine(&fs::read(&library)?)?;
    Ok(StepOutcome::Passed(format!("{system}: links; {said}; {}", toolchain.name())))
}

/// LLVM's linker as rustup brings it. It takes the part of Apple's where the target is one of Apple's.
fn linker() -> Option<PathBuf> {
    let host = format!("lib/rustlib/{}-unknown-linux-gnu/bin/rust-lld", std::env::consts::ARCH);
    Some(rustup::Toolchain::Usual.folder("sysroot", &[])?.join(host)).filter(|path| path.is_file())
}

/// Exports, needed libraries, oldest macOS.
fn examine(bytes: &[u8]) -> Result<String> {
    let library = object::read::macho::MachOFile64::<Endianness>::parse(bytes)?;
    let exports = library.exports()?.collect::<Result<Vec<_>, _>>()?;
    let names = exports.iter().filter_map(|export| export.name().into_name());
    let mut exported: Vec<_> = names.map(String::from_utf8_lossy).collect();
    exported.sort_unstable();
    // C names have an underscore before them there.
    let expected = ["_C_GetFunctionList", "_C_GetInterface", "_C_GetInterfaceList"];
    ensure!(exported == expected, "the library exports {exported:?}");

    let header = MachHeader64::<Endianness>::parse(bytes, 0)?;
    let endian = header.endian()?;
    let mut commands = header.load_commands(endian, bytes, 0)?;
    let (mut needed, mut oldest, mut is_signed) = (Vec::new(), None, false);
    while let Some(command) = commands.next()? {
        match command.variant()? {
            LoadCommandVariant::Dylib(dylib) => {
                needed.push(String::from_utf8_lossy(command.string(endian, dylib.dylib.name)?).into_owned());
            }
            LoadCommandVariant::BuildVersion(version, _) => oldest = Some(version.minos.get(endian)),
            LoadCommandVariant::VersionMin(version) => oldest = Some(version.version.get(endian)),
            LoadCommandVariant::LinkeditData(_) => {
                is_signed |= command.cmd() == object::macho::LC_CODE_SIGNATURE
            }
            _ => {}
        }
    }
    needed.sort_unstable();
    ensure!(needed == NEEDED, "the library needs {needed:?}");
    // Sixteen bits for the first number, eight each for the next two.
    let oldest = oldest.map(|version| format!("{}.{}", version.0 >> 16, version.0 >> 8 & 0xFF));
    let oldest = oldest.context("the library does not say which macOS it is for")?;
    ensure!(OLDEST.contains(&oldest.as_str()), "the library is for macOS {oldest} and later");
    let signature = if is_signed { ", signed ad hoc" } else { "" };
    Ok(format!("three functions exported; needs PCSC, libSystem and libiconv, macOS {oldest}{signature}"))
}
