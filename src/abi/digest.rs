//! Message digesting functions (PKCS#11 2.40 5.10, 3.0 5.12), in software.

use cryptoki_sys::*;

use super::operation::{NOTHING, Operation};
use super::pointers::{Input, OutBuffer, Pointer};
use super::{Result, Version, mechanism};
use crate::model::{Cancel, Module, Session};

const DIGEST: Operation =
    Operation { end: Cancel { digest: true, ..NOTHING }, output_length: Session::digest_output_length };

/// `C_DigestInit` (PKCS#11 2.40 5.10, 3.0 5.12).
pub(super) fn digest_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
) -> Result<()> {
    DIGEST.begin(version, module, session, mechanism, mechanism::parse_digest, Session::digest_init)
}

/// `C_Digest` (PKCS#11 2.40 5.10).
pub(super) fn digest(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    digest: OutBuffer<CK_BYTE>,
) -> Result<()> {
    DIGEST.whole(module, session, data, digest, Session::digest)
}

/// `C_DigestUpdate` (PKCS#11 2.40 5.10).
pub(super) fn digest_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    DIGEST.part(module, session, part, Session::digest_update)
}

/// `C_DigestFinal` (PKCS#11 2.40 5.10).
pub(super) fn digest_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    digest: OutBuffer<CK_BYTE>,
) -> Result<()> {
    DIGEST.rest(module, session, digest, Session::digest_final)
}
