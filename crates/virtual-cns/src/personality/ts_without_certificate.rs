//! A TS-CNS that was never given a certificate: the classic files, and nothing but zeros in C_Carta.

use super::{Behaviour, Contents, LayoutInput, Personality, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

fn layout(input: &LayoutInput) -> Contents {
    classic::layout(&LayoutInput {
        personality: input.personality,
        card_id: input.card_id,
        personal_data: input.personal_data,
        certificate: &[0; 2048],
        key: input.key.clone(),
        pin: input.pin,
        puk: input.puk,
        signature: None,
    })
}

pub(super) const PERSONALITY: Personality = Personality {
    name: "ts-without-certificate",
    title: "TS-CNS without certificate",
    family: '-',
    series: "19",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour { extended: true, local_pin_bit: true, ..Behaviour::STRICT },
    layout,
};
