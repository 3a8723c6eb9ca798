//! Family A, all masks but ST Incard: the classic layout of the CNS specification 1.0, as CardOS (Siemens), Athena
//! and Oberthur before 2020 build it (docs/cards, section 1).

use super::CardDriver;
use crate::atr::MaskMaker;
use crate::profile::{AtrRule, CardProfile, CertificateLocation, KeyPairLayout, Pattern};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Classic(&CARDOS), &Classic(&ATHENA), &Classic(&OBERTHUR)];

struct Classic(&'static CardProfile);

impl CardDriver for Classic {
    fn profile(&self) -> &'static CardProfile {
        self.0
    }
}

/// Answers a wrong PIN with 6300, without a counter.
const CARDOS: CardProfile = CardProfile {
    name: "CNS CardOS",
    atr_rule: AtrRule::Fields(Pattern { mask_maker: Some(MaskMaker::SIEMENS), ..Pattern::ANY_CNS }),
    ..CardProfile::SPECIFICATION
};

/// AT 2012, AC 2013, 2014, 2018. Counts VERIFY without data as a wrong PIN, so none is ever sent.
const ATHENA: CardProfile = CardProfile {
    name: "CNS Athena",
    atr_rule: AtrRule::Fields(Pattern { mask_maker: Some(MaskMaker::ATHENA), ..Pattern::ANY_CNS }),
    ..CardProfile::SPECIFICATION
};

/// OT 2015, 2016; the mask's later versions are matched before (see `idemia`).
const OBERTHUR: CardProfile = CardProfile {
    name: "CNS Oberthur",
    atr_rule: AtrRule::Fields(Pattern { mask_maker: Some(MaskMaker::OBERTHUR), ..Pattern::ANY_CNS }),
    certificate_locations: &[
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
        CertificateLocation::Known(KeyPairLayout::IDEMIA),
        CertificateLocation::ObjectMaps,
    ],
    ..CardProfile::SPECIFICATION
};
