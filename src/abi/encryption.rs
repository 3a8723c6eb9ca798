//! Encryption functions (PKCS#11 2.40 and 3.0, section 5.8) and decryption functions (5.9).

use cryptoki_sys::*;

use super::operation::{NOTHING, Operation};
use super::pointers::{Input, OutBuffer, Pointer};
use super::{Result, Version, mechanism};
use crate::model::{Cancel, Module, Session};

const ENCRYPT: Operation =
    Operation { end: Cancel { encrypt: true, ..NOTHING }, output_length: Session::encrypt_output_length };
/// The length given is the most that can come out: the true one would need the card.
const DECRYPT: Operation =
    Operation { end: Cancel { decrypt: true, ..NOTHING }, output_length: Session::decrypt_output_length };

/// `C_EncryptInit` (PKCS#11 2.40 5.8, 3.0 5.8).
pub(super) fn encrypt_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    ENCRYPT.begin(version, module, session, mechanism, mechanism::parse, |session, mechanism| {
        session.encrypt_init(mechanism, key)
    })
}

/// `C_Encrypt` (PKCS#11 2.40 5.8).
pub(super) fn encrypt(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: Input<CK_BYTE>,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    ENCRYPT.whole(module, session, data, cryptogram, Session::encrypt)
}

/// `C_EncryptUpdate` (PKCS#11 2.40 5.8).
pub(super) fn encrypt_update(
    module: &Module,
    session: CK_SESSION_HANDLE,
    part: Input<CK_BYTE>,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    ENCRYPT.part_with_output(module, session, part, cryptogram, Session::encrypt_update)
}

/// `C_EncryptFinal` (PKCS#11 2.40 5.8).
pub(super) fn encrypt_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    cryptogram: OutBuffer<CK_BYTE>,
) -> Result<()> {
    ENCRYPT.rest(module, session, cryptogram, Session::encrypt_final)
}

/// `C_DecryptInit` (PKCS#11 2.40 5.9, 3.0 5.9).
pub(super) fn decrypt_init(
    version: Version,
    module: &Module,
    session: CK_SESSION_HANDLE,
    mechanism: Pointer<CK_MECHANISM>,
    key: CK_OBJECT_HANDLE,
) -> Result<()> {
    DECRYPT.begin(version, module, session, mechanism, mechanism::parse, |session, mechanism| {
        session.decrypt_init(mechanism, key)
    })
}

/// `C_Decrypt` (PKCS#11 2.40 5.9).
pub(super) fn decrypt(
    module: &Module,
    session: CK_SESSION_HANDLE,
    cryptogram: Input<CK_BYTE>,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    DECRYPT.whole(module, session, cryptogram, data, Session::decrypt)
}

/// `C_DecryptUpdate` (PKCS#11 2.40 5.9).
pub(super) fn decrypt_update(
    module: &Module,
    session: CK_SESSION_HANDLE,
    part: Input<CK_BYTE>,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    DECRYPT.part_with_output(module, session, part, data, Session::decrypt_update)
}

/// `C_DecryptFinal` (PKCS#11 2.40 5.9).
pub(super) fn decrypt_final(
    module: &Module,
    session: CK_SESSION_HANDLE,
    data: OutBuffer<CK_BYTE>,
) -> Result<()> {
    DECRYPT.rest(module, session, data, Session::decrypt_final)
}
