//! Family D: the Oberthur CNS applet on Cosmo v7 (VVF and others; docs/cards, idemia-cosmo7).
//!
//! As family C, but certificate file and key reference differ between lots: the object maps name them. The card
//! refuses extended length and takes chains: the first PSO with more than 255 bytes is tried in extended form once, and
//! sent as a chain from then on (decision 14).

use super::CardDriver;
use crate::atr::{IcMaker, MaskMaker};
use crate::profile::{AtrRule, CardProfile, CertificateLocation, KeyPairLayout, Pattern, VerifyQuery};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Cosmo7];

struct Cosmo7;

impl CardDriver for Cosmo7 {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }
}

/// The one key reference that was seen.
const COSMO_7: KeyPairLayout = KeyPairLayout::of_applet(0x200E, 0x0E);

const PROFILE: CardProfile = CardProfile {
    name: "CNS Cosmo 7",
    atr_rule: AtrRule::Fields(Pattern {
        ic_maker: Some(IcMaker(0x11)),
        mask_maker: Some(MaskMaker::OBERTHUR),
        // An empty VERIFY is safe only where it is known to be.
        os_major: (0x07, 0x07),
        ..Pattern::ANY_CNS
    }),
    certificate_locations: &[
        CertificateLocation::ObjectMaps,
        CertificateLocation::Known(COSMO_7),
        CertificateLocation::Known(KeyPairLayout::IDEMIA),
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
    ],
    verify_query: VerifyQuery::Safe,
    read_length: 256,
    ..CardProfile::SPECIFICATION
};
