//! Hashing for its own sake, in software. No CNS hashes for us; it is here because Java's provider signs RSASSA-PSS, and
//! so TLS 1.3, only with tokens that offer the hash too (docs/decisions, "software digests").

use cns_token::signature::{Hash, RunningHash};

use super::mechanism::digest_mechanism;
use super::operation_state::Digest;
use super::session::Session;
use super::{ModelError, Result};

impl Session {
    /// `C_DigestInit`.
    ///
    /// # Errors
    /// `MechanismInvalid` on a token that offers none; `OperationActive`.
    pub fn digest_init(&self, hash: Hash) -> Result<()> {
        self.require_offered(Some(digest_mechanism(hash)), |offered| offered.digest)?;
        let mut operations = self.operations();
        if operations.digest.is_some() {
            return Err(ModelError::OperationActive);
        }
        operations.digest = Some(Digest { hash, running: RunningHash::new(hash), in_parts: false });
        Ok(())
    }

    /// Length of the digest under way, in bytes.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn digest_output_length(&self) -> Result<usize> {
        let operations = self.operations();
        operations
            .digest
            .as_ref()
            .map(|digest| digest.hash.length())
            .ok_or(ModelError::OperationNotInitialized)
    }

    /// `C_Digest`: ends the operation.
    ///
    /// # Errors
    /// `OperationNotInitialized`, `OperationActive` for one that was begun in parts.
    pub fn digest(&self, data: &[u8]) -> Result<Vec<u8>> {
        let mut operations = self.operations();
        if operations.digest.as_ref().is_some_and(|digest| digest.in_parts) {
            return Err(ModelError::OperationActive);
        }
        let mut digest = operations.digest.take().ok_or(ModelError::OperationNotInitialized)?;
        drop(operations);
        digest.running.update(data);
        Ok(digest.running.finish())
    }

    /// `C_DigestUpdate`.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn digest_update(&self, part: &[u8]) -> Result<()> {
        let mut operations = self.operations();
        let digest = operations.digest.as_mut().ok_or(ModelError::OperationNotInitialized)?;
        digest.in_parts = true;
        digest.running.update(part);
        Ok(())
    }

    /// `C_DigestFinal`: ends the operation.
    ///
    /// # Errors
    /// `OperationNotInitialized`.
    pub fn digest_final(&self) -> Result<Vec<u8>> {
        let digest = self.operations().digest.take().ok_or(ModelError::OperationNotInitialized)?;
        Ok(digest.running.finish())
    }
}
