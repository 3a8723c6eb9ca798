//! Signing and MACing functions (PKCS#11 2.40 5.11, 3.0 5.13) and verifying functions (2.40 5.13, 3.0 5.15).

use cryptoki_sys::*;

use super::operation::{NOTHING, Operation};
use super::pointers::{Input, OutBuffer, Pointer};
use super::{Result, Version, mechanism};
use crate::model::{Cancel, Module, Session};

const SIGN: Operation =
    Operation { end: Cancel { sign: true, ..NOTHING }, output_length: Session::sign_output_length };
/// A verification has no output; its length is never asked for.
const VERIFY: Operation = Operation { end: Cancel { verify: true, ..NOTHING }, output_length: |_| Ok(0) };

/// `C_SignInit` (PKCS#11 2.40 5.11, 3.0 5.13).
pub(super) fn sign_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    SIGN.begin(version, module, session, mechanism, mechanism::parse, |session, mechanism| {
        session.sign_init(mechanism, key)
    })
}

/// `C_Sign` (PKCS#11 2.40 5.11).
pub(super) fn sign(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    signature: OutBuffer<CK_BYTE>,
) -> Result<()> {
    SIGN.whole(module, session, data, signature, Session::sign)
}

/// `C_SignUpdate` (PKCS#11 2.40 5.11).
pub(super) fn sign_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    SIGN.part(module, session, part, Session::sign_update)
}

/// `C_SignFinal` (PKCS#11 2.40 5.11).
pub(super) fn sign_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    signature: OutBuffer<CK_BYTE>,
) -> Result<()> {
    SIGN.rest(module, session, signature, Session::sign_final)
}

/// `C_VerifyInit` (PKCS#11 2.40 5.13, 3.0 5.15).
pub(super) fn verify_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    VERIFY.begin(version, module, session, mechanism, mechanism::parse, |session, mechanism| {
        session.verify_init(mechanism, key)
    })
}

/// `C_Verify` (PKCS#11 2.40 5.13).
pub(super) fn verify(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    signature: Input<CK_BYTE>,
) -> Result<()> {
    VERIFY.step(module, session, |session| Ok(session.verify(data.bytes()?, signature.bytes()?)?))
}

/// `C_VerifyUpdate` (PKCS#11 2.40 5.13).
pub(super) fn verify_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    VERIFY.part(module, session, part, Session::verify_update)
}

/// `C_VerifyFinal` (PKCS#11 2.40 5.13).
pub(super) fn verify_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    signature: Input<CK_BYTE>,
) -> Result<()> {
    VERIFY.part(module, session, signature, Session::verify_final)
}
