//! The other reading of ACe 2025: PIN and key are in the eSign applet, the CNS applet knows neither.

use super::ace2025::{KeyPlace, layout};
use super::{Behaviour, Chaining, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "ace2025-esign",
    title: "Actalis ACe 2025, PIN and key in the eSign applet",
    family: 'E',
    series: "18",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x4D, 0x00, 0x6B, 0x04, 0x04, 0xB8, 0x5B, 0x01, 0xF1,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x9D,
    ],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::WithItself,
    behaviour: Behaviour {
        extended: true,
        chaining: Chaining::Accepted,
        restore_first: false,
        ..Behaviour::STRICT
    },
    layout: |input| layout(input, KeyPlace::Esign),
};
