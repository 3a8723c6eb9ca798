//! The files of a CNS that anybody may read: card id, certificate, personal data; and what of them proves a card.

use crate::certificate_file::{self, CertificateFile, CertificateProblem, Found};
use crate::driver::CardDriver;
use crate::driver::dialogue::Dialogue;
use crate::error::CardError;
use crate::iso7816::StatusWord;
use crate::personal_data::{self, PersonalData};
use crate::profile::{CardIdCoding, CardIdFile, CardProfile, FileReference, Layout};
use crate::unsupported::Advice;

/// The length of EF ID_Carta, in bytes.
const CARD_ID_LENGTH: usize = 16;
/// How much of a certificate tells cards apart when there is no card id: serial number and issuer begin in here.
const CERTIFICATE_IDENTITY_LENGTH: usize = 64;

/// What can be read from a CNS without a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFiles {
    /// EF ID_Carta.
    pub card_id: Option<CardId>,
    /// EF Dati_personali.
    pub personal_data: Option<PersonalData>,
    /// The authentication certificate.
    pub certificate: Option<CertificateFile>,
    /// Why there is none; `None` when there is one.
    pub certificate_problem: Option<CertificateProblem>,
    /// The certificate of a signature keyset beside it, on cards of the classic layout that have one.
    pub signature_certificate: Option<CertificateFile>,
}

impl PublicFiles {
    /// What the holder of a card without certificate can do; `None` for every other card.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        self.certificate.is_none().then_some(Advice::AskTheIssuer)
    }
}

/// A file of data that anybody may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataFile {
    /// EF ID_Carta: the card's number.
    CardId,
    /// EF Dati_personali: whose card it is.
    PersonalData,
}

/// The card's number, EF ID_Carta: 16 ASCII digits on every card seen.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardId(String);

impl CardId {
    /// As text: the 16 digits; for other content at most 16 characters of `0-9A-Za-z`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Letters and digits as they are; other content in hexadecimal, its first 8 bytes. `None` for an empty file.
    fn from_file(content: &[u8]) -> Option<Self> {
        let filled = content.iter().rposition(|byte| !matches!(byte, 0x00 | 0x20 | 0xFF))? + 1;
        let filled = content.get(..filled.min(CARD_ID_LENGTH))?;
        if filled.iter().all(u8::is_ascii_alphanumeric) {
            return Some(Self(filled.iter().map(|&byte| char::from(byte)).collect()));
        }
        Some(Self(filled.iter().take(CARD_ID_LENGTH / 2).map(|byte| format!("{byte:02X}")).collect()))
    }

    /// Two digits a byte; `None` when there is anything else, or nothing but zeros.
    fn from_packed(digits: &[u8]) -> Option<Self> {
        let text: String = digits.iter().map(|byte| format!("{byte:02X}")).collect();
        let usable =
            text.bytes().all(|digit| digit.is_ascii_digit()) && text.bytes().any(|digit| digit != b'0');
        usable.then_some(Self(text))
    }
}

impl std::fmt::Debug for CardId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardId(…)")
    }
}

/// The beginning of a file that no two cards share.
pub(crate) struct Identity {
    file: FileReference,
    beginning: Vec<u8>,
}

