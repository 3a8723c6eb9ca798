//! The electronic identity card (CIE 3.0) over NFC: an IAS application and no classic file.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "cie3",
    title: "Carta d'identità elettronica (CIE 3.0)",
    family: '-',
    series: "21",
    atr: &[
        0x3B, 0x8F, 0x80, 0x01, 0x80, 0x31, 0x80, 0x65, 0x49, 0x54, 0x4A, 0x34, 0x41, 0x12, 0x0F, 0xFF, 0x82,
        0x90, 0x00, 0x88,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour::STRICT,
    layout: |_| {
        empty_card(Some(&[0xA0, 0x00, 0x00, 0x00, 0x30, 0x80, 0x00, 0x00, 0x00, 0x09, 0x81, 0x60, 0x01]))
    },
};
