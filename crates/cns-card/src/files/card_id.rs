//! The card's number: EF ID_Carta, or the file that a family has instead.

use crate::card_session::CardSession;
use crate::error::CardError;
use crate::files::content::{FileContent, read_or_refused};
use crate::files::identity::{Identity, read_beginning};
use crate::profile::{CardIdCoding, CardIdFile, CardProfile};

/// The length of EF ID_Carta, in bytes.
pub(crate) const CARD_ID_LENGTH: usize = 16;

/// The card's number, EF ID_Carta: 16 ASCII digits on every card seen so far.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CardId(String);

impl CardId {
    /// As text: the 16 digits; for other content at most 16 characters of `0-9A-Za-z`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the issuer's digits are a Region's: `6`, then three digits of the Region. Chambers of commerce and other
    /// issuers begin with another digit.
    #[must_use]
    pub fn is_of_a_health_card(&self) -> bool {
        self.0.starts_with('6')
    }

    /// From the [`CardId::as_str`] of another process.
    pub(crate) fn recalled(text: &str) -> Option<Self> {
        let sound = !text.is_empty() && text.len() <= CARD_ID_LENGTH;
        (sound && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then(|| Self(text.to_owned()))
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

/// The number from the first of the family's files that has one, and that file as the card's identity.
pub(crate) fn read(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<FileContent<(CardId, Identity)>, CardError> {
    let mut outcome = FileContent::Absent;
    for place in profile.card_id {
        let beginning = read_beginning(session, profile, place.file, 0, place.length());
        let content = read_or_refused(beginning.map(Some))?;
        let id = |content: &Vec<u8>| {
            let identity = Identity { file: place.file, start: 0, content: content.clone() };
            Some((place.decode(content)?, identity))
        };
        match content.and_then(id) {
            FileContent::Absent => {}
            FileContent::NotRead => outcome = FileContent::NotRead,
            found => return Ok(found),
        }
    }
    Ok(outcome)
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
        let recalled = |text: &str| CardId::recalled(text).map(|id| id.as_str().to_owned());
        assert_eq!(recalled("6030000000000019").as_deref(), Some("6030000000000019"));
        assert_eq!((recalled(""), recalled("60300000000000191"), recalled("6030 19")), (None, None, None));
        let packed = |digits: &[u8]| CardId::from_packed(digits).map(|id| id.as_str().to_owned());
        assert_eq!(packed(&[0x60, 0x30, 0, 0, 0, 0, 0, 0x19]).as_deref(), Some("6030000000000019"));
        assert_eq!(packed(&[0x60, 0x3A, 0, 0, 0, 0, 0, 0x19]), None);
        assert_eq!((packed(&[0; 8]), packed(&[0xFF; 8])), (None, None));
    }
}
