//! bit4id Digital-DNA on NXP ChipDoc: the mark `CNS` in front of an IAS-ECC card that shows nothing without PACE.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "chipdoc",
    title: "bit4id Digital-DNA (NXP ChipDoc)",
    family: '-',
    series: "20",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x15, 0x0C, 0x03, 0x02, 0x01, 0x01,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x61,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour::STRICT,
    layout: |_| empty_card(Some(&[0xA0, 0x00, 0x00, 0x00, 0x18, 0x40, 0x00, 0x00, 0x01, 0x63, 0x42, 0x00])),
};
