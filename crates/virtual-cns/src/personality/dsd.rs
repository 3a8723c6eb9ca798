//! A card for signatures only: the mark `DSD`, other middleware.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "dsd",
    title: "Signature-only card (DSD)",
    family: '-',
    series: "24",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x44, 0x53, 0x44, 0x11, 0x31, 0x80, 0x80,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour::STRICT,
    layout: |_| empty_card(None),
};
