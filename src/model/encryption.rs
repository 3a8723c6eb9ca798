//! Encrypting in software, decrypting on the card (RFC 8017 section 7.2). Cards whose certificate is for signatures
//! only never decrypt.

use cns_token::signature::{PKCS1_OVERHEAD, decrypted_message, pkcs1_encrypt_frame};
use zeroize::Zeroizing;

use super::handles::ObjectHandle;
use super::mechanism::Mechanism;
use super::operation::raw_block;
use super::operation_state::{DECRYPT, ENCRYPT, OperationInput};
use super::session::Session;
use super::{ModelError, Result};

impl Session {
    /// `C_EncryptInit`.
    ///
    /// # Errors
    /// `MechanismInvalid` for a mechanism that only signs; else as [`Session::verify_init`].
    pub fn encrypt_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        self.require_public_key(key)?;
        self.require_offered(mechanism.number(), |offered| offered.encrypt)?;
        self.begin(ENCRYPT, mechanism)
    }

    /// Length of the cryptogram under way, in bytes.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn encrypt_output_length(&self) -> Result<usize> {
        self.output_length(ENCRYPT)
    }

    /// `C_Encrypt`: ends the operation.
    ///
    /// # Errors
    /// `OperationNotInitialized`, the data errors.
    pub fn encrypt(&self, data: &[u8]) -> Result<Vec<u8>> {
        let message = self.take_whole(ENCRYPT, data, ModelError::DataLenRange)?;
        self.finish_encryption(message)
    }

    /// `C_EncryptUpdate`: collects; all output comes at the end.
    ///
    /// # Errors
    /// `OperationNotInitialized`, `DataLenRange`.
    pub fn encrypt_update(&self, part: &[u8]) -> Result<()> {
        self.update(ENCRYPT, part, ModelError::DataLenRange)
    }

    /// `C_EncryptFinal`: ends the operation.
    ///
    /// # Errors
    /// As [`Session::encrypt`].
    pub fn encrypt_final(&self) -> Result<Vec<u8>> {
        let message = self.take(ENCRYPT)?;
        self.finish_encryption(message)
    }

    /// `C_DecryptInit`.
    ///
    /// # Errors
    /// `KeyFunctionNotPermitted` where the certificate's key usage is for signatures only; else as `sign_init`.
    pub fn decrypt_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        self.require_private_key(key)?;
        self.require_offered(mechanism.number(), |offered| offered.encrypt)?;
        if !self.token.key.as_ref().is_some_and(|key| key.may_decrypt) {
            return Err(ModelError::KeyFunctionNotPermitted);
        }
        self.begin(DECRYPT, mechanism)
    }

    /// The most bytes that decryption can give.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn decrypt_output_length(&self) -> Result<usize> {
        let length = self.output_length(DECRYPT)?;
        let padded =
            matches!(self.operations().decrypt, Some(OperationInput { mechanism: Mechanism::RsaPkcs, .. }));
        Ok(if padded { length - PKCS1_OVERHEAD } else { length })
    }

    /// `C_Decrypt`: ends the operation. A wrong padding is no error (decision 0018).
    ///
    /// # Errors
    /// `EncryptedDataInvalid` for a number that is not below the modulus, `EncryptedDataLenRange`,
    /// `OperationNotInitialized`, those of the card.
    pub fn decrypt(&self, data: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let message = self.take_whole(DECRYPT, data, ModelError::EncryptedDataLenRange)?;
        self.finish_decryption(message)
    }

    /// `C_DecryptUpdate`: collects; all output comes at the end.
    ///
    /// # Errors
    /// `OperationNotInitialized`, `EncryptedDataLenRange`.
    pub fn decrypt_update(&self, part: &[u8]) -> Result<()> {
        self.update(DECRYPT, part, ModelError::EncryptedDataLenRange)
    }

    /// `C_DecryptFinal`: ends the operation.
    ///
    /// # Errors
    /// As [`Session::decrypt`].
    pub fn decrypt_final(&self) -> Result<Zeroizing<Vec<u8>>> {
        let message = self.take(DECRYPT)?;
        self.finish_decryption(message)
    }

    fn finish_encryption(&self, message: OperationInput) -> Result<Vec<u8>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let content = message.finish();
        let frame = match mechanism {
            Mechanism::RsaPkcs => pkcs1_encrypt_frame(&content, key.length())?,
            _ => raw_block(&content, key)?,
        };
        key.raw(&frame).ok_or(ModelError::DataInvalid)
    }

    fn finish_decryption(&self, message: OperationInput) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let cryptogram = message.finish();
        if cryptogram.len() != key.length() {
            return Err(ModelError::EncryptedDataLenRange);
        }
        if key.block(&cryptogram).is_none() {
            return Err(ModelError::EncryptedDataInvalid);
        }
        let frame = self.slot.private_key_operation(self.insertion, &self.token, &cryptogram)?;
        match mechanism {
            Mechanism::RsaPkcs => Ok(decrypted_message(&frame, &cryptogram)),
            _ => Ok(frame),
        }
    }
}
