//! Everything that can go wrong above the card, in the words of PKCS#11 but without its numbers:
//! the return codes themselves live in `abi/rv.rs` and nowhere else.

use cns_card::{CardError, Retries, TransportError};
use cns_token::SecurityStatusNotCleared;
use cns_token::signature::PaddingError;

/// Why a call could not be done. Each variant is one fact a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No slot has this id.
    #[error("no slot has this id")]
    SlotIdInvalid,
    /// The reader is empty (or unplugged).
    #[error("no card in the reader")]
    TokenNotPresent,
    /// There is a card, but not one this module can work with; the log says what it is.
    #[error("the card in the reader is not a supported CNS")]
    TokenNotRecognized,
    /// The card was taken out during this very call.
    #[error("the card was removed during the operation")]
    DeviceRemoved,
    /// The session does not exist, was closed, or died with its card.
    #[error("no such session")]
    SessionHandleInvalid,
    /// The call needs a read/write session.
    #[error("the session is read-only")]
    SessionReadOnly,
    /// The security officer cannot log in while read-only sessions are open.
    #[error("a read-only session is open")]
    SessionReadOnlyExists,
    /// A read-only session cannot be opened while the security officer is logged in.
    #[error("the security officer is logged in")]
    SessionReadWriteSoExists,
    /// No visible object has this handle.
    #[error("no such object")]
    ObjectHandleInvalid,
    /// No visible key has this handle.
    #[error("no such key")]
    KeyHandleInvalid,
    /// Another operation of this kind is already under way in the session.
    #[error("an operation is already active")]
    OperationActive,
    /// No operation of this kind was begun in the session.
    #[error("no operation was begun")]
    OperationNotInitialized,
    /// The token does not offer this mechanism for this purpose.
    #[error("mechanism not offered")]
    MechanismInvalid,
    /// The mechanism's parameter contradicts itself or the mechanism.
    #[error("mechanism parameter invalid")]
    MechanismParamInvalid,
    /// The object is not the kind of key that the operation needs.
    #[error("the key is of the wrong kind for this operation")]
    KeyTypeInconsistent,
    /// The certificate's key usage does not allow the operation.
    #[error("the key must not be used for this operation")]
    KeyFunctionNotPermitted,
    /// The key is too short for the hash and salt asked for.
    #[error("the key is too small for this mechanism")]
    KeySizeRange,
    /// The data cannot be signed or encrypted: wrong length for the mechanism and key.
    #[error("data of the wrong length")]
    DataLenRange,
    /// The data has the right length but not an allowed value (a number not below the modulus).
    #[error("data out of range")]
    DataInvalid,
    /// The cryptogram has the wrong length.
    #[error("encrypted data of the wrong length")]
    EncryptedDataLenRange,
    /// The cryptogram does not decrypt to a padded message.
    #[error("encrypted data invalid")]
    EncryptedDataInvalid,
    /// The signature is not one of this data by this key.
    #[error("signature invalid")]
    SignatureInvalid,
    /// The signature has the wrong length.
    #[error("signature of the wrong length")]
    SignatureLenRange,
    /// The card (or the local check of length and digits) refused the PIN or PUK.
    #[error("wrong PIN (tries left: {left:?})")]
    PinIncorrect {
        /// What the card said is left; unknown when no command was sent or the card gives no count.
        left: Retries,
    },
    /// The card said that the PIN or PUK is blocked.
    #[error("the card says that the PIN is blocked")]
    PinLocked,
    /// A new PIN holds something other than digits.
    #[error("the new PIN must consist of digits")]
    PinInvalid,
    /// A new PIN is too short or too long.
    #[error("the new PIN has the wrong length")]
    PinLenRange,
    /// One try is left after wrong PINs in this insertion; it is not spent until the card is taken out and inserted again.
    #[error("only the last PIN try is left: take the card out and insert it again to use it")]
    LastRetryProtected,
    /// The operation needs a login, or the login was lost (card reset, another program's wrong PIN).
    #[error("not logged in")]
    UserNotLoggedIn,
    /// This user is already logged in.
    #[error("already logged in")]
    UserAlreadyLoggedIn,
    /// Another user is logged in.
    #[error("another user is logged in")]
    UserAnotherAlreadyLoggedIn,
    /// No PIN was given, and the reader has no PIN pad to type it on (or not for this).
    #[error("no PIN, and no keypad at the reader for it")]
    NoPinPad,
    /// No PIN came from the reader's PIN pad: timeout, cancelled, or not a possible PIN. No try is spent.
    #[error("no PIN was entered at the reader")]
    PinNotEntered,
    /// The token has no such user.
    #[error("no such user type")]
    UserTypeInvalid,
    /// The card says that its PIN was never activated.
    #[error("the card's PIN is not activated yet")]
    UserPinNotInitialized,
    /// The card returned a value that the certificate's public key does not confirm: it was thrown away.
    #[error("the card's signature does not fit the certificate's public key")]
    SignatureNotConfirmed,
    /// Another program keeps the card to itself.
    #[error("another program keeps the card busy")]
    DeviceBusy,
    /// Any other failure of card, reader or PC/SC service.
    #[error("card error: {0}")]
    Device(#[source] CardError),
    /// The token cannot do this at all (change the PUK, for instance).
    #[error("the card offers no such function")]
    NotSupported,
    /// The operating system gave no random numbers.
    #[error("no random numbers from the system")]
    NoRandom,
    /// The module was shut down (C_Finalize) while the call waited.
    #[error("the module was shut down")]
    ShutDown,
}

/// The result of every call of this layer.
pub type Result<T> = std::result::Result<T, ModelError>;

impl From<PaddingError> for ModelError {
    fn from(error: PaddingError) -> Self {
        match error {
            PaddingError::MessageLength => Self::DataLenRange,
            PaddingError::KeySize => Self::KeySizeRange,
            PaddingError::NoRandom => Self::NoRandom,
        }
    }
}

/// A login that could not be ended: the caller may try again.
impl From<SecurityStatusNotCleared> for ModelError {
    fn from(SecurityStatusNotCleared(error): SecurityStatusNotCleared) -> Self {
        match error {
            TransportError::Busy => Self::DeviceBusy,
            other => Self::Device(other.into()),
        }
    }
}
