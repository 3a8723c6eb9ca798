//! Signing, verifying, encrypting and decrypting: the operations that a session has under way.
//!
//! Hashing and padding happen here, the card does one raw RSA operation. An operation is taken out of the session
//! before the card is asked, so no session lock is held meanwhile, and it is over whatever comes of it.

use zeroize::{Zeroize, Zeroizing};

use super::hash::RunningHash;
use super::mechanism::{Mechanism, PssParameters};
use super::padding::{
    PKCS1_OVERHEAD, digest_info, pkcs1_decrypted_message, pkcs1_encrypt_frame, pkcs1_sign_frame, pss_fits,
    pss_frame, pss_is_consistent,
};
use super::rsa_public::{RsaPublicKey, left_pad};
use super::session::{ObjectHandle, Session};
use super::{ModelError, Result};
use cryptoki_sys::{CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};

/// The operations a session has under way, one of each kind at most.
#[derive(Default)]
pub(super) struct Operations {
    /// Handles found and not yet given, last one first.
    pub(super) search: Option<Vec<ObjectHandle>>,
    sign: Option<Message>,
    verify: Option<Message>,
    encrypt: Option<Message>,
    decrypt: Option<Message>,
}

/// Which operations `C_SessionCancel` ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the standard's own
pub struct Cancel {
    pub find: bool,
    pub sign: bool,
    pub verify: bool,
    pub encrypt: bool,
    pub decrypt: bool,
}

/// What was given so far to an operation.
struct Message {
    mechanism: Mechanism,
    content: Content,
    /// A part was given: only the multi-part functions may go on.
    in_parts: bool,
}

enum Content {
    Hashed(RunningHash),
    Collected(Zeroizing<Vec<u8>>),
}

impl Message {
    fn new(mechanism: Mechanism) -> Self {
        let content = match mechanism {
            Mechanism::HashRsaPkcs(hash) | Mechanism::HashRsaPss(PssParameters { hash, .. }) => {
                Content::Hashed(RunningHash::new(hash))
            }
            Mechanism::RsaPkcs | Mechanism::RsaX509 | Mechanism::RsaPss(_) => {
                Content::Collected(Zeroizing::default())
            }
        };
        Self { mechanism, content, in_parts: false }
    }

    /// Takes more of the message; what is not hashed can never be longer than the key.
    fn add(&mut self, part: &[u8], longest: usize, too_long: ModelError) -> Result<()> {
        match &mut self.content {
            Content::Hashed(hash) => hash.update(part),
            Content::Collected(collected) if collected.len().saturating_add(part.len()) > longest => {
                return Err(too_long);
            }
            Content::Collected(collected) => collected.extend_from_slice(part),
        }
        Ok(())
    }

    fn finish(self) -> Zeroizing<Vec<u8>> {
        match self.content {
            Content::Hashed(hash) => Zeroizing::new(hash.finish()),
            Content::Collected(collected) => collected,
        }
    }
}

/// Which of a session's operations is meant.
type Place = fn(&mut Operations) -> &mut Option<Message>;
const SIGN: Place = |operations| &mut operations.sign;
const VERIFY: Place = |operations| &mut operations.verify;
const ENCRYPT: Place = |operations| &mut operations.encrypt;
const DECRYPT: Place = |operations| &mut operations.decrypt;

impl Session {
    /// `C_SignInit`.
    ///
    /// # Errors
    /// `OperationActive`, `KeyHandleInvalid`, `UserNotLoggedIn`, `KeyTypeInconsistent`, `KeySizeRange`.
    pub fn sign_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        self.expect_private_key(key)?;
        self.expect_key_size(mechanism)?;
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
        self.expect_public_key(key)?;
        self.expect_key_size(mechanism)?;
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

