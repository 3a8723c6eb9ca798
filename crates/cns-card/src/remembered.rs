//! What is remembered of a card from one look to the next, in another process as a rule.
//!
//! What this room is for: what that is, and its bytes. Public facts only: certificates, number, whose card it is, how
//! the card wants to be asked for files. What is remembered may be wrong, or forged: nothing here decides what kind of
//! card it is, where a PIN goes or which PIN opens a key. Whether it is of this card: `recall`. Decision 0017.

mod coding;

use crate::card_id::CardId;
use crate::certificate_file::Found;
use crate::driver::dialogue::Learned;
use crate::personal_data::Holder;
use crate::profile::{CardProfile, Path};

/// A card as it was seen. [`Remembered::to_bytes`] and [`Remembered::from_bytes`] take it to another process.
#[derive(Clone, PartialEq, Eq)]
pub struct Remembered {
    pub(crate) atr: Vec<u8>,
    /// The name of its driver.
    pub(crate) family: String,
    /// Where its certificate is.
    pub(crate) place: Path,
    /// The number of its key, which only an object map tells.
    pub(crate) key_number: u8,
    /// Its certificate, DER.
    pub(crate) certificate: Vec<u8>,
    /// That of the signature keyset, if it has one.
    pub(crate) signature_certificate: Option<Vec<u8>>,
    /// Of what may be there or not, `None` says that it was not looked for.
    pub(crate) card_id: Option<Option<CardId>>,
    pub(crate) holder: Option<Option<Holder>>,
    pub(crate) habits: Habits,
}

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Remembered({})", self.family)
    }
}

impl Remembered {
    /// The certificate in the place where the family has it; `None` when the family has no such place.
    pub(crate) fn login(&self, profile: &CardProfile) -> Option<Found> {
        let layout = profile.layout_at(self.place, self.key_number)?;
        Some(Found::new(self.certificate.clone(), &layout))
    }

    pub(crate) fn signature(&self, profile: &CardProfile) -> Option<Found> {
        Some(Found::new(self.signature_certificate.clone()?, &profile.signature))
    }
}

/// How a card wants to be asked for files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Habits {
    pub(crate) select_step_by_step: bool,
    pub(crate) select_wants_le: bool,
    pub(crate) no_extended_reads: bool,
    pub(crate) longest_read: Option<u16>,
}

impl Habits {
    pub(crate) fn of(learned: &Learned) -> Self {
        Self {
            select_step_by_step: learned.select_step_by_step,
            select_wants_le: learned.select_wants_le,
            no_extended_reads: learned.extended_reads == Some(false),
            longest_read: learned.longest_read,
        }
    }

    /// That extended reads worked is not taken over: this may be another reader.
    pub(crate) fn learned(self) -> Learned {
        Learned {
            select_step_by_step: self.select_step_by_step,
            select_wants_le: self.select_wants_le,
            extended_reads: self.no_extended_reads.then_some(false),
            longest_read: self.longest_read,
            ..Learned::default()
        }
    }
}
