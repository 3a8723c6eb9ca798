//! ST Incard: the classic layout on cards that understand extended length.

use super::{Behaviour, Chaining, Contents, LayoutInput, Personality, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

/// ST Incard mask 09, RSA-2048 (ST 2021): PINs need bit 8 of P2 (or the MF current), chaining answers 6E00, extended
/// length is understood.
pub(super) const ST_2021: Personality = Personality {
    name: "st2021",
    title: "ST Incard, RSA-2048 (ST 2021)",
    family: 'B',
    series: "04",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
    ],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 10,
    certificate: CertificateOptions {
        key_encipherment: true,
        more_usages: true,
        ..CertificateOptions::PLAIN
    },
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
    layout: classic::layout,
};

const CNS: [u8; 8] = [0xA0, 0x00, 0x00, 0x00, 0x95, 0x01, 0x00, 0x4D];

fn layout_to_be_selected(input: &LayoutInput) -> Contents {
    Contents {
        start: None,
        data_objects: vec![(0x0180, b"JSign4".to_vec())],
        ..classic::layout_with_name(input, Some(&CNS))
    }
}

/// ST 2022 over NFC: an ATR that says nothing, no file before SELECT by name, `JSign4` in GET DATA 0180, then the
/// classic layout of ST 2021.
pub(super) const ST_2022_NFC: Personality = Personality {
    name: "st2022-nfc",
    title: "ST 2022 over NFC",
    family: 'F',
    series: "14",
    atr: &[0x3B, 0x80, 0x80, 0x01, 0x01],
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    layout: layout_to_be_selected,
    ..ST_2021
};
