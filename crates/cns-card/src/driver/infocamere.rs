//! Family H: Infocamere 1204 (docs/cards, infocamere).
//!
//! The certificate is in a container, with its length in front, and the key in a DF of its own. The newer series has
//! the ATR of ST Incard cards of the classic layout: the row for those looks into this place too. The older one says
//! `Infocamere` instead of `CNS`.

use super::CardDriver;
use crate::profile::{
    CardProfile, CertificateForm, FileReference, KeyReference, Layout, Path, Place, RecognisedBy,
};

pub(super) const DRIVERS: &[&dyn CardDriver] = &[&Infocamere];

struct Infocamere;

impl CardDriver for Infocamere {
    fn profile(&self) -> &'static CardProfile {
        &OLDER
    }
}

/// Certificate container 2FFF/8228; key 21 in DF 2FFF/0000, opened by PIN 10.
pub(super) const CONTAINER: Layout = Layout {
    certificate: FileReference::own(&[0x2FFF, 0x8228]),
    form: CertificateForm::Container,
    key: KeyReference { directory: Path::new(&[0x2FFF, 0x0000]), reference: 0x21, ..KeyReference::LOGIN },
};

const OLDER: CardProfile = CardProfile {
    name: "CNS Infocamere",
    recognised_by: RecognisedBy::HistoricalBytes(&[b"\xC8\x03Infocamere"]),
    places: &[Place::Known(CONTAINER), Place::Known(Layout::CLASSIC)],
    ..CardProfile::SPECIFICATION
};
