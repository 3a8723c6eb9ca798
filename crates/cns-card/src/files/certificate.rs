//! A certificate file: whether it holds a certificate, and where that ends.

use crate::card_session::{CardSession, Span};
use crate::error::CardError;
use crate::files::content::refuses;
use crate::iso7816::tlv::Header;
use crate::profile::{
    CardProfile, CertificateForm, CertificateLocation, FileReference, KeyPairLayout, KeyReference,
};

/// The longest certificate that is read, in bytes; real ones have 1200 to 2000.
pub(crate) const MAX_LENGTH: usize = 8192;

const SEQUENCE: u8 = 0x30;
/// How far the serial number reaches (RFC 5280 4.1): header of the certificate (4 bytes) and of what is signed (4), version
/// (5), header of the serial number (2) and at most 20 octets.
const THROUGH_SERIAL_NUMBER: usize = 35;
/// How much of the issuer's signature is compared, in bytes.
const SIGNATURE_END: usize = 32;
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
    /// What is in its place is DER and no certificate. Said by who reads certificates, not here.
    #[error("what is on the card is no certificate")]
    Unreadable,
    /// What certificates there are, are for signatures only. Said by who reads them ([`Card::set_login_certificate`]).
    ///
    /// [`Card::set_login_certificate`]: crate::Card::set_login_certificate
    #[error("the certificates on the card are for signatures only")]
    SignatureOnly,
}

/// A certificate, and where on the card it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocatedCertificate {
    pub(crate) certificate: CertificateFile,
    pub(crate) file: FileReference,
    pub(crate) form: CertificateForm,
    /// The object map that named its place names places that were not read.
    pub(crate) map_names_others: bool,
}

impl LocatedCertificate {
    pub(crate) fn new(der: Vec<u8>, layout: &KeyPairLayout) -> Self {
        let certificate = CertificateFile { der, key: layout.key };
        Self { certificate, file: layout.certificate, form: layout.form, map_names_others: false }
    }

    /// Where it was found, and its key.
    pub(crate) fn layout(&self) -> KeyPairLayout {
        KeyPairLayout { certificate: self.file, form: self.form, key: self.certificate.key }
    }

    /// The part of its file that begins it: its length and serial number. Where another certificate was written over this
    /// one, of whatever length, this part has changed or the certificate still ends in the same place.
    pub(crate) fn beginning(&self) -> (Span, &[u8]) {
        let beginning = &self.certificate.der[..self.certificate.der.len().min(THROUGH_SERIAL_NUMBER)];
        (Span::exactly(self.form.start(), beginning.len()), beginning)
    }

    /// The part of its file that ends it: the end of its issuer's signature, which no other certificate has.
    pub(crate) fn end(&self) -> (Span, &[u8]) {
        let der = &self.certificate.der;
        let at = der.len().saturating_sub(SIGNATURE_END);
        (Span::exactly(self.form.start() + at, der.len() - at), &der[at..])
    }
}

/// Reads the certificate of a layout with one SELECT and as few READs as its length takes.
///
/// A file that is absent, empty, not readable, or starts with anything but a SEQUENCE holds no certificate. A card
/// that fails at it is not to be taken for an empty one.
pub(crate) fn read(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    layout: &KeyPairLayout,
) -> Result<Result<LocatedCertificate, CertificateProblem>, CardError> {
    match read_der(session, profile, layout.certificate, layout.form) {
        Err(CardError::Status { status, .. }) if refuses(status) => Ok(Err(CertificateProblem::Absent)),
        result => Ok(result?.map(|der| LocatedCertificate::new(der, layout))),
    }
}

/// CNS file system, DF_DS 1400: the certificate of the classic signature keyset (docs/cards, section 2). Empty on most
/// cards, and unconfirmed.
const SIGNATURE: FileReference = FileReference::own(&[0x1400, 0x9010]);

/// The certificate, DER, of the signature keyset that some classic cards have: one SELECT, and the READs when there is
/// one. It is looked at and never driven: whatever is wrong with it, the card is a CNS without it.
pub(crate) fn read_signature_certificate(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<Option<Vec<u8>>, CardError> {
    match read_der(session, profile, SIGNATURE, CertificateForm::Der) {
        Ok(der) => Ok(der.ok()),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(None),
        Err(broken) => Err(broken),
    }
}

fn read_der(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    file: FileReference,
    form: CertificateForm,
) -> Result<Result<Vec<u8>, CertificateProblem>, CardError> {
    if !session.select(profile, file)? {
        return Ok(Err(CertificateProblem::Absent));
    }
    let start = form.start();
    let mut content = Vec::new();
    let first = usize::from(profile.read_length);
    let beginning = Span { start: 0, enough: start + LONGEST_HEADER, most: first };
    session.read_binary(profile, &mut content, beginning)?;
    let length = match Header::parse(content.get(start..).unwrap_or_default()) {
        Some(header) if header.tag == SEQUENCE && !form.is_empty(&content) => header.total_length(),
        _ if is_foreign(profile, file, &content) => return Err(CardError::CertificateNotDer),
        _ => return Ok(Err(CertificateProblem::Absent)),
    };
    if length > MAX_LENGTH {
        return Ok(Err(CertificateProblem::TooLong { length }));
    }
    session.read_binary(profile, &mut content, Span::exactly(0, start + length))?;
    let present = content.get(start..).unwrap_or_default();
    let Some(der) = present.get(..length) else {
        return Ok(Err(CertificateProblem::Truncated { declared: length, present: present.len() }));
    };
    Ok(Ok(der.to_vec()))
}

/// Does the family's own certificate file hold something that is none, on a card whose ATR other countries use too? An
/// erased file holds one value only, 00 or FF.
fn is_foreign(profile: &CardProfile, file: FileReference, content: &[u8]) -> bool {
    let own_place = matches!(profile.certificate_locations.first(), Some(CertificateLocation::Known(layout)) if layout.certificate == file);
    let is_erased = [0x00, 0xFF].iter().any(|erased| content.iter().all(|byte| byte == erased));
    profile.atr_is_shared && own_place && !is_erased && content.first() != Some(&SEQUENCE)
}

impl CertificateForm {
    /// Bytes before the certificate.
    pub(crate) fn start(self) -> usize {
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
