//! What can go wrong with a card.

use crate::iso7816::StatusWord;
use crate::pin::{PinFormatError, Retries};
use crate::transport::TransportError;

/// Why an operation failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// Bytes could not be moved.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The PIN (when unblocking, the PUK) was wrong; a try is spent.
    #[error("wrong PIN")]
    PinIncorrect {
        /// How many tries are left; never [`Retries::Blocked`], which is [`CardError::PinBlocked`].
        left: Retries,
    },
    /// The card said that the PIN (when unblocking, the PUK) is blocked: `6983`, or `63C0` to the last wrong try.
    #[error("the PIN is blocked")]
    PinBlocked,
    /// The card said that the PIN cannot be used: not activated yet (`6984`, `6985`).
    #[error("the PIN is not activated")]
    PinNotActivated,
    /// Not a PIN or PUK of this card; no command was sent.
    #[error("not a PIN of this card: {0}")]
    PinFormat(PinFormatError),
    /// Nothing was sent: at the reader's keypad nobody typed, or the person cancelled, or what was typed cannot be a PIN
    /// (PC/SC part 10, 2.5). No try is spent.
    #[error("no PIN was entered at the reader ({status})")]
    NotEntered {
        /// What the reader said: `6400` to `6403`.
        status: StatusWord,
    },
    /// The operation needs a PIN verified through this [`Card`](crate::Card): none was, or a reset or another
    /// program's wrong PIN has ended it, or the card said so (`6982`).
    #[error("the PIN is not verified")]
    NotVerified,
    /// Another card is in the reader than the one that was opened, or after a reset it cannot be proved that it is
    /// the same.
    #[error("another card is in the reader")]
    DifferentCard,
    /// Where a certificate should be, there is something else than DER, and cards of other countries have this ATR: see
    /// [`UnsupportedCard::UnreadableCertificate`](crate::UnsupportedCard::UnreadableCertificate).
    #[error("the card holds a certificate that is not DER")]
    CertificateNotDer,
    /// The block to sign or decrypt is not of a length that an RSA key can have.
    #[error("a block of {length} bytes is no RSA block")]
    BlockLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The card refused a command.
    #[error("{command} was answered {status}")]
    Status {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
        /// The status word.
        status: StatusWord,
    },
    /// The card answered something that no card may: too short, too long.
    #[error("malformed answer to {command}")]
    Malformed {
        /// The command's name in ISO/IEC 7816-4.
        command: &'static str,
    },
    /// The card made the operation need more commands than any card does.
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
