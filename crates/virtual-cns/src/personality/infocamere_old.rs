//! The older Infocamere series: `Infocamere` in the ATR instead of the mark `CNS`, the same container.

use super::{Manners, Personality, infocamere};
use crate::people::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "infocamere-old",
    title: "Infocamere, older series",
    family: 'H',
    series: "16",
    atr: &[
        0x3B, 0xFC, 0x98, 0x00, 0xFF, 0xC1, 0x10, 0x31, 0xFE, 0x55, 0xC8, 0x03, 0x49, 0x6E, 0x66, 0x6F, 0x63,
        0x61, 0x6D, 0x65, 0x72, 0x65, 0x28,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 2048,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    manners: Manners { key_in_current_df: true, ..Manners::STRICT },
    layout: infocamere::layout,
};
