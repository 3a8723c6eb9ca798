//! Errors of a request, what they mean, and the limits behind some of them.

use crate::exit::Failure;
use crate::pkcs11::pkcs11_module;
use crate::text::Language;
use std::io;
use std::time::Duration;

/// How long the whole of it may take, connection, card and answer: all that time somebody is logged in to the card.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How much of an answer is read, in bytes.
pub(super) const MOST: usize = 64 * 1024;
/// How many header lines an answer may have.
pub(super) const MOST_HEADERS: usize = 100;

/// Why a server gave no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResponseError {
    /// Its own certificate is not trusted.
    ServerNotTrusted,
    /// It said no to the card's certificate.
    CertificateRefused,
    /// It closed the connection once it had the certificate.
    ClosedAfterCertificate,
    /// The card or the module could not sign.
    CardFailed,
    /// TLS did not come about.
    Handshake,
    /// The connection broke.
    Connection,
    /// It answered, and the answer could not be read.
    NotUnderstood,
    /// It took too long.
    TooSlow,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpsError {
    #[error(transparent)]
    Tls(rustls::Error),
    #[error(transparent)]
    Io(io::Error),
    /// The server closed the connection before there was one.
    #[error("no HTTP answer")]
    NoAnswer,
    /// What came is not HTTP.
    #[error("not an HTTP answer")]
    NotHttp,
    #[error("the answer has more than {MOST_HEADERS} header lines")]
    TooManyHeaders,
    #[error("the head of the answer is longer than {MOST} bytes")]
    TooLong,
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    TooSlow,
}

impl From<io::Error> for HttpsError {
    /// rustls wraps its errors into those of the stream.
    fn from(error: io::Error) -> Self {
        let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            Some(tls) => Self::Tls(tls.clone()),
            // What a socket with a time limit answers, by the system.
            None if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {
                Self::TooSlow
            }
            None => Self::Io(error),
        }
    }
}

impl HttpsError {
    /// What a failed connection means for the person.
    pub(super) fn refusal(&self, asked: bool) -> ResponseError {
        match self {
            Self::Tls(rustls::Error::InvalidCertificate(_)) => ResponseError::ServerNotTrusted,
            Self::Tls(rustls::Error::AlertReceived(_)) if asked => ResponseError::CertificateRefused,
            Self::Tls(rustls::Error::General(_) | rustls::Error::Other(_)) => ResponseError::CardFailed,
            Self::Tls(_) => ResponseError::Handshake,
            Self::Io(_) | Self::NoAnswer if asked => ResponseError::ClosedAfterCertificate,
            Self::Io(_) | Self::NoAnswer => ResponseError::Connection,
            Self::NotHttp | Self::TooManyHeaders | Self::TooLong => ResponseError::NotUnderstood,
            Self::TooSlow => ResponseError::TooSlow,
        }
    }
}

/// What the module said, when the connection failed because the card did not sign.
pub(super) fn signing_failure(error: &HttpsError, language: Language) -> Option<Failure> {
    let HttpsError::Tls(rustls::Error::Other(error)) = error else { return None };
    let error = error.0.downcast_ref::<cryptoki::error::Error>()?;
    Some(pkcs11_module::signing_failure(error, language))
}
