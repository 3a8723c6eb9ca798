//! Message digests that can be fed in pieces. Must not know about RSA or padding.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::mechanism::Hash;

/// A digest under way.
pub(super) enum RunningHash {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl RunningHash {
    pub(super) fn new(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1(Sha1::new()),
            Hash::Sha256 => Self::Sha256(Sha256::new()),
            Hash::Sha384 => Self::Sha384(Sha384::new()),
            Hash::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    pub(super) fn update(&mut self, data: &[u8]) {
        match self {
            Self::Sha1(state) => state.update(data),
            Self::Sha256(state) => state.update(data),
            Self::Sha384(state) => state.update(data),
            Self::Sha512(state) => state.update(data),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha1(state) => state.finalize().to_vec(),
            Self::Sha256(state) => state.finalize().to_vec(),
            Self::Sha384(state) => state.finalize().to_vec(),
            Self::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

/// The digest of several pieces, one after the other.
pub(super) fn digest(hash: Hash, pieces: &[&[u8]]) -> Vec<u8> {
    let mut running = RunningHash::new(hash);
    for piece in pieces {
        running.update(piece);
    }
    running.finish()
}
