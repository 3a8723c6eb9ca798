//! Why an operation on a card failed.

use crate::iso7816::StatusWord;
use crate::pin::{PinFormatError, Retries};
use crate::transport::TransportError;

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// The exchange with the reader or the card failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The PIN (when unblocking, the PUK) was wrong; the retry counter is decremented.
    #[error("wrong PIN")]
    PinIncorrect {
        /// The retry counter; never [`Retries::Blocked`], which is [`CardError::PinBlocked`].
        left: Retries,
    },
    /// The PIN (when unblocking, the PUK) is blocked: `6983`, or `63C0` after the last wrong PIN.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// The PIN cannot be used, because it is not activated yet (`6984`, `6985`).
    #[error("the PIN is not activated")]
    PinNotActivated,
    /// Not a PIN or PUK of this card; no command was sent.
    #[error("not a PIN of this card: {0}")]
    PinFormat(PinFormatError),
    /// No PIN was entered on the reader's PIN pad: timeout, cancelled, or of a wrong length (PC/SC part 10, 2.5). Nothing
    /// was sent to the card.
    #[error("no PIN was entered at the reader ({status})")]
    NotEntered {
        /// The reader's own status word, `6400` to `6403`.
        status: StatusWord,
    },
    /// The operation needs a PIN that was verified through this [`Card`](crate::Card) and still is. A reset, another
    /// program's wrong PIN, or the selection of another application clears the security status; the card says so with
    /// `6982`.
    #[error("the PIN is not verified")]
    NotVerified,
    /// Another card is in the reader than the one that was opened, or one that cannot be compared with it after a
    /// reset.
    #[error("another card is in the reader")]
    DifferentCard,
    /// The certificate file does not hold DER, and cards of other countries have this ATR: see
    /// [`UnsupportedCard::UnreadableCertificate`](crate::UnsupportedCard::UnreadableCertificate).
    #[error("the card holds a certificate that is not DER")]
    CertificateNotDer,
    /// The block to sign or decrypt is not as long as an RSA modulus (1 to 512 bytes).
    #[error("a block of {length} bytes is no RSA block")]
    BlockLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The reader carries short commands only, and the card does not take the block in several of them.
    #[error(
        "this reader cannot carry the card's signature: use the contact slot or another reader (short commands only, \
         {length} bytes needed)"
    )]
    ReaderTooShort {
        /// The length of the command's data, in bytes.
        length: usize,
    },
    /// The card refused a command with a status word that has no variant of its own here.
    #[error("{command} was answered {status}")]
    Status {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
        /// The status word.
        status: StatusWord,
    },
    /// A response that is too short, too long, or not what the command asks for.
    #[error("malformed answer to {command}")]
    Malformed {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
    },
    /// The operation reached the bound on its number of commands.
    #[error("{operation} took too many commands")]
    TooManyCommands {
        /// The operation's name.
        operation: &'static str,
    },
}

impl From<PinFormatError> for CardError {
    fn from(error: PinFormatError) -> Self {
        Self::PinFormat(error)
    }
}

/// For a file without which a card is still usable: a refusal and a malformed response are `None`.
pub(crate) fn optional<T>(result: Result<T, CardError>) -> Result<Option<T>, CardError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
