//! ST Incard masks (family B, and A's older ones): ST 2021, ST 2022, J-Sign (docs/cards, section 1).
//!
//! They differ in the PIN's qualifier: bit 8 of P2 lets the card look for the PIN from the current DF upwards, so no
//! SELECT of the MF is needed. On no other mask may it be used. Their PSO of 2048 bits wants extended length; chaining
//! is answered 6E00.

use super::{CardDriver, infocamere};
use crate::atr::MaskMaker;
use crate::profile::{CardProfile, Layout, Pattern, PinReference, Place, RecognisedBy};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Incard(&ST_2021), &Incard(&EARLIER)];

struct Incard(&'static CardProfile);

impl CardDriver for Incard {
    fn profile(&self) -> &'static CardProfile {
        self.0
    }
}

const PIN: PinReference = PinReference { qualifier: 0x90, directory: None, puk: 0x91 };

/// ST 2021 and 2022: OS versions 16.17 and 17.17.
pub(super) const ST_2021: CardProfile = CardProfile {
    name: "CNS ST 2021",
    recognised_by: RecognisedBy::Fields(Pattern {
        mask_maker: Some(MaskMaker::ST_INCARD),
        os_major: (0x16, 0xFF),
        ..Pattern::ANY_CNS
    }),
    pin: PIN,
    read_length: 256,
    extended_reads: true,
    ..CardProfile::SPECIFICATION
};

/// Infocamere 1204 among them, whose certificate is elsewhere.
const EARLIER: CardProfile = CardProfile {
    name: "CNS ST Incard",
    recognised_by: RecognisedBy::Fields(Pattern {
        mask_maker: Some(MaskMaker::ST_INCARD),
        ..Pattern::ANY_CNS
    }),
    places: &[
        Place::Known(Layout::CLASSIC),
        Place::Known(infocamere::CONTAINER),
        Place::Known(Layout::IDEMIA),
    ],
    pin: PIN,
    ..CardProfile::SPECIFICATION
};
