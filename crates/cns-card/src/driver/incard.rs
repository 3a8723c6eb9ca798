//! ST Incard masks (family B, and A's older ones): ST 2021, ST 2022, J-Sign (docs/cards, section 1).
//!
//! They differ in the PIN's reference, P2 = 90: bit 8 makes the card search the PIN upwards from the current DF. After
//! SELECT MF that finds one PIN only. No other mask may get this P2. Their PSO of 2048 bits needs extended length; a chain
//! is answered 6E00.

use super::{CardDriver, infocamere};
use crate::atr::MaskMaker;
use crate::profile::{AtrRule, CardProfile, CertificateLocation, KeyPairLayout, Path, Pattern, PinReference};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Incard(&ST_2021), &Incard(&EARLIER)];

struct Incard(&'static CardProfile);

impl CardDriver for Incard {
    fn profile(&self) -> &'static CardProfile {
        self.0
    }
}

const PIN: PinReference = PinReference { p2: 0x90, directory: Path::MF, puk: 0x91 };

/// ST 2021 and 2022: OS versions 16.17 and 17.17.
pub(super) const ST_2021: CardProfile = CardProfile {
    name: "CNS ST 2021",
    atr_rule: AtrRule::Fields(Pattern {
        mask_maker: Some(MaskMaker::ST_INCARD),
        os_major: (0x16, 0xFF),
        ..Pattern::ANY_CNS
    }),
    pin: PIN,
    read_length: 256,
    extended_reads: true,
    // With 6E00, in two readers (OpenSC #2370).
    refuses_chaining: true,
    ..CardProfile::SPECIFICATION
};

/// Infocamere 1204 among them, whose certificate is elsewhere.
const EARLIER: CardProfile = CardProfile {
    name: "CNS ST Incard",
    atr_rule: AtrRule::Fields(Pattern { mask_maker: Some(MaskMaker::ST_INCARD), ..Pattern::ANY_CNS }),
    certificate_locations: &[
        CertificateLocation::Known(KeyPairLayout::CLASSIC),
        CertificateLocation::Known(infocamere::CONTAINER),
        CertificateLocation::Known(KeyPairLayout::IDEMIA),
    ],
    pin: PIN,
    ..CardProfile::SPECIFICATION
};
