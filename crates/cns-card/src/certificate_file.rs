//! The certificate file of a card: is there a certificate in it, and where does it end?

use crate::driver::dialogue::Dialogue;
use crate::error::CardError;
use crate::iso7816::StatusWord;
use crate::iso7816::tlv::Header;
use crate::profile::{CardProfile, CertificateForm, FileReference, KeyReference, Layout};

/// The longest certificate that is read, in bytes; real ones have 1200 to 2000.
pub(crate) const MAX_LENGTH: usize = 8192;

const SEQUENCE: u8 = 0x30;
/// Tag and length fields of anything up to 64 KiB, in bytes.
const LONGEST_HEADER: usize = 4;

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

/// A certificate that was read, and how its file begins.
pub(crate) struct Found {
    pub(crate) certificate: CertificateFile,
    pub(crate) file: FileReference,
    /// The first bytes of the file, a certificate's length at least.
    pub(crate) content: Vec<u8>,
}

/// Reads the certificate of a layout with one SELECT and as few READs as its length takes.
///
/// A file that is absent, empty, not readable, or starts with anything but a SEQUENCE holds no certificate. A card
/// that fails at it is not to be taken for an empty one.
pub(crate) fn read(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    layout: &Layout,
) -> Result<Result<Found, CertificateProblem>, CardError> {
    match try_read(dialogue, profile, layout) {
        Err(CardError::Status { status, .. }) if refuses(status) => Ok(Err(CertificateProblem::Absent)),
        result => result,
    }
}

/// Does the card refuse to show such a file (checking errors, 67xx to 6Exx), as opposed to failing at it (64xx to 66xx,
/// 6Fxx, or no status word at all)?
fn refuses(status: StatusWord) -> bool {
    matches!(status.0 >> 8, 0x62 | 0x63 | 0x67..=0x6E)
}

fn try_read(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    layout: &Layout,
) -> Result<Result<Found, CertificateProblem>, CardError> {
    if !dialogue.select(profile, layout.certificate)? {
        return Ok(Err(CertificateProblem::Absent));
    }
    let start = layout.form.start();
    let mut content = Vec::new();
    let first = usize::from(profile.read_length);
    dialogue.read_binary(&mut content, start + LONGEST_HEADER, first, profile.read_length)?;
    let length = match Header::parse(content.get(start..).unwrap_or_default()) {
        Some(header) if header.tag == SEQUENCE && !layout.form.is_empty(&content) => header.total_length(),
        _ => return Ok(Err(CertificateProblem::Absent)),
    };
    if length > MAX_LENGTH {
        return Ok(Err(CertificateProblem::TooLong { length }));
    }
    dialogue.read_binary(&mut content, start + length, start + length, profile.read_length)?;
    let present = content.get(start..).unwrap_or_default();
    let Some(der) = present.get(..length) else {
        return Ok(Err(CertificateProblem::Truncated { declared: length, present: present.len() }));
    };
    let certificate = CertificateFile { der: der.to_vec(), key: layout.key };
    Ok(Ok(Found { certificate, file: layout.certificate, content }))
}

impl CertificateForm {
    /// Bytes before the certificate.
    fn start(self) -> usize {
        match self {
            Self::Der => 0,
            Self::Container => 5,
        }
    }

    /// Does the file say that nothing is in it? The certificate's own length is believed, not the container's.
    fn is_empty(self, content: &[u8]) -> bool {
        self == Self::Container && matches!(content, [_, 0, 0, ..])
    }
}
