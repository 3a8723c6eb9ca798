//! The operations that a session has under way: begun, fed, taken out. An operation is taken out of the session
//! before the card is asked, so no session lock is held meanwhile, and it is over whatever comes of it.
//! What is done with the message stands in `signing` and `encryption`.

use cns_token::signature::RsaPublicKey;
use cryptoki_sys::{CK_MECHANISM_TYPE, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY};
use zeroize::Zeroizing;

use super::handles::ObjectHandle;
use super::mechanism::{Mechanism, MechanismInfo};
use super::operation_state::{Cancel, DECRYPT, ENCRYPT, OperationInput, OperationSlot, SIGN, VERIFY};
use super::session::Session;
use super::{ModelError, Result};

impl Session {
    /// `C_SessionCancel`: ends the named operations, where they are under way.
    pub fn cancel(&self, which: Cancel) {
        let mut operations = self.operations();
        if which.find {
            operations.search = None;
        }
        if which.digest {
            operations.digest = None;
        }
        for (named, place) in
            [(which.sign, SIGN), (which.verify, VERIFY), (which.encrypt, ENCRYPT), (which.decrypt, DECRYPT)]
        {
            if named {
                *place(&mut operations) = None;
            }
        }
    }

    pub(super) fn begin(&self, place: OperationSlot, mechanism: Mechanism) -> Result<()> {
        let mut operations = self.operations();
        let place = place(&mut operations);
        if place.is_some() {
            return Err(ModelError::OperationActive);
        }
        *place = Some(OperationInput::new(mechanism));
        Ok(())
    }

    pub(super) fn take(&self, place: OperationSlot) -> Result<OperationInput> {
        place(&mut self.operations()).take().ok_or(ModelError::OperationNotInitialized)
    }

    /// Takes the operation with its whole message; one that was begun in parts is not for the single-part functions.
    pub(super) fn take_whole(
        &self,
        place: OperationSlot,
        data: &[u8],
        too_long: ModelError,
    ) -> Result<OperationInput> {
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
    pub(super) fn update(&self, place: OperationSlot, part: &[u8], too_long: ModelError) -> Result<()> {
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

    pub(super) fn output_length(&self, place: OperationSlot) -> Result<usize> {
        match place(&mut self.operations()) {
            Some(_) => Ok(self.public_key()?.length()),
            None => Err(ModelError::OperationNotInitialized),
        }
    }

    pub(super) fn public_key(&self) -> Result<&RsaPublicKey> {
        self.token.key.as_ref().map(|key| &key.public).ok_or(ModelError::KeyHandleInvalid)
    }

    /// The key must be the private one, and its user logged in: checked now, since clients repair it now.
    pub(super) fn require_private_key(&self, key: ObjectHandle) -> Result<()> {
        let Some(object) = self.token.object(key) else {
            let logged_out = self.token.had_private_object(key) && !self.is_user_logged_in();
            return Err(if logged_out { ModelError::UserNotLoggedIn } else { ModelError::KeyHandleInvalid });
        };
        match object.class() {
            CKO_PRIVATE_KEY if self.is_user_logged_in() => Ok(()),
            CKO_PRIVATE_KEY => Err(ModelError::UserNotLoggedIn),
            CKO_PUBLIC_KEY => Err(ModelError::KeyTypeInconsistent),
            _ => Err(ModelError::KeyHandleInvalid),
        }
    }

    /// The mechanism must be one of the token's, for this use: what is listed and what is taken are the same
    /// (PKCS#11 2.40 5.5, C_GetMechanismList).
    pub(super) fn require_offered(
        &self,
        mechanism: Option<CK_MECHANISM_TYPE>,
        has_use: fn(&MechanismInfo) -> bool,
    ) -> Result<()> {
        let offered = self.token.mechanisms().find(|offered| Some(offered.mechanism) == mechanism);
        if offered.is_some_and(|offered| has_use(&offered)) {
            Ok(())
        } else {
            Err(ModelError::MechanismInvalid)
        }
    }

    pub(super) fn require_public_key(&self, key: ObjectHandle) -> Result<()> {
        let object = self.object(key).map_err(|_| ModelError::KeyHandleInvalid)?;
        match object.class() {
            CKO_PUBLIC_KEY => Ok(()),
            CKO_PRIVATE_KEY => Err(ModelError::KeyTypeInconsistent),
            _ => Err(ModelError::KeyHandleInvalid),
        }
    }
}

/// A number for raw RSA: filled up with zeros on the left (PKCS#11 3.0 section 6.1.7), below the modulus.
pub(super) fn raw_block(content: &[u8], key: &RsaPublicKey) -> Result<Zeroizing<Vec<u8>>> {
    if content.len() > key.length() {
        return Err(ModelError::DataLenRange);
    }
    key.block(content).ok_or(ModelError::DataInvalid)
}
