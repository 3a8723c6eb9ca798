//! A payment card: the payment directory and nothing else.

use super::foreign::empty_card;
use super::{Behaviour, Personality};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "emv",
    title: "Payment card (EMV)",
    family: '-',
    series: "26",
    atr: &[0x3B, 0x65, 0x00, 0x00, 0x20, 0x63, 0xCB, 0x68, 0x00],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour::STRICT,
    layout: |_| empty_card(Some(b"1PAY.SYS.DDF01")),
};
