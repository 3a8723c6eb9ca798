//! The table of all functions of PKCS#11 2.40 and 3.0, and the way in and out that they share.
//!
//! `cryptoki!` (in `cryptoki.rs`, with an explanation of the rows) makes from the table one C function per row and both
//! function lists, with every field of both lists named: a function that is missing here does not compile. `enter`
//! is the single exit: panics stop there, the log line is written there, and a result becomes a code there. A host's thread
//! that is cancelled meanwhile ends outside of it.

#![allow(non_snake_case)] // the functions are named by the standard

use std::ffi::c_void;
use std::ops::ControlFlow;
use std::time::Instant;

use cryptoki_sys::*;
use tracing::level_filters::LevelFilter;

use super::cryptoki::{as_c, cryptoki};
use super::interfaces::Interfaces;
use super::pointers::{Input, OutArray, OutBuffer, Pointer};
use super::rv::{AbiError, Result, ReturnValue};
use super::{
    Version, cancellation, digest, encryption, general, objects, panics, process, sessions, signing, slots,
};

cryptoki! {
    in both {
        process C_Initialize(arguments: *c_void) => general::initialize;
        process C_Finalize(reserved: *c_void) => general::finalize;
        /// Gives the functions of PKCS#11 2.40 (PKCS#11 2.40 5.4).
        ///
        /// # Safety
        /// `list` is NULL or points to a pointer that may be written.
        #[unsafe(no_mangle)]
        pub process C_GetFunctionList(list: **mut CK_FUNCTION_LIST) => give_function_list;

        module C_GetSlotList(token_present: CK_BBOOL, slots: *[CK_SLOT_ID]) => slots::slot_list;
        module C_GetSlotInfo(slot: CK_SLOT_ID, info: *CK_SLOT_INFO) => slots::slot_info;
        module C_GetTokenInfo(slot: CK_SLOT_ID, info: *CK_TOKEN_INFO) => slots::token_info;
        waiting C_WaitForSlotEvent(flags: CK_FLAGS, slot: *CK_SLOT_ID, reserved: *c_void) => slots::wait_for_slot_event;
        module C_GetMechanismList(slot: CK_SLOT_ID, mechanisms: *[CK_MECHANISM_TYPE]) => slots::mechanism_list;
        module C_GetMechanismInfo(slot: CK_SLOT_ID, mechanism: CK_MECHANISM_TYPE, info: *CK_MECHANISM_INFO) => slots::mechanism_info;
        unsupported C_InitToken(slot: CK_SLOT_ID, pin: [CK_UTF8CHAR], label: *CK_UTF8CHAR);
        module C_InitPIN(session: CK_SESSION_HANDLE, pin: [CK_UTF8CHAR]) => sessions::init_pin;
        module C_SetPIN(session: CK_SESSION_HANDLE, old_pin: [CK_UTF8CHAR], new_pin: [CK_UTF8CHAR]) => sessions::set_pin;

        module C_OpenSession(slot: CK_SLOT_ID, flags: CK_FLAGS, application: *c_void, notify: CK_NOTIFY, session: *CK_SESSION_HANDLE) => sessions::open_session;
        module C_CloseSession(session: CK_SESSION_HANDLE) => sessions::close_session;
        module C_CloseAllSessions(slot: CK_SLOT_ID) => sessions::close_all_sessions;
        module C_GetSessionInfo(session: CK_SESSION_HANDLE, info: *CK_SESSION_INFO) => sessions::session_info;
        unsupported C_GetOperationState(session: CK_SESSION_HANDLE, state: *[CK_BYTE]);
        unsupported C_SetOperationState(session: CK_SESSION_HANDLE, state: [CK_BYTE], encryption_key: CK_OBJECT_HANDLE, authentication_key: CK_OBJECT_HANDLE);
        module C_Login(session: CK_SESSION_HANDLE, user: CK_USER_TYPE, pin: [CK_UTF8CHAR]) => sessions::login;
        module C_Logout(session: CK_SESSION_HANDLE) => sessions::logout;

        module C_CreateObject(session: CK_SESSION_HANDLE, template: [CK_ATTRIBUTE], object: *CK_OBJECT_HANDLE) => objects::create_object;
        module C_CopyObject(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE, template: [CK_ATTRIBUTE], copy: *CK_OBJECT_HANDLE) => objects::copy_object;
        module C_DestroyObject(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE) => objects::destroy_object;
        module C_GetObjectSize(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE, size: *CK_ULONG) => objects::object_size;
        module C_GetAttributeValue(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE, template: [CK_ATTRIBUTE]) => objects::attribute_value;
        module C_SetAttributeValue(session: CK_SESSION_HANDLE, object: CK_OBJECT_HANDLE, template: [CK_ATTRIBUTE]) => objects::set_attribute_value;
        module C_FindObjectsInit(session: CK_SESSION_HANDLE, template: [CK_ATTRIBUTE]) => objects::find_objects_init;
        module C_FindObjects(session: CK_SESSION_HANDLE, objects: *[CK_OBJECT_HANDLE; most]) => objects::find_objects;
        module C_FindObjectsFinal(session: CK_SESSION_HANDLE) => objects::find_objects_final;

        module C_Encrypt(session: CK_SESSION_HANDLE, data: [CK_BYTE], cryptogram: *[CK_BYTE]) => encryption::encrypt;
        module C_EncryptUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE], cryptogram: *[CK_BYTE]) => encryption::encrypt_update;
        module C_EncryptFinal(session: CK_SESSION_HANDLE, cryptogram: *[CK_BYTE]) => encryption::encrypt_final;
        module C_Decrypt(session: CK_SESSION_HANDLE, cryptogram: [CK_BYTE], data: *[CK_BYTE]) => encryption::decrypt;
        module C_DecryptUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE], data: *[CK_BYTE]) => encryption::decrypt_update;
        module C_DecryptFinal(session: CK_SESSION_HANDLE, data: *[CK_BYTE]) => encryption::decrypt_final;

        module C_Digest(session: CK_SESSION_HANDLE, data: [CK_BYTE], digest: *[CK_BYTE]) => digest::digest;
        module C_DigestUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE]) => digest::digest_update;
        unsupported C_DigestKey(session: CK_SESSION_HANDLE, key: CK_OBJECT_HANDLE);
        module C_DigestFinal(session: CK_SESSION_HANDLE, digest: *[CK_BYTE]) => digest::digest_final;

        module C_Sign(session: CK_SESSION_HANDLE, data: [CK_BYTE], signature: *[CK_BYTE]) => signing::sign;
        module C_SignUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE]) => signing::sign_update;
        module C_SignFinal(session: CK_SESSION_HANDLE, signature: *[CK_BYTE]) => signing::sign_final;
        unsupported C_SignRecoverInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_SignRecover(session: CK_SESSION_HANDLE, data: [CK_BYTE], signature: *[CK_BYTE]);
        module C_Verify(session: CK_SESSION_HANDLE, data: [CK_BYTE], signature: [CK_BYTE]) => signing::verify;
        module C_VerifyUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE]) => signing::verify_update;
        module C_VerifyFinal(session: CK_SESSION_HANDLE, signature: [CK_BYTE]) => signing::verify_final;
        unsupported C_VerifyRecoverInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_VerifyRecover(session: CK_SESSION_HANDLE, signature: [CK_BYTE], data: *[CK_BYTE]);

        unsupported C_DigestEncryptUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE], cryptogram: *[CK_BYTE]);
        unsupported C_DecryptDigestUpdate(session: CK_SESSION_HANDLE, cryptogram: [CK_BYTE], part: *[CK_BYTE]);
        unsupported C_SignEncryptUpdate(session: CK_SESSION_HANDLE, part: [CK_BYTE], cryptogram: *[CK_BYTE]);
        unsupported C_DecryptVerifyUpdate(session: CK_SESSION_HANDLE, cryptogram: [CK_BYTE], part: *[CK_BYTE]);

        unsupported C_GenerateKey(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, template: [CK_ATTRIBUTE], key: *CK_OBJECT_HANDLE);
        unsupported C_GenerateKeyPair(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, public_template: [CK_ATTRIBUTE], private_template: [CK_ATTRIBUTE], public_key: *CK_OBJECT_HANDLE, private_key: *CK_OBJECT_HANDLE);
        unsupported C_WrapKey(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, wrapping_key: CK_OBJECT_HANDLE, key: CK_OBJECT_HANDLE, wrapped: *[CK_BYTE]);
        unsupported C_UnwrapKey(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, unwrapping_key: CK_OBJECT_HANDLE, wrapped: [CK_BYTE], template: [CK_ATTRIBUTE], key: *CK_OBJECT_HANDLE);
        unsupported C_DeriveKey(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, base_key: CK_OBJECT_HANDLE, template: [CK_ATTRIBUTE], key: *CK_OBJECT_HANDLE);
        module C_SeedRandom(session: CK_SESSION_HANDLE, seed: [CK_BYTE]) => general::seed_random;
        module C_GenerateRandom(session: CK_SESSION_HANDLE, random: [CK_BYTE]) => general::generate_random;
        parallel C_GetFunctionStatus(session: CK_SESSION_HANDLE);
        parallel C_CancelFunction(session: CK_SESSION_HANDLE);
    }

    differing {
        C_GetInfo(info: *CK_INFO) => general::info;
        C_EncryptInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE) => encryption::encrypt_init;
        C_DecryptInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE) => encryption::decrypt_init;
        C_DigestInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM) => digest::digest_init;
        C_SignInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE) => signing::sign_init;
        C_VerifyInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE) => signing::verify_init;
    }

    since 3.0 {
        /// Lists the interfaces: 3.0 and 2.40, both named "PKCS 11" (PKCS#11 3.0 5.4).
        ///
        /// # Safety
        /// `length` is NULL or points to a `CK_ULONG`; `interfaces` is NULL or holds so many of them.
        #[unsafe(no_mangle)]
        pub process C_GetInterfaceList(interfaces: *[CK_INTERFACE]) => list_interfaces;
        /// Gives one interface: the one of this name and version that has all these flags (PKCS#11 3.0 5.4).
        ///
        /// # Safety
        /// `name` is NULL or a NUL-terminated string, `version` is NULL or points to a `CK_VERSION`, and
        /// `interface` is NULL or points to a pointer that may be written.
        #[unsafe(no_mangle)]
        pub process C_GetInterface(name: *CK_UTF8CHAR, version: *CK_VERSION, interface: **mut CK_INTERFACE, flags: CK_FLAGS) => find_interface;

        module C_LoginUser(session: CK_SESSION_HANDLE, user: CK_USER_TYPE, pin: [CK_UTF8CHAR], name: [CK_UTF8CHAR]) => sessions::login_user;
        module C_SessionCancel(session: CK_SESSION_HANDLE, flags: CK_FLAGS) => sessions::session_cancel;

        unsupported C_MessageEncryptInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_EncryptMessage(session: CK_SESSION_HANDLE, parameter: [c_void], associated: [CK_BYTE], data: [CK_BYTE], cryptogram: *[CK_BYTE]);
        unsupported C_EncryptMessageBegin(session: CK_SESSION_HANDLE, parameter: [c_void], associated: [CK_BYTE]);
        unsupported C_EncryptMessageNext(session: CK_SESSION_HANDLE, parameter: [c_void], part: [CK_BYTE], cryptogram: *[CK_BYTE], flags: CK_FLAGS);
        unsupported C_MessageEncryptFinal(session: CK_SESSION_HANDLE);
        unsupported C_MessageDecryptInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_DecryptMessage(session: CK_SESSION_HANDLE, parameter: [c_void], associated: [CK_BYTE], cryptogram: [CK_BYTE], data: *[CK_BYTE]);
        unsupported C_DecryptMessageBegin(session: CK_SESSION_HANDLE, parameter: [c_void], associated: [CK_BYTE]);
        unsupported C_DecryptMessageNext(session: CK_SESSION_HANDLE, parameter: [c_void], cryptogram: [CK_BYTE], part: *[CK_BYTE], flags: CK_FLAGS);
        unsupported C_MessageDecryptFinal(session: CK_SESSION_HANDLE);
        unsupported C_MessageSignInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_SignMessage(session: CK_SESSION_HANDLE, parameter: [c_void], data: [CK_BYTE], signature: *[CK_BYTE]);
        unsupported C_SignMessageBegin(session: CK_SESSION_HANDLE, parameter: [c_void]);
        unsupported C_SignMessageNext(session: CK_SESSION_HANDLE, parameter: [c_void], part: [CK_BYTE], signature: *[CK_BYTE]);
        unsupported C_MessageSignFinal(session: CK_SESSION_HANDLE);
        unsupported C_MessageVerifyInit(session: CK_SESSION_HANDLE, mechanism: *CK_MECHANISM, key: CK_OBJECT_HANDLE);
        unsupported C_VerifyMessage(session: CK_SESSION_HANDLE, parameter: [c_void], data: [CK_BYTE], signature: [CK_BYTE]);
        unsupported C_VerifyMessageBegin(session: CK_SESSION_HANDLE, parameter: [c_void]);
        unsupported C_VerifyMessageNext(session: CK_SESSION_HANDLE, parameter: [c_void], part: [CK_BYTE], signature: [CK_BYTE]);
        unsupported C_MessageVerifyFinal(session: CK_SESSION_HANDLE);
    }
}