    /// `C_EncryptInit`.
    ///
    /// # Errors
    /// `MechanismInvalid` for a mechanism that only signs; else as [`Session::verify_init`].
    pub fn encrypt_init(&self, mechanism: Mechanism, key: ObjectHandle) -> Result<()> {
        expect_encryption(mechanism)?;
        self.expect_public_key(key)?;
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
        expect_encryption(mechanism)?;
        self.expect_private_key(key)?;
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
        let padded = matches!(self.operations().decrypt, Some(Message { mechanism: Mechanism::RsaPkcs, .. }));
        Ok(if padded { length - PKCS1_OVERHEAD } else { length })
    }

    /// `C_Decrypt`: ends the operation.
    ///
    /// # Errors
    /// `EncryptedDataInvalid`, `EncryptedDataLenRange`, `OperationNotInitialized`, those of the card.
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

    /// `C_SessionCancel`: ends the named operations, where they are under way.
    pub fn cancel(&self, which: Cancel) {
        let mut operations = self.operations();
        if which.find {
            operations.search = None;
        }
        for (named, place) in
            [(which.sign, SIGN), (which.verify, VERIFY), (which.encrypt, ENCRYPT), (which.decrypt, DECRYPT)]
        {
            if named {
                *place(&mut operations) = None;
            }
        }
    }

    fn begin(&self, place: Place, mechanism: Mechanism) -> Result<()> {
        let mut operations = self.operations();
        let place = place(&mut operations);
        if place.is_some() {
            return Err(ModelError::OperationActive);
        }
        *place = Some(Message::new(mechanism));
        Ok(())
    }

    fn take(&self, place: Place) -> Result<Message> {
        place(&mut self.operations()).take().ok_or(ModelError::OperationNotInitialized)
    }

    /// Takes the operation with its whole message; one that was begun in parts is not for the single-part functions.
    fn take_whole(&self, place: Place, data: &[u8], too_long: ModelError) -> Result<Message> {
        let mut message = {
            let mut operations = self.operations();
            let place = place(&mut operations);
            match place {
                Some(message) if message.in_parts => return Err(ModelError::OperationActive),
                _ => place.take().ok_or(ModelError::OperationNotInitialized)?,
            }
        };
        message.add(data, self.public_key()?.length(), too_long)?;
        Ok(message)
    }

    /// Adds a part; a failure ends the operation.
    fn update(&self, place: Place, part: &[u8], too_long: ModelError) -> Result<()> {
        let longest = self.public_key()?.length();
        let mut operations = self.operations();
        let place = place(&mut operations);
        let message = place.as_mut().ok_or(ModelError::OperationNotInitialized)?;
        message.in_parts = true;
        let added = message.add(part, longest, too_long);
        if added.is_err() {
            *place = None;
        }
        added
    }

    fn output_length(&self, place: Place) -> Result<usize> {
        match place(&mut self.operations()) {
            Some(_) => Ok(self.public_key()?.length()),
            None => Err(ModelError::OperationNotInitialized),
        }
    }

