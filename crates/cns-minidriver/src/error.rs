//! Why a call failed, in words; `abi/codes.rs` has the code of each.

use cns_card::CardError;
use cns_token::{PinCommandError, SecurityStatusNotCleared};

/// The result of every function of this crate.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Why a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    #[error("an argument is missing or impossible")]
    InvalidParameter,
    #[error("the caller gave no handle")]
    InvalidHandle,
    #[error("not offered by this minidriver")]
    UnsupportedFeature,
    #[error("a structure of a version that is not offered")]
    RevisionMismatch,
    #[error("not a card for this minidriver")]
    UnknownCard,
    #[error("the buffer is too small")]
    InsufficientBuffer,
    #[error("the caller has no memory")]
    NoMemory,
    #[error("no such directory")]
    DirectoryNotFound,
    #[error("no such file")]
    FileNotFound,
    #[error("no such container")]
    NoKeyContainer,
    #[error("one try is left and is not spent")]
    LastRetryProtected,
    #[error("the signature does not fit the certificate")]
    SignatureNotConfirmed,
    #[error("a panic inside the minidriver")]
    Panicked,
    #[error(transparent)]
    Card(#[from] CardError),
}

impl From<PinCommandError> for Error {
    fn from(error: PinCommandError) -> Self {
        match error {
            PinCommandError::LastRetryProtected => Self::LastRetryProtected,
            PinCommandError::Card(error) => Self::Card(error),
        }
    }
}

impl From<cns_card::TransportError> for Error {
    fn from(error: cns_card::TransportError) -> Self {
        Self::Card(error.into())
    }
}

impl From<SecurityStatusNotCleared> for Error {
    fn from(error: SecurityStatusNotCleared) -> Self {
        error.0.into()
    }
}
