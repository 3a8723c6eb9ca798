//! What is cached of a card, usually for another process, and its bytes. Public facts only: certificate, number, holder.
//!
//! The cache may be wrong or forged: nothing in it decides which family a card is of, where a PIN goes or which PIN opens a
//! key. `card/cache_match.rs` finds out whether it is of this card. Decision 0017.

mod coding;

use crate::files::card_id::CardId;
use crate::files::certificate::LocatedCertificate;
use crate::files::content::FileContent;
use crate::files::personal_data::Holder;
use crate::profile::{CardProfile, Path};

/// A card as it was read. [`CachedCard::to_bytes`] and [`CachedCard::from_bytes`] take it to another process.
#[derive(Clone, PartialEq, Eq)]
pub struct CachedCard {
    pub(crate) atr: Vec<u8>,
    /// The name of its driver.
    pub(crate) family: String,
    /// Where its certificate is.
    pub(crate) place: Path,
    /// The reference of its key, which only an object map holds.
    pub(crate) key_number: u8,
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    pub(crate) card_id: FileContent<CardId>,
    pub(crate) holder: FileContent<Holder>,
}

impl std::fmt::Debug for CachedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CachedCard({})", self.family)
    }
}

impl CachedCard {
    /// The certificate in the place where the family has it; `None` when the family has no such place.
    pub(crate) fn login(&self, profile: &CardProfile) -> Option<LocatedCertificate> {
        let layout = profile.layout_at(self.place, self.key_number)?;
        Some(LocatedCertificate::new(self.certificate.clone(), &layout))
    }
}
