//! ST 2022 over NFC: an ATR that says nothing, no file before SELECT by name, `JSign4` in GET DATA 0180, then the
//! classic layout of ST 2021.

use super::{Behaviour, Chaining, Contents, LayoutInput, Personality, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

const NAME: [u8; 8] = [0xA0, 0x00, 0x00, 0x00, 0x95, 0x01, 0x00, 0x4D];

fn layout(input: &LayoutInput) -> Contents {
    Contents {
        start: None,
        data_objects: vec![(0x0180, b"JSign4".to_vec())],
        ..classic::layout_with_name(input, Some(&NAME))
    }
}

pub(super) const PERSONALITY: Personality = Personality {
    name: "st2022-nfc",
    title: "ST 2022 over NFC",
    family: 'F',
    series: "14",
    atr: &[0x3B, 0x80, 0x80, 0x01, 0x01],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 2048,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour {
        extended: true,
        longest_read: 65_536,
        chaining: Chaining::Refused(0x6E00),
        local_pin_bit: true,
        ..Behaviour::STRICT
    },
    layout,
};
