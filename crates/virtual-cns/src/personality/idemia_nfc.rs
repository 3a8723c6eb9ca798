//! IDEMIA over NFC: the card of IDEMIA 2021 behind an ATR without the mark `CNS`.

use super::{Behaviour, Chaining, Personality, VerifyWithoutData, applet};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "idemia-nfc",
    title: "IDEMIA over NFC",
    family: 'G',
    series: "13",
    atr: &[0x3B, 0x8B, 0x80, 0x01, 0x00, 0x31, 0xC1, 0x64, 0x08, 0x92, 0x33, 0x54, 0x00, 0x90, 0x00, 0xF3],
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
        chaining: Chaining::Accepted,
        le_in_chain: true,
        select_p2_0c: false,
        verify_without_data: VerifyWithoutData::TellsTries,
        key_in_current_df: true,
        restore_first: false,
        longest_challenge: 32,
        ..Behaviour::STRICT
    },
    layout: |input| applet::layout(input, 0x02),
};
