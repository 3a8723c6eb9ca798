//! Athena, RSA-1024 (AT 2012, AC 2013/2014/2018): an empty VERIFY costs a try, a SELECT without Le answers 61xx, the
//! FCI of EF ID_Carta has no size.

use super::{Behaviour, Personality, Surplus, VerifyWithoutData, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "athena",
    title: "Athena, RSA-1024 (AT 2012, AC 2013/2014/2018)",
    family: 'A',
    series: "03",
    atr: &[
        0x3B, 0xDF, 0x18, 0x00, 0x81, 0x31, 0xFE, 0x7D, 0x00, 0x6B, 0x15, 0x0C, 0x01, 0x81, 0x01, 0x11, 0x01,
        0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0xE8,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 10,
    certificate: CertificateOptions { more_usages: true, ..CertificateOptions::PLAIN },
    certificate_file: 1536,
    card_id_without_size: true,
    personal_data_length: PersonalDataLength::WithItself,
    behaviour: Behaviour {
        surplus: Surplus::GetResponse,
        verify_without_data: VerifyWithoutData::CountsAsWrong,
        ..Behaviour::STRICT
    },
    layout: classic::layout,
};
