//! A file fragment that is unique to the card, read again after a reset to prove that it is the same card.

use crate::card_session::{CardSession, Span};
use crate::error::CardError;
use crate::files::certificate::LocatedCertificate;
use crate::profile::{CardProfile, FileReference};

/// The beginning of a certificate, with its serial number and issuer, in bytes.
const CERTIFICATE_BEGINNING: usize = 128;

/// A file fragment that no other card has.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) file: FileReference,
    /// The offset of its first byte.
    pub(crate) start: usize,
    pub(crate) content: Vec<u8>,
}

impl Identity {
    /// The beginning of a certificate.
    pub(crate) fn of(found: &LocatedCertificate) -> Self {
        let content = found.certificate.der.iter().copied().take(CERTIFICATE_BEGINNING).collect();
        Self { file: found.file, start: found.form.start(), content }
    }

    /// Reads the same bytes again, with one SELECT and one READ.
    pub(crate) fn matches(
        &self,
        session: &mut CardSession<'_>,
        profile: &CardProfile,
    ) -> Result<bool, CardError> {
        match read_beginning(session, profile, self.file, self.start, self.content.len()) {
            Ok(content) => Ok(content == self.content),
            Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Bytes of a file; empty when there is no such file.
pub(crate) fn read_beginning(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    file: FileReference,
    start: usize,
    length: usize,
) -> Result<Vec<u8>, CardError> {
    let mut content = Vec::new();
    if session.select(profile, file)? {
        session.read_binary(profile, &mut content, Span::exactly(start, length))?;
    }
    Ok(content)
}