static INTERFACES: Interfaces = Interfaces::new(&raw const LIST_3_0, &raw const LIST_2_40);

/// The 2.40 list.
fn give_function_list(list: Pointer<*mut CK_FUNCTION_LIST>) -> Result<()> {
    list.write((&raw const LIST_2_40).cast_mut())
}

fn list_interfaces(interfaces: OutBuffer<CK_INTERFACE>) -> Result<()> {
    INTERFACES.list(interfaces)
}

fn find_interface(
    name: Pointer<CK_UTF8CHAR>,
    version: Pointer<CK_VERSION>,
    interface: Pointer<*mut CK_INTERFACE>,
    flags: CK_FLAGS,
) -> Result<()> {
    INTERFACES.find(name, version, interface, flags)
}

/// Runs one call: the only way in and out. No panic gets past it, and every call leaves one line in the log. Not inlined:
/// its caller must have no landing pad (`cryptoki.rs`).
#[inline(never)]
fn enter(function: &'static str, call: impl FnOnce() -> Result<()>) -> CK_RV {
    let started = start();
    code_of(function, guarded(call), started)
}

/// Runs one turn of a call that may wait for ever; `Continue` if nothing happened yet.
#[inline(never)]
fn enter_turn(
    function: &'static str,
    started: Option<Instant>,
    turn: impl FnOnce() -> Result<ControlFlow<()>>,
) -> ControlFlow<CK_RV> {
    match guarded(turn) {
        Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
        Ok(ControlFlow::Break(())) => ControlFlow::Break(code_of(function, Ok(()), started)),
        Err(error) => ControlFlow::Break(code_of(function, Err(error), started)),
    }
}

