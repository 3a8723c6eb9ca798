//! The operations that a session has under way, as data: one of each kind at most.

use cns_token::signature::{Hash, PssParameters, RunningHash};
use zeroize::Zeroizing;

use super::handles::ObjectHandle;
use super::mechanism::Mechanism;
use super::{ModelError, Result};

/// The operations a session has under way, one of each kind at most.
#[derive(Default)]
pub(super) struct Operations {
    /// Handles found and not yet given, last one first.
    pub(super) search: Option<Vec<ObjectHandle>>,
    pub(super) digest: Option<Digest>,
    pub(super) sign: Option<OperationInput>,
    pub(super) verify: Option<OperationInput>,
    pub(super) encrypt: Option<OperationInput>,
    pub(super) decrypt: Option<OperationInput>,
}

/// Which operations `C_SessionCancel` ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the standard's own
pub struct Cancel {
    pub find: bool,
    pub digest: bool,
    pub sign: bool,
    pub verify: bool,
    pub encrypt: bool,
    pub decrypt: bool,
}

/// What was given so far to an operation.
pub(super) struct OperationInput {
    pub(super) mechanism: Mechanism,
    content: InputContent,
    /// A part was given: only the multi-part functions may go on.
    pub(super) in_parts: bool,
}

enum InputContent {
    Hashed(RunningHash),
    Collected(Zeroizing<Vec<u8>>),
}

impl OperationInput {
    pub(super) fn new(mechanism: Mechanism) -> Self {
        let content = match mechanism {
            Mechanism::HashRsaPkcs(hash) | Mechanism::HashRsaPss(PssParameters { hash, .. }) => {
                InputContent::Hashed(RunningHash::new(hash))
            }
            Mechanism::RsaPkcs | Mechanism::RsaX509 | Mechanism::RsaPss(_) => {
                InputContent::Collected(Zeroizing::default())
            }
        };
        Self { mechanism, content, in_parts: false }
    }

    /// Takes more of the message; what is not hashed can never be longer than the key.
    pub(super) fn add(&mut self, part: &[u8], longest: usize, too_long: ModelError) -> Result<()> {
        match &mut self.content {
            InputContent::Hashed(hash) => hash.update(part),
            InputContent::Collected(collected) if collected.len().saturating_add(part.len()) > longest => {
                return Err(too_long);
            }
            InputContent::Collected(collected) => collected.extend_from_slice(part),
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Zeroizing<Vec<u8>> {
        match self.content {
            InputContent::Hashed(hash) => Zeroizing::new(hash.finish()),
            InputContent::Collected(collected) => collected,
        }
    }
}

/// A digest under way.
pub(super) struct Digest {
    pub(super) hash: Hash,
    pub(super) running: RunningHash,
    pub(super) in_parts: bool,
}

/// Which of a session's operations is meant.
pub(super) type OperationSlot = fn(&mut Operations) -> &mut Option<OperationInput>;
pub(super) const SIGN: OperationSlot = |operations| &mut operations.sign;
pub(super) const VERIFY: OperationSlot = |operations| &mut operations.verify;
pub(super) const ENCRYPT: OperationSlot = |operations| &mut operations.encrypt;
pub(super) const DECRYPT: OperationSlot = |operations| &mut operations.decrypt;
