//! IDEMIA, RSA-2048 (ACe/ACx 2021): the certificate under 1400/9001/2002, key 02 usable only while 1400/9002 is
//! current, no SELECT with P2=0C, short challenges, an empty VERIFY that reports the tries; 1100/1101 is all zero.

use super::{Behaviour, Chaining, Personality, VerifyWithoutData, applet};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "idemia2021",
    title: "IDEMIA, RSA-2048 (ACe/ACx 2021)",
    family: 'C',
    series: "05",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x05, 0x05, 0x20, 0x00, 0x01, 0x21,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x79,
    ],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions { names: true, more_usages: true, ..CertificateOptions::PLAIN },
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
