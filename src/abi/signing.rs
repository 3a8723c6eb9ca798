//! Signing and MACing functions (PKCS#11 2.40 5.11, 3.0 5.13) and verifying functions (2.40 5.13, 3.0 5.15).
//!
//! A length query and a short buffer end nothing and reach no card. Every other error ends the operation, also the
//! errors that are found at this floor: after a failed `C_Sign` comes a new `C_SignInit`.

use cryptoki_sys::*;

use super::pointers::{Input, OutBuffer, Pointer};
use super::{AbiError, Result, Version, mechanism};
use crate::model::{Cancel, Module, Session};

/// `C_SignInit` (PKCS#11 2.40 5.11, 3.0 5.13). In 3.0 a NULL mechanism ends the operation under way.
pub(super) fn sign_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let session = module.session(session)?;
    if mechanism.is_null() && version == Version::V3_0 {
        session.cancel(SIGN);
        return Ok(());
    }
    Ok(session.sign_init(mechanism::parse(mechanism)?, key)?)
}

/// `C_Sign` (PKCS#11 2.40 5.11).
pub(super) fn sign(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    signature: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, SIGN, || {
        let data = data.bytes()?;
        signature.required()?;
        signature.fill(session.sign_output_length()?, || Ok(session.sign(data)?))
    })
}

/// `C_SignUpdate` (PKCS#11 2.40 5.11).
pub(super) fn sign_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, SIGN, || Ok(session.sign_update(part.bytes()?)?))
}

/// `C_SignFinal` (PKCS#11 2.40 5.11).
pub(super) fn sign_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    signature: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, SIGN, || {
        signature.required()?;
        signature.fill(session.sign_output_length()?, || Ok(session.sign_final()?))
    })
}

/// `C_VerifyInit` (PKCS#11 2.40 5.13, 3.0 5.15). In 3.0 a NULL mechanism ends the operation under way.
pub(super) fn verify_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let session = module.session(session)?;
    if mechanism.is_null() && version == Version::V3_0 {
        session.cancel(VERIFY);
        return Ok(());
    }
    Ok(session.verify_init(mechanism::parse(mechanism)?, key)?)
}

/// `C_Verify` (PKCS#11 2.40 5.13).
pub(super) fn verify(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    signature: Input<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, VERIFY, || Ok(session.verify(data.bytes()?, signature.bytes()?)?))
}

/// `C_VerifyUpdate` (PKCS#11 2.40 5.13).
pub(super) fn verify_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, VERIFY, || Ok(session.verify_update(part.bytes()?)?))
}

/// `C_VerifyFinal` (PKCS#11 2.40 5.13).
pub(super) fn verify_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    signature: Input<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, VERIFY, || Ok(session.verify_final(signature.bytes()?)?))
}

/// Runs a step of an operation, and ends the operation if the step fails for another reason than a short buffer.
pub(super) fn ending(session: &Session, operation: Cancel, step: impl FnOnce() -> Result<()>) -> Result<()> {
    let outcome = step();
    match &outcome {
        Ok(()) | Err(AbiError::BufferTooSmall) => {}
        Err(_) => session.cancel(operation),
    }
    outcome
}

pub(super) const NOTHING: Cancel =
    Cancel { find: false, digest: false, sign: false, verify: false, encrypt: false, decrypt: false };
const SIGN: Cancel = Cancel { sign: true, ..NOTHING };
const VERIFY: Cancel = Cancel { verify: true, ..NOTHING };
