//! Signing and verifying: hashing and padding here, one raw RSA operation on the card (RFC 8017 section 8).

use cns_token::signature::{
    RsaPublicKey, digest_info, pkcs1_sign_frame, pss_fits, pss_frame, pss_is_consistent,
};
use zeroize::Zeroize;

use super::handles::ObjectHandle;
use super::mechanism::Mechanism;
use super::operation::raw_block;
use super::operation_state::{OperationInput, SIGN, VERIFY};
use super::session::Session;
use super::{ModelError, Result};

impl Session {
    /// `C_SignInit`.
    ///
    /// # Errors
    /// `OperationActive`, `KeyHandleInvalid`, `UserNotLoggedIn`, `KeyTypeInconsistent`, `MechanismInvalid`,
    /// `KeySizeRange`.
    pub fn sign_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        self.require_private_key(key)?;
        self.require_offered(mechanism.number(), |offered| offered.sign)?;
        self.require_key_size(mechanism)?;
        self.begin(SIGN, mechanism)
    }

    /// Length of the signature under way, in bytes.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn sign_output_length(&self) -> Result<usize> {
        self.output_length(SIGN)
    }

    /// `C_Sign`: ends the operation.
    ///
    /// # Errors
    /// `OperationNotInitialized`, the data errors, those of the card.
    pub fn sign(&self, data: &[u8]) -> Result<Vec<u8>> {
        let message = self.take_whole(SIGN, data, ModelError::DataLenRange)?;
        self.finish_signature(message)
    }

    /// `C_SignUpdate`.
    ///
    /// # Errors
    /// `OperationNotInitialized`, `DataLenRange`.
    pub fn sign_update(&self, part: &[u8]) -> Result<()> {
        self.update(SIGN, part, ModelError::DataLenRange)
    }

    /// `C_SignFinal`: ends the operation.
    ///
    /// # Errors
    /// As [`Session::sign`].
    pub fn sign_final(&self) -> Result<Vec<u8>> {
        let message = self.take(SIGN)?;
        self.finish_signature(message)
    }

    /// `C_VerifyInit`.
    ///
    /// # Errors
    /// As [`Session::sign_init`], for a public key.
    pub fn verify_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        self.require_public_key(key)?;
        self.require_offered(mechanism.number(), |offered| offered.sign)?;
        self.require_key_size(mechanism)?;
        self.begin(VERIFY, mechanism)
    }

    /// `C_Verify`: ends the operation.
    ///
    /// # Errors
    /// `SignatureInvalid`, `SignatureLenRange`, `OperationNotInitialized`, the data errors.
    pub fn verify(&self, data: &[u8], signature: &[u8]) -> Result<()> {
        let message = self.take_whole(VERIFY, data, ModelError::DataLenRange)?;
        self.finish_verification(message, signature)
    }

    /// `C_VerifyUpdate`.
    ///
    /// # Errors
    /// `OperationNotInitialized`, `DataLenRange`.
    pub fn verify_update(&self, part: &[u8]) -> Result<()> {
        self.update(VERIFY, part, ModelError::DataLenRange)
    }

    /// `C_VerifyFinal`: ends the operation.
    ///
    /// # Errors
    /// As [`Session::verify`].
    pub fn verify_final(&self, signature: &[u8]) -> Result<()> {
        let message = self.take(VERIFY)?;
        self.finish_verification(message, signature)
    }

    fn finish_signature(&self, message: OperationInput) -> Result<Vec<u8>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let block = signature_block(mechanism, &message.finish(), key)?;
        let signature = self.slot.private_key_operation(self.insertion, &self.token, &block)?;
        Ok(signature.to_vec())
    }

    fn finish_verification(&self, message: OperationInput, signature: &[u8]) -> Result<()> {
        let key = self.public_key()?;
        if signature.len() != key.length() {
            return Err(ModelError::SignatureLenRange);
        }
        let frame = key.raw(signature).ok_or(ModelError::SignatureInvalid)?;
        let mechanism = message.mechanism;
        let content = message.finish();
        let consistent = match mechanism {
            Mechanism::RsaPss(parameters) | Mechanism::HashRsaPss(parameters) => {
                if content.len() != parameters.hash.length() {
                    return Err(ModelError::DataLenRange);
                }
                pss_is_consistent(&frame, &content, parameters, key.bits())
            }
            _ => signature_block(mechanism, &content, key)? == frame,
        };
        if consistent { Ok(()) } else { Err(ModelError::SignatureInvalid) }
    }

    /// A key of 1024 bits cannot hold a SHA-512 signature with a 64-byte salt: said before anything is signed.
    fn require_key_size(&self, mechanism: Mechanism) -> Result<()> {
        let (Mechanism::RsaPss(parameters) | Mechanism::HashRsaPss(parameters)) = mechanism else {
            return Ok(());
        };
        if pss_fits(parameters, self.public_key()?.bits()) { Ok(()) } else { Err(ModelError::KeySizeRange) }
    }
}

/// What the card gets to sign: as long as the modulus.
fn signature_block(mechanism: Mechanism, content: &[u8], key: &RsaPublicKey) -> Result<Vec<u8>> {
    match mechanism {
        Mechanism::RsaPkcs => Ok(pkcs1_sign_frame(content, key.length())?),
        Mechanism::RsaX509 => raw_block(content, key).map(|block| block.to_vec()),
        Mechanism::RsaPss(parameters) | Mechanism::HashRsaPss(parameters) => {
            Ok(pss_frame(content, parameters, key.bits())?)
        }
        Mechanism::HashRsaPkcs(hash) => {
            let mut info = digest_info(hash, content);
            let frame = pkcs1_sign_frame(&info, key.length()).map_err(|_| ModelError::KeySizeRange);
            info.zeroize();
            frame
        }
    }
}