/// The time for the log line; the clock is not read without a log.
fn start() -> Option<Instant> {
    (LevelFilter::current() != LevelFilter::OFF).then(Instant::now)
}

fn guarded<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = panics::catch(|| {
        #[cfg(test)]
        tests::panic_if_planted();
        call()
    });
    outcome.unwrap_or(Err(AbiError::Panicked))
}

fn code_of(function: &str, outcome: Result<()>, started: Option<Instant>) -> CK_RV {
    let value = ReturnValue::of(&outcome);
    // A log that fails must not change the result.
    let _ = panics::catch(|| report(function, value, outcome.err(), started));
    value.code
}

fn report(function: &str, value: ReturnValue, error: Option<AbiError>, started: Option<Instant>) {
    let micros = started.map_or(0, |started| started.elapsed().as_micros());
    match error {
        None => tracing::debug!(target: "cns_pkcs11::call", micros, "{function} {}", value.name),
        Some(error @ (AbiError::Panicked | AbiError::General)) => {
            tracing::error!(target: "cns_pkcs11::call", micros, %error, "{function} {}", value.name);
        }
        Some(error) => {
            tracing::info!(target: "cns_pkcs11::call", micros, %error, "{function} {}", value.name)
        }
    }
}

#[cfg(test)]
mod tests;
