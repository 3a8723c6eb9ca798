//! Family G: the IDEMIA card of family C over NFC (docs/cards, idemia-nfc).
//!
//! The ATR made of its contactless answer has no CNS mark, and payment cards of the same maker differ in a few bytes:
//! so all historical bytes are matched. Behind it everything is as in family C.

use super::CardDriver;
use super::idemia;
use crate::profile::{CardProfile, RecognisedBy};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&IdemiaNfc];

struct IdemiaNfc;

impl CardDriver for IdemiaNfc {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }
}

const PROFILE: CardProfile = CardProfile {
    name: "CNS IDEMIA NFC",
    recognised_by: RecognisedBy::HistoricalBytes(&[
        &[0x00, 0x31, 0xC1, 0x64, 0x08, 0x92, 0x33, 0x54, 0x00, 0x90, 0x00],
        &[0x00, 0x31, 0xC1, 0x64, 0x09, 0x29, 0x14, 0x54, 0x00, 0x90, 0x00],
    ]),
    ..idemia::PROFILE
};
