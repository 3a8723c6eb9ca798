//! What the codes of `pcsclite.h` and `winscard.h` mean here. Every code stands in the table, so that none gets a
//! meaning by chance.

use pcsc::Error;

use super::super::TransportError;

/// Of any call but the connecting one.
pub(super) fn transport_error(error: Error) -> TransportError {
    match error {
        Error::NoService
        | Error::ServiceStopped
        // From a context or handle of an earlier life of the service.
        | Error::InvalidHandle
        // The socket to pcscd broke.
        | Error::CommError
        | Error::Shutdown
        | Error::SystemCancelled => TransportError::ServiceUnavailable,
        Error::UnknownReader
        | Error::ReaderUnavailable
        | Error::NoReadersAvailable
        | Error::ReaderUnsupported
        | Error::DuplicateReader
        // pcsc-lite's answer to a handle whose reader is gone.
        | Error::InvalidValue => TransportError::ReaderUnavailable,
        Error::NoSmartcard => TransportError::NoCard,
        Error::RemovedCard => TransportError::CardRemoved,
        // A card that lost its power lost its security status, too; connecting again powers it.
        Error::ResetCard | Error::UnpoweredCard => TransportError::CardReset,
        Error::UnresponsiveCard
        | Error::UnsupportedCard
        | Error::CardUnsupported
        | Error::InvalidAtr => TransportError::MuteCard,
        Error::SharingViolation | Error::ServerTooBusy => TransportError::Busy,
        // The exchange failed, or reader, driver or service do not carry this command.
        Error::NotTransacted
        | Error::CommDataLost
        | Error::NotReady
        | Error::InsufficientBuffer
        | Error::PciTooSmall
        | Error::ProtoMismatch
        | Error::InvalidParameter
        | Error::UnsupportedFeature => TransportError::Transmit,
        #[cfg(target_os = "windows")]
        Error::Unexpected => TransportError::Transmit,
        Error::Timeout | Error::WaitedTooLong => TransportError::Timeout,
        // The service's own trouble: out of memory or contexts, polkit said no (SCARD_W_SECURITY_VIOLATION).
        Error::InternalError
        | Error::UnknownError
        | Error::UnknownResMng
        | Error::NoMemory
        | Error::CantDispose
        | Error::SecurityViolation
        // `SCardCancel` ends waits only, and these look for it themselves.
        | Error::Cancelled
        | Error::CancelledByUser
        // Words of Windows' card modules and of its cache of cards: no function that is called here has them.
        | Error::InvalidTarget
        | Error::UnknownCard
        | Error::IccInstallation
        | Error::IccCreateorder
        | Error::DirNotFound
        | Error::FileNotFound
        | Error::NoDir
        | Error::NoFile
        | Error::NoAccess
        | Error::WriteTooMany
        | Error::BadSeek
        | Error::InvalidChv
        | Error::NoSuchCertificate
        | Error::CertificateUnavailable
        | Error::NoKeyContainer
        | Error::WrongChv
        | Error::ChvBlocked
        | Error::Eof
        | Error::CardNotAuthenticated
        | Error::CacheItemNotFound
        | Error::CacheItemStale
        | Error::CacheItemTooBig => TransportError::Service { code: error as u32 },
    }
}

/// Of `SCardEstablishContext`. There pcscd refuses a library of another protocol with `SCARD_E_SERVICE_STOPPED`; Windows
/// means what the name says.
pub(super) fn establish_error(error: Error) -> TransportError {
    match error {
        Error::ServiceStopped if cfg!(not(windows)) => TransportError::ServiceVersion,
        error => transport_error(error),
    }
}

/// Of `SCardConnect`.
pub(super) fn connect_error(error: Error) -> TransportError {
    match error {
        // Power was put on and the card said nothing, or nothing that reader and card can agree on.
        Error::UnpoweredCard | Error::ProtoMismatch => TransportError::MuteCard,
        error => transport_error(error),
    }
}

/// Of a command on its way: here it is the exchange with the card that failed, not the one with the service; and within a
/// transaction no other program has the card.
pub(super) fn exchange_error(error: Error) -> TransportError {
    match error {
        Error::CommError | Error::SharingViolation | Error::ServerTooBusy => TransportError::Transmit,
        error => transport_error(error),
    }
}

/// Is the context of no more use?
pub(super) fn service_lost(error: Error) -> bool {
    transport_error(error) == TransportError::ServiceUnavailable
}

/// Whether another program has the card at this moment.
pub(super) fn is_held(error: Error) -> bool {
    transport_error(error) == TransportError::Busy
}

/// Whether the card lost its security status, and a reconnection makes the handle good again.
pub(super) fn was_reset(error: Error) -> bool {
    transport_error(error) == TransportError::CardReset
}

/// Whether no card is there that could still be verified.
pub(super) fn is_gone(error: Error) -> bool {
    matches!(transport_error(error), TransportError::NoCard | TransportError::CardRemoved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the codes of winscard.h: what a caller does next depends on these.
    #[test]
    fn codes_and_their_meanings() {
        for (error, code, expected) in [
            (Error::NoService, 0x8010_001D, TransportError::ServiceUnavailable),
            (Error::ServiceStopped, 0x8010_001E, TransportError::ServiceUnavailable),
            (Error::InvalidHandle, 0x8010_0003, TransportError::ServiceUnavailable),
            (Error::UnknownReader, 0x8010_0009, TransportError::ReaderUnavailable),
            (Error::SharingViolation, 0x8010_000B, TransportError::Busy),
            (Error::NoSmartcard, 0x8010_000C, TransportError::NoCard),
            (Error::NotReady, 0x8010_0010, TransportError::Transmit),
            (Error::NotTransacted, 0x8010_0016, TransportError::Transmit),
            (Error::CommDataLost, 0x8010_002F, TransportError::Transmit),
            (Error::Timeout, 0x8010_000A, TransportError::Timeout),
            (Error::UnresponsiveCard, 0x8010_0066, TransportError::MuteCard),
            (Error::UnpoweredCard, 0x8010_0067, TransportError::CardReset),
            (Error::ResetCard, 0x8010_0068, TransportError::CardReset),
            (Error::RemovedCard, 0x8010_0069, TransportError::CardRemoved),
            (Error::SecurityViolation, 0x8010_006A, TransportError::Service { code: 0x8010_006A }),
            (Error::InternalError, 0x8010_0001, TransportError::Service { code: 0x8010_0001 }),
        ] {
            assert_eq!(error as u32, code);
            assert_eq!(transport_error(error), expected, "{code:08X}");
        }
        #[cfg(not(windows))]
        assert_eq!(establish_error(Error::ServiceStopped), TransportError::ServiceVersion);
        assert_eq!(establish_error(Error::NoService), TransportError::ServiceUnavailable);
        assert_eq!(connect_error(Error::UnpoweredCard), TransportError::MuteCard);
        assert_eq!(connect_error(Error::ProtoMismatch), TransportError::MuteCard);
        assert_eq!(exchange_error(Error::CommError), TransportError::Transmit);
    }

    /// A reset counts as done only where the card cannot be verified any more.
    #[test]
    fn a_card_that_is_gone_is_not_verified() {
        assert!(is_gone(Error::RemovedCard) && is_gone(Error::NoSmartcard));
        for error in [
            Error::UnresponsiveCard,
            Error::ReaderUnavailable,
            Error::ServiceStopped,
            Error::CommDataLost,
            Error::InternalError,
            Error::Timeout,
            Error::SharingViolation,
        ] {
            assert!(!is_gone(error) && !was_reset(error), "{error}");
        }
    }
}
