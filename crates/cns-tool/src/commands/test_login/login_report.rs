//! The result of `cns test-login` as JSON has it.

use rustls::SignatureScheme;
use serde::Serialize;

use super::https::TlsVersion;

/// What came of a login.
#[derive(Serialize)]
pub(super) struct LoginReport<'a> {
    /// `None`: the site inside this process.
    pub(super) server: Option<String>,
    pub(super) success: bool,
    pub(super) explanation: &'a str,
    /// Whose certificate was sent, with the tax code masked.
    pub(super) certificate_sent: Option<String>,
    pub(super) connections: Vec<Connection<'a>>,
}

/// One connection.
#[derive(Serialize)]
pub(super) struct Connection<'a> {
    /// `1.2` or `1.3`.
    pub(super) tls: Option<&'static str>,
    pub(super) cipher_suite: &'a str,
    /// What the card signed with; a server does not say it.
    pub(super) signature: Option<&'static str>,
    pub(super) certificate_requested: bool,
    /// The status code of HTTP.
    pub(super) status: Option<u16>,
    pub(super) location: Option<&'a str>,
}

impl TlsVersion {
    pub(super) fn number(self) -> &'static str {
        match self {
            Self::V12 => "1.2",
            Self::V13 => "1.3",
        }
    }
}

/// As the registry of TLS names it (RFC 8446, 4.2.3).
pub(super) fn signature_name(scheme: SignatureScheme) -> Option<&'static str> {
    Some(match scheme {
        SignatureScheme::RSA_PSS_SHA256 => "rsa_pss_rsae_sha256",
        SignatureScheme::RSA_PSS_SHA384 => "rsa_pss_rsae_sha384",
        SignatureScheme::RSA_PSS_SHA512 => "rsa_pss_rsae_sha512",
        SignatureScheme::RSA_PKCS1_SHA256 => "rsa_pkcs1_sha256",
        SignatureScheme::RSA_PKCS1_SHA384 => "rsa_pkcs1_sha384",
        SignatureScheme::RSA_PKCS1_SHA512 => "rsa_pkcs1_sha512",
        _ => return None,
    })
}
