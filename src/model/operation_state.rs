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
    pub(super) sign: Option<Message>,
    pub(super) verify: Option<Message>,
    pub(super) encrypt: Option<Message>,
    pub(super) decrypt: Option<Message>,
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
pub(super) struct Message {
    pub(super) mechanism: Mechanism,
    content: MessageContent,
    /// A part was given: only the multi-part functions may go on.
    pub(super) in_parts: bool,
}

enum MessageContent {
    Hashed(RunningHash),
    Collected(Zeroizing<Vec<u8>>),
}

impl Message {
    pub(super) fn new(mechanism: Mechanism) -> Self {
        let content = match mechanism {
            Mechanism::HashRsaPkcs(hash) | Mechanism::HashRsaPss(PssParameters { hash, .. }) => {
                MessageContent::Hashed(RunningHash::new(hash))
            }
            Mechanism::RsaPkcs | Mechanism::RsaX509 | Mechanism::RsaPss(_) => {
                MessageContent::Collected(Zeroizing::default())
            }
        };
        Self { mechanism, content, in_parts: false }
    }

    /// Takes more of the message; what is not hashed can never be longer than the key.
    pub(super) fn add(&mut self, part: &[u8], longest: usize, too_long: ModelError) -> Result<()> {
        match &mut self.content {
            MessageContent::Hashed(hash) => hash.update(part),
            MessageContent::Collected(collected) if collected.len().saturating_add(part.len()) > longest => {
                return Err(too_long);
            }
            MessageContent::Collected(collected) => collected.extend_from_slice(part),
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Zeroizing<Vec<u8>> {
        match self.content {
            MessageContent::Hashed(hash) => Zeroizing::new(hash.finish()),
            MessageContent::Collected(collected) => collected,
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
pub(super) type OperationSlot = fn(&mut Operations) -> &mut Option<Message>;
pub(super) const SIGN: OperationSlot = |operations| &mut operations.sign;
pub(super) const VERIFY: OperationSlot = |operations| &mut operations.verify;
pub(super) const ENCRYPT: OperationSlot = |operations| &mut operations.encrypt;
pub(super) const DECRYPT: OperationSlot = |operations| &mut operations.decrypt;
