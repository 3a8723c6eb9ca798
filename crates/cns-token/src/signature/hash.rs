//! Message digests that can be fed in pieces. Must not know about RSA or padding.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// The hash functions that signatures use here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the standard's own")]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// Length of the digest in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha256 => 32,
            Hash::Sha384 => 48,
            Hash::Sha512 => 64,
        }
    }
}

/// A digest under way.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "one variant for each hash")]
pub enum RunningHash {
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
}

impl RunningHash {
    /// Begins a digest.
    #[must_use]
    pub fn new(hash: Hash) -> Self {
        match hash {
            Hash::Sha1 => Self::Sha1(Sha1::new()),
            Hash::Sha256 => Self::Sha256(Sha256::new()),
            Hash::Sha384 => Self::Sha384(Sha384::new()),
            Hash::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    /// Takes the next piece of the message.
    pub fn update(&mut self, data: &[u8]) {
        match self {
            Self::Sha1(state) => state.update(data),
            Self::Sha256(state) => state.update(data),
            Self::Sha384(state) => state.update(data),
            Self::Sha512(state) => state.update(data),
        }
    }

    /// The digest, as long as [`Hash::length`] says.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha1(state) => state.finalize().to_vec(),
            Self::Sha256(state) => state.finalize().to_vec(),
            Self::Sha384(state) => state.finalize().to_vec(),
            Self::Sha512(state) => state.finalize().to_vec(),
        }
    }
}

/// The digest of several pieces, one after the other.
#[must_use]
pub fn digest(hash: Hash, pieces: &[&[u8]]) -> Vec<u8> {
    let mut running = RunningHash::new(hash);
    for piece in pieces {
        running.update(piece);
    }
    running.finish()
}
