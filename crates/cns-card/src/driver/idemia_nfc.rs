//! Family G: the IDEMIA card of family C over NFC (docs/cards, idemia-nfc).
//!
//! The ATR made of its contactless answer has no CNS mark, and payment cards of the same maker differ in a few bytes:
//! so all historical bytes are matched, and on cards of other lots the applet's application is selected. Behind it
//! everything is as in family C.

use super::CardDriver;
use super::idemia;
use crate::profile::{Application, AtrRule, CardProfile, PathsFrom, VerifyQuery};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&IdemiaNfc(&PROFILE)];

/// The CNS application of the applet; current after a reset on the cards that are known.
pub(crate) const IDEMIA_CNS: Application = Application {
    name: &[0xA0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x03, 0x00, 0x06, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02],
    paths: PathsFrom::MasterFile,
};

/// For a card of another lot that has the application.
pub(crate) const IDEMIA_BY_APPLICATION: &dyn CardDriver = &IdemiaNfc(&OTHER_LOT);

struct IdemiaNfc(&'static CardProfile);

impl CardDriver for IdemiaNfc {
    fn profile(&self) -> &'static CardProfile {
        self.0
    }
}

const PROFILE: CardProfile = CardProfile {
    name: "CNS IDEMIA NFC",
    atr_rule: AtrRule::HistoricalBytes(&[
        &[0x00, 0x31, 0xC1, 0x64, 0x08, 0x92, 0x33, 0x54, 0x00, 0x90, 0x00],
        &[0x00, 0x31, 0xC1, 0x64, 0x09, 0x29, 0x14, 0x54, 0x00, 0x90, 0x00],
    ]),
    ..idemia::PROFILE
};

/// The application is selected, because it is not known which one such a card has selected after a reset. No VERIFY without
/// data is sent to a lot of which nothing is known.
const OTHER_LOT: CardProfile = CardProfile {
    name: "CNS IDEMIA NFC 2",
    atr_rule: AtrRule::ByApplication,
    application: Some(&IDEMIA_CNS),
    verify_query: VerifyQuery::MayDecrement,
    ..PROFILE
};
