//! What of a card no other card has, and reading it again: the proof after a reset.

use crate::card_session::{CardSession, Span};
use crate::error::CardError;
use crate::files::certificate::LocatedCertificate;
use crate::profile::{CardProfile, FileReference};

/// How much of a certificate tells cards apart: serial number and issuer stand in here.
const CERTIFICATE_BEGINNING: usize = 128;

/// A part of a file that no two cards share.
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

/// Bytes of a file; none when there is no such file.
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
