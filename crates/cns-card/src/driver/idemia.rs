//! Family C: the IDEMIA (Oberthur) applet of 2021, sold as ACe/ACx 2021, and Cosmo 9.1 (docs/cards, section 1).
//!
//! Certificate and key live in DFs of their own; the key's DF must be current for MSE and PSO, else the card answers
//! 6984. SELECT with P2 = 0C is refused with 6A86; without Le the response is 9000 alone. 1100/1101 exists and is all
//! zero. VERIFY without data returns the counter and does not decrement it, for the PUK (11) too.

use super::CardDriver;
use crate::atr::{IcMaker, MaskMaker};
use crate::profile::{AtrRule, CardProfile, CertificateLocation, KeyPairLayout, Pattern, VerifyQuery};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Idemia, &Cosmo91, &LaterLot];

struct Idemia;

impl CardDriver for Idemia {
    fn profile(&self) -> &'static CardProfile {
        &PROFILE
    }
}

struct Cosmo91;

impl CardDriver for Cosmo91 {
    fn profile(&self) -> &'static CardProfile {
        const COSMO_91: CardProfile = CardProfile { atr_rule: of_os(0x91, 0x91), ..PROFILE };
        &COSMO_91
    }
}

/// The same applet on an operating system that was never seen: whether VERIFY without data decrements its counter is not
/// known, so it is not sent.
struct LaterLot;

impl CardDriver for LaterLot {
    fn profile(&self) -> &'static CardProfile {
        const LATER_LOT: CardProfile =
            CardProfile { atr_rule: of_os(0x21, 0xFF), verify_query: VerifyQuery::MayDecrement, ..PROFILE };
        &LATER_LOT
    }
}

const fn of_os(least: u8, greatest: u8) -> AtrRule {
    AtrRule::Fields(Pattern {
        ic_maker: Some(IcMaker::INFINEON),
        mask_maker: Some(MaskMaker::OBERTHUR),
        os_major: (least, greatest),
        ..Pattern::ANY_CNS
    })
}

pub(super) const PROFILE: CardProfile = CardProfile {
    name: "CNS IDEMIA 2021",
    atr_rule: of_os(0x20, 0x20),
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
