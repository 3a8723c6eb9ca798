//! Family C: the IDEMIA (Oberthur) applet of 2021, sold as ACe/ACx 2021, and Cosmo 9.1 (docs/cards, section 1).
//!
//! Certificate and key live in DFs of their own; the key's DF must be current for MSE and PSO, else the card answers
//! 6984. SELECT with P2 = 0C is refused with 6A86; without Le the response is 9000 alone. 1100/1101 exists and is all
//! zero. VERIFY without data returns the counter and does not decrement it, for the PUK (11) too.

use super::CardDriver;
use crate::atr::{IcMaker, MaskMaker};
use crate::profile::{AtrRule, CardProfile, CertificateLocation, KeyPairLayout, Pattern, VerifyQuery};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Idemia];

struct Idemia;

impl CardDriver for Idemia {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }
}

pub(super) const PROFILE: CardProfile = CardProfile {
    name: "CNS IDEMIA 2021",
    atr_rule: AtrRule::Fields(Pattern {
        ic_maker: Some(IcMaker::INFINEON),
        mask_maker: Some(MaskMaker::OBERTHUR),
        os_major: (0x20, 0xFF),
        ..Pattern::ANY_CNS
    }),
    // [#2782]: a Spanish card, with certificates that are encrypted or compressed.
    atr_is_shared: true,
    certificate_locations: &[
        CertificateLocation::Known(KeyPairLayout::IDEMIA),
        CertificateLocation::ObjectMaps,
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
    ],
    verify_query: VerifyQuery::Safe,
    read_length: 256,
    extended_reads: true,
    ..CardProfile::SPECIFICATION
};
