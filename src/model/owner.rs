//! Whose card it is, and its number: from the certificate where it carries them, else from the files of the card.
//!
//! The number is what this user's processes call the card by (logins, tries, the cache), so that all must come to the
//! same one: the certificate's wins, because every listing has it, and by the specification both are the same.

use cns_card::{Card, CardError, DataFile, Holder, PublicFiles};

use super::certificate::Certificate;
use super::hash::digest;
use super::mechanism::Hash;

/// What a token shows of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    /// The token's serial number, at most 16 bytes.
    pub(super) serial: String,
    pub(super) holder: Option<Holder>,
    /// The card has this file, as far as is known: nobody looks for it before it is wanted.
    pub(super) has_card_id: bool,
    pub(super) has_personal_data: bool,
}

impl Owner {
    /// Of a card that was just listed; what its certificate does not tell is read.
    pub(super) fn of(card: &mut Card, files: &PublicFiles) -> Result<Self, CardError> {
        let certificate = files.certificate.as_ref().and_then(|file| Certificate::parse(&file.der));
        let told = certificate.as_ref().and_then(Certificate::card_id_by_profile);
        let serial = match told {
            Some(id) => id.to_owned(),
            None => match card.card_id()? {
                Some(id) => id.as_str().to_owned(),
                None => stand_in(files, certificate.as_ref()),
            },
        };
        let holder = match certificate {
            Some(Certificate { holder: Some((name, surname)), .. }) => Some(Holder { name, surname }),
            Some(_) => card.holder()?,
            None => None,
        };
        Ok(Self {
            serial,
            holder,
            has_card_id: !card.lacks(DataFile::CardId),
            has_personal_data: !card.lacks(DataFile::PersonalData),
        })
    }

    /// Whether the serial number tells this card from others.
    pub(super) fn is_told_from_others(&self) -> bool {
        self.serial != NOTHING
    }
}

/// The serial number of a card that shows nothing of its own.
const NOTHING: &str = "0000000000000000";

/// For a card without number: what the certificate has instead, else something stable made from it.
fn stand_in(files: &PublicFiles, certificate: Option<&Certificate>) -> String {
    let Some(file) = &files.certificate else { return NOTHING.to_owned() };
    match certificate.and_then(Certificate::card_id).map(clean) {
        Some(id) => cut(&id, 16).to_owned(),
        None => digest(Hash::Sha1, &[&file.der])[..8].iter().map(|byte| format!("{byte:02X}")).collect(),
    }
}

/// Without colons (NSS separates token and certificate names with one) and control characters; blanks folded.
pub(super) fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == ':' || c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest start of `text` with at most `length` bytes that ends between two characters.
pub(super) fn cut(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].trim_end()
}
