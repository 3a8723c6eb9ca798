//! Siemens CardOS, RSA-1024: a wrong PIN answers a plain 6300, READ BINARY with Le=00 answers 6700, the end of a
//! file is warned of with 6282. Certificate file and certificate are equally long.

use super::{Behaviour, Chaining, EndOfFile, Personality, classic};
use crate::holders::{CertificateOptions, PersonalDataLength};

pub(super) const PERSONALITY: Personality = Personality {
    name: "cardos",
    title: "Siemens CardOS, RSA-1024, the first CNS cards",
    family: 'A',
    series: "01",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0xC1, 0x0A, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x05, 0x08, 0xC8, 0x0C, 0x01,
        0x11, 0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x05,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 10,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour {
        chaining: Chaining::Refused(0x6E00),
        end_of_file: EndOfFile::Warning,
        read_le_zero: false,
        wrong_pin_tells_tries: false,
        environment_survives_select: true,
        pads_signatures: true,
        ..Behaviour::STRICT
    },
    layout: classic::layout,
};
