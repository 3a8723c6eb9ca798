//! Many programs and many times: threads and readers, rivals, forks, loading and unloading, the end in the middle of a
//! call. A short form runs with all tests; `cargo xtask soak` runs it long. Each test prints its figures.

#[path = "../common/mod.rs"]
mod common;

pub(crate) use testkit::pkcs11::call;

mod ends;
mod forks;
mod loading;
mod rivals;
mod threads;

use common::SessionGuard;
use common::oracle::{Hash, pkcs1_is_good};
use cryptoki_sys::{CK_RV, CKA_CLASS, CKM_SHA256_RSA_PKCS, CKO_PRIVATE_KEY, CKR_USER_NOT_LOGGED_IN};
use testkit::pkcs11::mechanism;

pub(crate) const PIN: &[u8] = virtual_cns::DEFAULT_PIN.as_bytes();
pub(crate) const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

/// So often with all tests, so often in the soak.
pub(crate) fn times(short: u64, long: u64) -> u64 {
    if common::apart::is_soak() { long } else { short }
}

/// Signs; a signature that is given out must be right by another implementation's judgement. Without a login there is no
/// key to be found, which counts as the code that says so.
pub(crate) fn sign(session: &SessionGuard<'_>, certificate: &[u8]) -> Result<(), CK_RV> {
    let keys = session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())])?;
    let [key] = keys[..] else { return Err(CKR_USER_NOT_LOGGED_IN) };
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key)?;
    let signature = session.sign_once(MESSAGE)?;
    assert!(pkcs1_is_good(certificate, Hash::Sha256, MESSAGE, &signature), "a wrong signature");
    Ok(())
}
