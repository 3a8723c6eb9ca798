//! Return codes of `winerror.h`: every way a call can end, and the only place that knows the number of each. No `_` arm:
//! a new error does not compile until somebody has chosen its code.

use cns_card::{CardError, Retries, TransportError};

use super::cardmod::ReturnCode;
use crate::error::Error;

pub(super) const SUCCESS: ReturnCode = 0;
const ERROR_INSUFFICIENT_BUFFER: ReturnCode = 122;
const ERROR_REVISION_MISMATCH: ReturnCode = 1306;
const SCARD_F_INTERNAL_ERROR: ReturnCode = 0x8010_0001;
const SCARD_E_INVALID_HANDLE: ReturnCode = 0x8010_0003;
const SCARD_E_INVALID_PARAMETER: ReturnCode = 0x8010_0004;
const SCARD_E_NO_MEMORY: ReturnCode = 0x8010_0006;
const SCARD_E_TIMEOUT: ReturnCode = 0x8010_000A;
const SCARD_E_SHARING_VIOLATION: ReturnCode = 0x8010_000B;
const SCARD_E_NO_SMARTCARD: ReturnCode = 0x8010_000C;
const SCARD_E_UNKNOWN_CARD: ReturnCode = 0x8010_000D;
const SCARD_F_COMM_ERROR: ReturnCode = 0x8010_0013;
const SCARD_E_READER_UNAVAILABLE: ReturnCode = 0x8010_0017;
const SCARD_E_READER_UNSUPPORTED: ReturnCode = 0x8010_001A;
const SCARD_E_NO_SERVICE: ReturnCode = 0x8010_001D;
const SCARD_E_UNEXPECTED: ReturnCode = 0x8010_001F;
const SCARD_E_UNSUPPORTED_FEATURE: ReturnCode = 0x8010_0022;
const SCARD_E_DIR_NOT_FOUND: ReturnCode = 0x8010_0023;
const SCARD_E_FILE_NOT_FOUND: ReturnCode = 0x8010_0024;
const SCARD_E_INVALID_CHV: ReturnCode = 0x8010_002A;
const SCARD_E_NO_KEY_CONTAINER: ReturnCode = 0x8010_0030;
const SCARD_W_UNRESPONSIVE_CARD: ReturnCode = 0x8010_0066;
const SCARD_W_RESET_CARD: ReturnCode = 0x8010_0068;
const SCARD_W_REMOVED_CARD: ReturnCode = 0x8010_0069;
const SCARD_W_SECURITY_VIOLATION: ReturnCode = 0x8010_006A;
const SCARD_W_WRONG_CHV: ReturnCode = 0x8010_006B;
const SCARD_W_CHV_BLOCKED: ReturnCode = 0x8010_006C;

/// What stands for a count of tries that nobody knows.
const UNKNOWN_COUNT: u32 = u32::MAX;

/// The code of an error.
pub(super) fn code(error: Error) -> ReturnCode {
    match error {
        Error::InvalidParameter => SCARD_E_INVALID_PARAMETER,
        Error::InvalidHandle => SCARD_E_INVALID_HANDLE,
        Error::UnsupportedFeature => SCARD_E_UNSUPPORTED_FEATURE,
        Error::RevisionMismatch => ERROR_REVISION_MISMATCH,
        Error::UnknownCard => SCARD_E_UNKNOWN_CARD,
        Error::InsufficientBuffer => ERROR_INSUFFICIENT_BUFFER,
        Error::NoMemory => SCARD_E_NO_MEMORY,
        Error::DirectoryNotFound => SCARD_E_DIR_NOT_FOUND,
        Error::FileNotFound => SCARD_E_FILE_NOT_FOUND,
        Error::NoKeyContainer => SCARD_E_NO_KEY_CONTAINER,
        // Neither "wrong", after which Windows asks again without end, nor "blocked", which would be untrue.
        Error::LastRetryProtected => SCARD_W_SECURITY_VIOLATION,
        Error::SignatureNotConfirmed => SCARD_E_UNEXPECTED,
        // Of its own, so that tests find one.
        Error::Panicked => SCARD_F_INTERNAL_ERROR,
        Error::Card(error) => card_code(error),
    }
}

fn card_code(error: CardError) -> ReturnCode {
    match error {
        CardError::Transport(error) => transport_code(error),
        CardError::PinIncorrect { .. } | CardError::PinFormat(_) => SCARD_W_WRONG_CHV,
        CardError::PinBlocked => SCARD_W_CHV_BLOCKED,
        CardError::PinNotActivated => SCARD_E_INVALID_CHV,
        CardError::NotVerified => SCARD_W_SECURITY_VIOLATION,
        CardError::DifferentCard => SCARD_W_REMOVED_CARD,
        CardError::CertificateNotDer => SCARD_E_UNKNOWN_CARD,
        CardError::ReaderTooShort { .. } => SCARD_E_READER_UNSUPPORTED,
        // The enum is open for variants that only its own crate knows.
        _ => SCARD_E_UNEXPECTED,
    }
}

fn transport_code(error: TransportError) -> ReturnCode {
    match error {
        TransportError::ServiceUnavailable | TransportError::ServiceVersion => SCARD_E_NO_SERVICE,
        TransportError::ReaderUnavailable => SCARD_E_READER_UNAVAILABLE,
        TransportError::NoCard => SCARD_E_NO_SMARTCARD,
        TransportError::CardRemoved => SCARD_W_REMOVED_CARD,
        TransportError::CardReset => SCARD_W_RESET_CARD,
        TransportError::MuteCard => SCARD_W_UNRESPONSIVE_CARD,
        TransportError::Busy => SCARD_E_SHARING_VIOLATION,
        TransportError::Transmit => SCARD_F_COMM_ERROR,
        TransportError::Timeout => SCARD_E_TIMEOUT,
        TransportError::Service { code } => code,
        _ => SCARD_E_UNEXPECTED,
    }
}

/// What a code of the resource manager means.
pub(super) fn transport_error(code: ReturnCode) -> TransportError {
    match code {
        SCARD_E_NO_SERVICE | 0x8010_001E => TransportError::ServiceUnavailable,
        0x8010_0009 | SCARD_E_READER_UNAVAILABLE => TransportError::ReaderUnavailable,
        SCARD_E_NO_SMARTCARD => TransportError::NoCard,
        SCARD_W_REMOVED_CARD => TransportError::CardRemoved,
        // A card that lost its power lost its security status, too.
        SCARD_W_RESET_CARD | 0x8010_0067 => TransportError::CardReset,
        SCARD_W_UNRESPONSIVE_CARD => TransportError::MuteCard,
        SCARD_E_SHARING_VIOLATION => TransportError::Busy,
        SCARD_E_TIMEOUT => TransportError::Timeout,
        // Not transacted, data lost, a length or a command that the reader does not carry.
        0x8010_0016 | 0x8010_002F | 0x8010_0008 | SCARD_F_COMM_ERROR | SCARD_E_UNEXPECTED => {
            TransportError::Transmit
        }
        code => TransportError::Service { code },
    }
}

/// A count of tries as Windows wants it.
pub(super) fn attempts(left: Retries) -> u32 {
    match left {
        Retries::Left(left) => left.into(),
        Retries::Blocked => 0,
        Retries::Unknown => UNKNOWN_COUNT,
    }
}
