//! Oberthur, RSA-1024 (OT 2015/2016): READ BINARY past the end answers 6Cxx, an empty VERIFY reports the tries, three
//! tries for the PUK, a certificate file much larger than the certificate.

use super::{Behaviour, EndOfFile, Personality, Surplus, VerifyWithoutData, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "oberthur",
    title: "Oberthur, RSA-1024 (OT 2015/2016)",
    family: 'A',
    series: "02",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x04, 0x05, 0x01, 0x00, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x69,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions { names: true, key_encipherment: true, ..CertificateOptions::PLAIN },
    certificate_file: 2048,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour {
        surplus: Surplus::ExactLe,
        end_of_file: EndOfFile::ExactLe,
        verify_without_data: VerifyWithoutData::TellsTries,
        ..Behaviour::STRICT
    },
    layout: classic::layout,
};
