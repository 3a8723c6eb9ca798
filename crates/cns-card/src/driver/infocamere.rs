//! Family H: Infocamere 1204 (docs/cards, infocamere): where its certificate is, and its key.
//!
//! The certificate is in a container, with its length in front, and the key in a DF of its own. The ATR is that of ST
//! Incard cards of the classic layout: the row for those looks into this place too. The older series, which say
//! `Infocamere` in the ATR, pad the PIN with 00 and have no driver (`identify`).

use crate::profile::{CertificateForm, FileReference, KeyPairLayout, KeyReference, Path};

/// Certificate container 2FFF/8228; key 21 in DF 2FFF/0000, opened by PIN 10.
pub(super) const CONTAINER: KeyPairLayout = KeyPairLayout {
    certificate: FileReference::own(&[0x2FFF, 0x8228]),
    form: CertificateForm::Container,
    key: KeyReference { directory: Path::new(&[0x2FFF, 0x0000]), reference: 0x21, ..KeyReference::LOGIN },
};