    fn finish_signature(&self, message: Message) -> Result<Vec<u8>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let block = signature_block(mechanism, &message.finish(), key)?;
        let signature = self.slot.private_key_operation(self.insertion, &self.token, &block)?;
        Ok(signature.to_vec())
    }

    fn finish_verification(&self, message: Message, signature: &[u8]) -> Result<()> {
        let key = self.public_key()?;
        if signature.len() != key.length() {
            return Err(ModelError::SignatureLenRange);
        }
        if !key.is_in_range(signature) {
            return Err(ModelError::SignatureInvalid);
        }
        let mechanism = message.mechanism;
        let content = message.finish();
        let frame = key.raw(signature);
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

    fn finish_encryption(&self, message: Message) -> Result<Vec<u8>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let content = message.finish();
        let frame = match mechanism {
            Mechanism::RsaPkcs => pkcs1_encrypt_frame(&content, key.length())?,
            _ => Zeroizing::new(raw_block(&content, key)?),
        };
        Ok(key.raw(&frame))
    }

    fn finish_decryption(&self, message: Message) -> Result<Zeroizing<Vec<u8>>> {
        let key = self.public_key()?;
        let mechanism = message.mechanism;
        let cryptogram = message.finish();
        if cryptogram.len() != key.length() {
            return Err(ModelError::EncryptedDataLenRange);
        }
        if !key.is_in_range(&cryptogram) {
            return Err(ModelError::EncryptedDataInvalid);
        }
        let frame = self.slot.private_key_operation(self.insertion, &self.token, &cryptogram)?;
        if mechanism == Mechanism::RsaPkcs { pkcs1_decrypted_message(&frame) } else { Ok(frame) }
    }

    fn public_key(&self) -> Result<&RsaPublicKey> {
        self.token.key.as_ref().map(|key| &key.public).ok_or(ModelError::KeyHandleInvalid)
    }

    /// The key must be the private one, and its user logged in: told now, since clients repair it now.
    fn expect_private_key(&self, key: ObjectHandle) -> Result<()> {
        let object = self.token.object(key).ok_or(ModelError::KeyHandleInvalid)?;
        match object.class() {
            CKO_PRIVATE_KEY if self.is_user_logged_in() => Ok(()),
            CKO_PRIVATE_KEY => Err(ModelError::UserNotLoggedIn),
            CKO_PUBLIC_KEY => Err(ModelError::KeyTypeInconsistent),
            _ => Err(ModelError::KeyHandleInvalid),
        }
    }

    fn expect_public_key(&self, key: ObjectHandle) -> Result<()> {
        let object = self.object(key).map_err(|_| ModelError::KeyHandleInvalid)?;
        match object.class() {
            CKO_PUBLIC_KEY => Ok(()),
            CKO_PRIVATE_KEY => Err(ModelError::KeyTypeInconsistent),
            _ => Err(ModelError::KeyHandleInvalid),
        }
    }

    /// A key of 1024 bits cannot hold a SHA-512 signature with a 64-byte salt: said before anything is signed.
    fn expect_key_size(&self, mechanism: Mechanism) -> Result<()> {
        let (Mechanism::RsaPss(parameters) | Mechanism::HashRsaPss(parameters)) = mechanism else {
            return Ok(());
        };
        if pss_fits(parameters, self.public_key()?.bits()) { Ok(()) } else { Err(ModelError::KeySizeRange) }
    }
}

fn expect_encryption(mechanism: Mechanism) -> Result<()> {
    match mechanism {
        Mechanism::RsaPkcs | Mechanism::RsaX509 => Ok(()),
        _ => Err(ModelError::MechanismInvalid),
    }
}

/// What the card gets to sign: as long as the modulus.
fn signature_block(mechanism: Mechanism, content: &[u8], key: &RsaPublicKey) -> Result<Vec<u8>> {
    match mechanism {
        Mechanism::RsaPkcs => pkcs1_sign_frame(content, key.length()),
        Mechanism::RsaX509 => raw_block(content, key),
        Mechanism::RsaPss(parameters) | Mechanism::HashRsaPss(parameters) => {
            pss_frame(content, parameters, key.bits())
        }
        Mechanism::HashRsaPkcs(hash) => {
            let mut info = digest_info(hash, content);
            let frame = pkcs1_sign_frame(&info, key.length()).map_err(|_| ModelError::KeySizeRange);
            info.zeroize();
            frame
        }
    }
}

/// A number for raw RSA: filled up with zeros on the left (PKCS#11 3.0 section 6.1.7), below the modulus.
fn raw_block(content: &[u8], key: &RsaPublicKey) -> Result<Vec<u8>> {
    if content.len() > key.length() {
        return Err(ModelError::DataLenRange);
    }
    if !key.is_in_range(content) {
        return Err(ModelError::DataInvalid);
    }
    Ok(left_pad(content, key.length()))
}
