//! What PC/SC answers when it does not do what was asked.

/// What PC/SC would have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// SCARD_E_NO_SERVICE: the service does not run.
    #[error("the service does not run")]
    NoService,
    /// SCARD_E_UNKNOWN_READER: no reader of that name.
    #[error("unknown reader")]
    UnknownReader,
    /// SCARD_E_READER_UNAVAILABLE: the handle's reader was unplugged.
    #[error("the reader was unplugged")]
    ReaderUnavailable,
    /// SCARD_E_NO_SMARTCARD: no card in the reader.
    #[error("no card in the reader")]
    NoCard,
    /// SCARD_W_UNRESPONSIVE_CARD: the card has no answer to reset.
    #[error("the card does not answer to reset")]
    Unresponsive,
    /// SCARD_E_SHARING_VIOLATION: another handle holds the card.
    #[error("another program holds the card")]
    SharingViolation,
    /// SCARD_W_REMOVED_CARD: the card was pulled since the handle was made.
    #[error("the card was removed")]
    Removed,
    /// SCARD_W_RESET_CARD: the card was reset since the handle last (re)connected.
    #[error("the card was reset")]
    WasReset,
    /// SCARD_E_INVALID_HANDLE: the handle belongs to an earlier life of the service.
    #[error("invalid handle")]
    InvalidHandle,
    /// SCARD_E_NOT_TRANSACTED: the command got no answer, or the reader cannot carry it.
    #[error("the command could not be exchanged")]
    NotTransacted,
    /// SCARD_E_TIMEOUT: nothing changed in time.
    #[error("timeout")]
    Timeout,
    /// SCARD_E_CANCELLED: somebody called `cancel_waits`.
    #[error("cancelled")]
    Cancelled,
}
