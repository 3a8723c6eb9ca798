//! Message digesting functions (PKCS#11 2.40 5.10, 3.0 5.12), in software.

use cryptoki_sys::*;

use super::Result;
use super::mechanism;
use super::pointers::{Input, OutBuffer, Pointer};
use super::signing::{NOTHING, ending};
use crate::model::{Cancel, Module};

const DIGEST: Cancel = Cancel { digest: true, ..NOTHING };

/// `C_DigestInit` (PKCS#11 2.40 5.10).
pub(super) fn digest_init(
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
) -> Result<()> {
    let session = module.session(session)?;
    Ok(session.digest_init(mechanism::parse_digest(mechanism)?)?)
}

/// `C_Digest` (PKCS#11 2.40 5.10).
pub(super) fn digest(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    digest: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DIGEST, || {
        let data = data.bytes()?;
        digest.required()?;
        digest.fill(session.digest_output_length()?, || Ok(session.digest(data)?))
    })
}

/// `C_DigestUpdate` (PKCS#11 2.40 5.10).
pub(super) fn digest_update(module: &Module, session: CK_SESSION_HANDLE, part: Input<CK_BYTE>) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DIGEST, || Ok(session.digest_update(part.bytes()?)?))
}

/// `C_DigestFinal` (PKCS#11 2.40 5.10).
pub(super) fn digest_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    digest: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DIGEST, || {
        digest.required()?;
        digest.fill(session.digest_output_length()?, || Ok(session.digest_final()?))
    })
}