impl Identity {
    /// Reads the same bytes again, with one SELECT and one READ.
    pub(crate) fn is_shown_by(
        &self,
        dialogue: &mut Dialogue<'_>,
        profile: &CardProfile,
    ) -> Result<bool, CardError> {
        match read_beginning(dialogue, profile, self.file, self.beginning.len()) {
            Ok(content) => Ok(content == self.beginning),
            Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// Reads all public files, each with one SELECT and as few READs as its content takes.
pub(crate) fn read(
    dialogue: &mut Dialogue<'_>,
    driver: &dyn CardDriver,
) -> Result<(PublicFiles, Option<Identity>), CardError> {
    let profile = driver.profile();
    let id = read_card_id(dialogue, profile)?;
    let found = driver.find_certificate(dialogue)?;
    let personal_data = optional(read_personal_data(dialogue, profile))?.flatten();
    let classic = found.as_ref().is_ok_and(|found: &Found| found.file == Layout::CLASSIC.certificate);
    let signature_certificate = if classic { read_signature_certificate(dialogue, profile)? } else { None };
    let (card_id, shown_by_id) = id.unzip();
    let identity = shown_by_id.or_else(|| found.as_ref().ok().map(certificate_identity));
    let (certificate, certificate_problem) = match found {
        Ok(found) => (Some(found.certificate), None),
        Err(problem) => (None, Some(problem)),
    };
    let files =
        PublicFiles { card_id, personal_data, certificate, certificate_problem, signature_certificate };
    Ok((files, identity))
}

/// The whole content of a data file. On a card with applications EF ID_Carta may be in another one than the login.
pub(crate) fn read_data(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    file: DataFile,
) -> Result<Vec<u8>, CardError> {
    let (file, most) = match file {
        DataFile::CardId => (CardIdFile::SPECIFICATION.file, CARD_ID_LENGTH),
        DataFile::PersonalData => (profile.personal_data, personal_data::MAX_LENGTH),
    };
    if !dialogue.select(profile, file)? {
        return Err(CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND });
    }
    let mut content = Vec::new();
    dialogue.read_binary(&mut content, most, most, profile.read_length)?;
    Ok(content)
}

/// The card's number from the first of its places that has one, and that place as a proof.
fn read_card_id(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
) -> Result<Option<(CardId, Identity)>, CardError> {
    for place in profile.card_id {
        let length = place.length();
        let beginning = optional(read_beginning(dialogue, profile, place.file, length))?.unwrap_or_default();
        if let Some(id) = place.decode(&beginning) {
            return Ok(Some((id, Identity { file: place.file, beginning })));
        }
    }
    Ok(None)
}

impl CardIdFile {
    /// How many bytes of the file hold the number.
    fn length(&self) -> usize {
        match self.coding {
            CardIdCoding::Text => CARD_ID_LENGTH,
            CardIdCoding::PackedFromTwo => 2 + CARD_ID_LENGTH / 2,
        }
    }

    fn decode(&self, content: &[u8]) -> Option<CardId> {
        match self.coding {
            CardIdCoding::Text => CardId::from_file(content),
            CardIdCoding::PackedFromTwo => CardId::from_packed(content.get(2..self.length())?),
        }
    }
}

/// A file that a card may lack, or may answer nonsense for, without being useless.
fn optional<T>(result: Result<T, CardError>) -> Result<Option<T>, CardError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn read_beginning(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
    file: FileReference,
    length: usize,
) -> Result<Vec<u8>, CardError> {
    let mut content = Vec::new();
    if dialogue.select(profile, file)? {
        dialogue.read_binary(&mut content, length, length, profile.read_length)?;
    }
    Ok(content)
}

/// One piece of the file: whose card it is stands in front.
fn read_personal_data(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
) -> Result<Option<PersonalData>, CardError> {
    if !dialogue.select(profile, profile.personal_data)? {
        return Ok(None);
    }
    let mut content = Vec::new();
    dialogue.read_binary(&mut content, 1, usize::from(profile.read_length), profile.read_length)?;
    Ok(PersonalData::parse(&content))
}

/// The signature keyset that some classic cards have: one SELECT, and the READs when there is one.
fn read_signature_certificate(
    dialogue: &mut Dialogue<'_>,
    profile: &CardProfile,
) -> Result<Option<CertificateFile>, CardError> {
    let read = optional(certificate_file::read(dialogue, profile, &profile.signature))?;
    Ok(read.and_then(Result::ok).map(|found| found.certificate))
}

fn certificate_identity(found: &Found) -> Identity {
    let beginning = found.content.iter().copied().take(CERTIFICATE_IDENTITY_LENGTH).collect();
    Identity { file: found.file, beginning }
}

#[cfg(test)]
mod tests {
    use super::CardId;

    #[test]
    fn card_ids_of_all_kinds() {
        let id = |content: &[u8]| CardId::from_file(content).map(|id| id.as_str().to_owned());
        assert_eq!(id(b"6030123456789012").as_deref(), Some("6030123456789012"));
        assert_eq!(id(b"603012345678\0\0\0\0").as_deref(), Some("603012345678"));
        assert_eq!(id(b"60301234567890123456").as_deref(), Some("6030123456789012"));
        assert_eq!(
            id(&[0x60, 0x30, 0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 1, 2]).as_deref(),
            Some("6030123456789012")
        );
        assert_eq!(id(&[0; 16]), None);
        assert_eq!(id(&[0xFF; 16]), None);
        assert_eq!(id(&[]), None);
        let packed = |digits: &[u8]| CardId::from_packed(digits).map(|id| id.as_str().to_owned());
        assert_eq!(packed(&[0x60, 0x30, 0, 0, 0, 0, 0, 0x19]).as_deref(), Some("6030000000000019"));
        assert_eq!(packed(&[0x60, 0x3A, 0, 0, 0, 0, 0, 0x19]), None);
        assert_eq!((packed(&[0; 8]), packed(&[0xFF; 8])), (None, None));
    }
}
