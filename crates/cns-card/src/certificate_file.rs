//! The certificate file of a card.
use crate::card::KeyReference;

/// A certificate as it is on the card, and the key that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFile {
    /// The DER bytes, cut at the length of their SEQUENCE.
    pub der: Vec<u8>,
    /// Which private key on the card belongs to it.
    pub key: KeyReference,
}

/// Why a CNS shows no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// No known place of the card holds a certificate.
    #[error("the card holds no certificate")]
    Absent,
    /// A certificate longer than this engine reads (8192 bytes).
    #[error("the certificate on the card has {length} bytes, more than 8192")]
    TooLong {
        /// The length its DER header declares, in bytes.
        length: usize,
    },
    /// The file ends before the certificate does.
    #[error("the certificate on the card is cut off: {present} of {declared} bytes")]
    Truncated {
        /// The length its DER header declares, in bytes.
        declared: usize,
        /// The bytes that could be read.
        present: usize,
    },
}
