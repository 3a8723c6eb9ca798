//! Encryption functions (PKCS#11 2.40 and 3.0, section 5.8) and decryption functions (5.9).
//!
//! The steps of an operation end it as in `signing.rs`. An update gives nothing out: RSA takes its data as a whole, so
//! the parts are collected and the final step works on them.

use cryptoki_sys::*;

use super::pointers::{Input, OutBuffer, Pointer};
use super::signing::{NOTHING, ending};
use super::{Result, Version, mechanism};
use crate::model::{Cancel, Module};

/// `C_EncryptInit` (PKCS#11 2.40 5.8, 3.0 5.8). In 3.0 a NULL mechanism ends the operation under way.
pub(super) fn encrypt_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let session = module.session(session)?;
    if mechanism.is_null() && version == Version::V3_0 {
        session.cancel(ENCRYPT);
        return Ok(());
    }
    Ok(session.encrypt_init(mechanism::parse(mechanism)?, key)?)
}

/// `C_Encrypt` (PKCS#11 2.40 5.8).
pub(super) fn encrypt(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, ENCRYPT, || {
        let data = data.bytes()?;
        cryptogram.required()?;
        cryptogram.fill(session.encrypt_output_length()?, || Ok(session.encrypt(data)?))
    })
}

/// `C_EncryptUpdate` (PKCS#11 2.40 5.8).
pub(super) fn encrypt_update(
    module: &Module,
    session: CK_SESSION_HANDLE,
    part: Input<CK_BYTE>,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, ENCRYPT, || {
        let part = part.bytes()?;
        cryptogram.required()?;
        session.encrypt_output_length()?;
        cryptogram.fill(0, || session.encrypt_update(part).map(|()| []).map_err(Into::into))
    })
}

/// `C_EncryptFinal` (PKCS#11 2.40 5.8).
pub(super) fn encrypt_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, ENCRYPT, || {
        cryptogram.required()?;
        cryptogram.fill(session.encrypt_output_length()?, || Ok(session.encrypt_final()?))
    })
}

/// `C_DecryptInit` (PKCS#11 2.40 5.9, 3.0 5.9). In 3.0 a NULL mechanism ends the operation under way.
pub(super) fn decrypt_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    let session = module.session(session)?;
    if mechanism.is_null() && version == Version::V3_0 {
        session.cancel(DECRYPT);
        return Ok(());
    }
    Ok(session.decrypt_init(mechanism::parse(mechanism)?, key)?)
}

/// `C_Decrypt` (PKCS#11 2.40 5.9). The length told is the most that can come out: the true one would need the card.
pub(super) fn decrypt(
    module: &Module,
    session: CK_SESSION_HANDLE,
    cryptogram: Input<CK_BYTE>,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DECRYPT, || {
        let cryptogram = cryptogram.bytes()?;
        data.required()?;
        data.fill(session.decrypt_output_length()?, || Ok(session.decrypt(cryptogram)?))
    })
}

/// `C_DecryptUpdate` (PKCS#11 2.40 5.9).
pub(super) fn decrypt_update(
    module: &Module,
    session: CK_SESSION_HANDLE,
    part: Input<CK_BYTE>,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DECRYPT, || {
        let part = part.bytes()?;
        data.required()?;
        session.decrypt_output_length()?;
        data.fill(0, || session.decrypt_update(part).map(|()| []).map_err(Into::into))
    })
}

/// `C_DecryptFinal` (PKCS#11 2.40 5.9).
pub(super) fn decrypt_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    let session = module.session(session)?;
    ending(&session, DECRYPT, || {
        data.required()?;
        data.fill(session.decrypt_output_length()?, || Ok(session.decrypt_final()?))
    })
}

const ENCRYPT: Cancel = Cancel { encrypt: true, ..NOTHING };
const DECRYPT: Cancel = Cancel { decrypt: true, ..NOTHING };
