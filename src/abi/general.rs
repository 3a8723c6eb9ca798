//! General-purpose functions (PKCS#11 2.40 and 3.0, section 5.4) and random numbers (2.40 5.15, 3.0 5.17).

use std::ffi::c_void;
use std::sync::Arc;

use cns_card::PcscTransport;
use cryptoki_sys::*;

use super::pointers::{Input, Pointer, pad};
use super::{AbiError, Result, Version, panics, process};
use crate::model::Module;
use crate::{log, testing};

/// `C_Initialize` (PKCS#11 2.40 5.4). Locks are always the operating system's: an application that offers its own
/// mutexes, or says that it is single-threaded, gets the same thread-safe module. No threads are made, so
/// `CKF_LIBRARY_CANT_CREATE_OS_THREADS` is always kept. `pReserved` is not looked at (NSS passes a string there).
pub(super) fn initialize(arguments: Pointer<c_void>) -> Result<()> {
    panics::install_hook();
    if log::install() {
        let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        tracing::info!(version, system, processor = std::env::consts::ARCH, "cns-pkcs11");
    }
    if !arguments.is_null() {
        // SAFETY: the standard says that what is not NULL here is a CK_C_INITIALIZE_ARGS.
        let arguments = unsafe { arguments.cast::<CK_C_INITIALIZE_ARGS>() };
        check_mutexes(&arguments.read()?)?;
    }
    process::initialize(|| {
        let transport = testing::transport().unwrap_or_else(|| Arc::new(PcscTransport::new()));
        Module::new(transport, testing::now)
    })
}

/// `C_Finalize` (PKCS#11 2.40 5.4).
pub(super) fn finalize(reserved: Pointer<c_void>) -> Result<()> {
    if !reserved.is_null() {
        process::module()?;
        return Err(AbiError::ArgumentsBad);
    }
    process::finalize()
}

/// `C_GetInfo` (PKCS#11 2.40 5.4): 3.0 is claimed only in the list that is complete for it, because clients that see
/// it go on to use what they found there.
pub(super) fn info(version: Version, _module: &Module, info: Pointer<CK_INFO>) -> Result<()> {
    info.write(CK_INFO {
        cryptokiVersion: match version {
            Version::V2_40 => CK_VERSION { major: 2, minor: 40 },
            Version::V3_0 => CK_VERSION { major: 3, minor: 0 },
        },
        manufacturerID: pad("cns-pkcs11"),
        flags: 0,
        libraryDescription: pad("Italian CNS and TS-CNS cards"),
        libraryVersion: LIBRARY_VERSION,
    })
}

/// `C_SeedRandom` (PKCS#11 2.40 5.15): no random numbers are offered (browsers would ask the card for some at start).
pub(super) fn seed_random(module: &Module, session: CK_SESSION_HANDLE, seed: Input<CK_BYTE>) -> Result<()> {
    module.session(session)?;
    seed.bytes()?;
    Err(AbiError::RandomNoRng)
}

/// `C_GenerateRandom` (PKCS#11 2.40 5.15): as `C_SeedRandom`.
pub(super) fn generate_random(
    module: &Module,
    session: CK_SESSION_HANDLE,
    random: Input<CK_BYTE>,
) -> Result<()> {
    module.session(session)?;
    random.length()?;
    Err(AbiError::RandomNoRng)
}

/// Version of this crate, as two bytes.
const LIBRARY_VERSION: CK_VERSION = CK_VERSION {
    major: number(env!("CARGO_PKG_VERSION_MAJOR")),
    minor: number(env!("CARGO_PKG_VERSION_MINOR")),
};

const fn number(text: &str) -> u8 {
    match u8::from_str_radix(text, 10) {
        Ok(number) => number,
        Err(_) => u8::MAX,
    }
}

/// All four functions or none (PKCS#11 2.40 5.4, `C_Initialize`).
fn check_mutexes(arguments: &CK_C_INITIALIZE_ARGS) -> Result<()> {
    // Copied: on Windows the structure is packed, and there is no reference to what is in it.
    let (create, destroy) = (arguments.CreateMutex, arguments.DestroyMutex);
    let (lock, unlock) = (arguments.LockMutex, arguments.UnlockMutex);
    let given = [create.is_some(), destroy.is_some(), lock.is_some(), unlock.is_some()];
    if given == [true; 4] || given == [false; 4] { Ok(()) } else { Err(AbiError::ArgumentsBad) }
}
