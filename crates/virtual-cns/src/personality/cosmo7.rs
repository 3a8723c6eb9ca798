//! Oberthur CNS applet on Cosmo v7 (VVF and others): like IDEMIA 2021, with key reference 0E, short lengths only and
//! chaining, and a certificate file exactly as long as the certificate.

use super::{Behaviour, Chaining, Personality, VerifyWithoutData, applet};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "cosmo7",
    title: "Oberthur CNS applet on Cosmo v7",
    family: 'D',
    series: "11",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x11, 0x05, 0x07, 0x00, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x7B,
    ],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour {
        extended: false,
        chaining: Chaining::Accepted,
        le_in_chain: true,
        select_p2_0c: false,
        verify_without_data: VerifyWithoutData::TellsTries,
        key_in_current_df: true,
        restore_first: false,
        longest_challenge: 32,
        ..Behaviour::STRICT
    },
    layout: |input| applet::layout(input, 0x0E),
};
