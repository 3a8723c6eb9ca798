//! Family F: ST 2022 over NFC (docs/cards, st2022-nfc).
//!
//! Its ATR says nothing, and no file can be selected before its application is. Behind that everything is as on the
//! contact side of the same card (`incard`): the application stands for the MF.

use super::CardDriver;
use super::incard;
use crate::profile::{Application, AtrRule, CardProfile, PathsFrom};

pub(crate) const J_SIGN: Application =
    Application { name: &[0xA0, 0x00, 0x00, 0x00, 0x95, 0x01, 0x00, 0x4D], paths: PathsFrom::MasterFile };

pub(crate) const ST_NFC: &dyn CardDriver = &StNfc;

struct StNfc;

impl CardDriver for StNfc {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }
}

const PROFILE: CardProfile = CardProfile {
    name: "CNS ST 2022 NFC",
    atr_rule: AtrRule::ByApplication,
    application: Some(&J_SIGN),
    ..incard::ST_2021
};
