//! Whose card it is, and its number: from the certificate where it carries them, else from the files of the card.
//!
//! The number is what this user's processes call the card by (logins, tries, the cache), so that all must come to the
//! same one: the certificate's wins, because every listing has it, and by the specification both are the same.

use cns_card::{Card, CardError, DataFile, Holder, PublicFiles};

use crate::certificate::Certificate;
use crate::selection::look_for_others;
use crate::signature::{Hash, digest};

/// By what a card is identified, and what it shows of its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIdentity {
    /// The token's serial number, at most 16 bytes.
    pub serial: String,
    /// Given name and surname, where the card shows them.
    pub holder: Option<Holder>,
    /// The card has EF ID_Carta, as far as is known: it is not looked for before it is wanted.
    pub has_card_id: bool,
    /// The same of EF Dati_personali.
    pub has_personal_data: bool,
}

impl TokenIdentity {
    /// Of a card that was just listed; what its certificate does not say is read.
    ///
    /// # Errors
    /// Those of the exchange.
    pub fn of(card: &mut Card, files: &PublicFiles) -> Result<Self, CardError> {
        let certificate = files.certificate.as_ref().and_then(|file| Certificate::parse(&file.der));
        let by_profile = certificate.as_ref().and_then(Certificate::card_id_by_profile);
        let serial = match by_profile {
            Some(id) => id.to_owned(),
            None => match card.card_id()? {
                Some(id) => id.as_str().to_owned(),
                None => substitute_serial(card, files)?,
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

    /// What people call the card by: `CNS` and its holder's name, or its number where it shows no name.
    #[must_use]
    pub fn name(&self) -> String {
        clean(&match &self.holder {
            Some(Holder { name, surname }) => format!("CNS {name} {surname}"),
            None => format!("CNS {}", self.serial),
        })
    }

    /// Whether no other card has this serial number.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.serial != NOTHING
    }
}

/// The serial number of a card that shows nothing of its own.
const NOTHING: &str = "0000000000000000";

/// For a card without number: what one of its certificates has instead, else something stable made from one. All of them
/// are read for it, and the same one is taken whichever was chosen to log in: programs that choose on another day, or after
/// a shorter search, are to count the tries of one card.
fn substitute_serial(card: &mut Card, files: &PublicFiles) -> Result<String, CardError> {
    let Some(chosen) = &files.certificate else { return Ok(NOTHING.to_owned()) };
    look_for_others(card)?;
    let all: Vec<&[u8]> =
        std::iter::once(chosen).chain(card.other_certificates()).map(|file| &*file.der).collect();
    let parsed: Vec<Certificate> = all.iter().filter_map(|der| Certificate::parse(der)).collect();
    let by_profile = parsed.iter().filter_map(Certificate::card_id_by_profile).min();
    let number = by_profile.or_else(|| parsed.iter().filter_map(Certificate::card_id).min()).map(clean);
    let made = || {
        let first = all.iter().min().map(|der| digest(Hash::Sha1, &[der]));
        first.iter().flat_map(|digest| &digest[..8]).map(|byte| format!("{byte:02X}")).collect()
    };
    Ok(number.map_or_else(made, |number| cut(&number, 16).to_owned()))
}

/// Without colons (NSS separates token and certificate names with one) and control characters; blanks folded.
#[must_use]
pub fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == ':' || c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest start of `text` with at most `length` bytes that ends between two characters.
#[must_use]
pub fn cut(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].trim_end()
}
