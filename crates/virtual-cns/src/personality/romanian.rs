//! The Romanian health card (CNAS): a generic ATR without historical bytes, and no public file or command.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "romanian",
    title: "Romanian health card (CNAS)",
    family: '-',
    series: "25",
    atr: &[0x3B, 0xF0, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0xE8],
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
