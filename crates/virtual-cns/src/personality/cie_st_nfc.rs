//! A CIE 3.0 variant that shares the bare ATR of ST 2022 over NFC: only a SELECT by name distinguishes them.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "cie-st-nfc",
    title: "CIE 3.0 with a bare ATR",
    family: '-',
    series: "22",
    atr: &[0x3B, 0x80, 0x80, 0x01, 0x01],
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
