//! Infocamere 1204 on an ST card with the mark `CNS`: certificate in a container at 2FFF/8228 (length in bytes 1 and 2,
//! DER at offset 5), key 21 in the DF 2FFF/0000, PIN 10. The size of the key is ours.
//!
//! The Infocamere series before 1204, all expired (evidence: OpenSC's driver for them, removed in 2019). Series 1400: the
//! certificates are compressed, behind four bytes of which two are the length; PINs 1 and 2 have 5 to 8 digits, are padded
//! with 00, and are found in the DF 3000/4000 with the keys. Series 1600 and 1202/1203: only their ATRs.

use super::classic::global_data;
use super::foreign::EMPTY;
use super::{Behaviour, Contents, LayoutInput, Personality, zero_filled};
use crate::filesystem::{FileSystem, READ_ONLY};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{Key, KeyStore, Pin};

fn layout_1204(input: &LayoutInput) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(None);
    files.transparent(root, 0x2F02, READ_ONLY, global_data(input.card_id));
    let card = files.dedicated(root, 0x1000);
    files.transparent(card, 0x1003, READ_ONLY, input.card_id.as_bytes().to_vec());
    let holder = files.dedicated(root, 0x1100);
    files.transparent(holder, 0x1102, READ_ONLY, input.personal_data.to_vec());
    let company = files.dedicated(root, 0x2FFF);
    files.transparent(company, 0x8228, READ_ONLY, container(input));
    let keys = files.dedicated(company, 0x0000);

    let mut key_store = KeyStore::default();
    key_store.pins.push(Pin::unused(0x10, root, input.pin, input.personality.pin_tries, Some(0x11)));
    key_store.pins.push(Pin::unused(0x11, root, input.puk, input.personality.puk_tries, None));
    key_store.keys.push(Key {
        number: 0x21,
        home: keys,
        pin: 0x10,
        spends_pin: false,
        private: input.key.clone(),
    });
    Contents { files, key_store, start: Some(root), data_objects: Vec::new() }
}

/// A byte, the length in two bytes, two bytes, the certificate, zeros.
fn container(input: &LayoutInput) -> Vec<u8> {
    let length = u16::try_from(input.certificate.len()).expect("a certificate is short").to_be_bytes();
    let mut body = vec![0x01, length[0], length[1], 0x00, 0x00];
    body.extend_from_slice(input.certificate);
    zero_filled(&body, input.personality.certificate_file)
}

pub(super) const SERIES_1204: Personality = Personality {
    name: "infocamere",
    title: "Infocamere 1204, ST Incard",
    family: 'H',
    series: "15",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x02, 0x00, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x8F,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 2048,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour { local_pin_bit: true, key_in_current_df: true, ..Behaviour::STRICT },
    layout: layout_1204,
};

fn layout_1400(input: &LayoutInput) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(None);
    let company = files.dedicated(root, 0x3000);
    let mut serial = vec![0; 15];
    serial.extend_from_slice(b"140000000000017");
    files.transparent(company, 0x0001, READ_ONLY, serial);
    let certificates = files.dedicated(company, 0x6000);
    files.transparent(certificates, 0x0000, READ_ONLY, compressed(input.certificate));
    files.transparent(certificates, 0x0001, READ_ONLY, compressed(input.certificate));
    let keys = files.dedicated(company, 0x4000);

    let mut value = input.pin;
    value.iter_mut().filter(|byte| **byte == 0xFF).for_each(|byte| *byte = 0x00);
    let mut key_store = KeyStore::default();
    // Real ones are found in 3000/4000; here from anywhere, so that a PIN that goes astray counts.
    for number in [0x01, 0x02] {
        key_store.pins.push(Pin::unused(number, root, value, input.personality.pin_tries, None));
        key_store.keys.push(Key {
            number,
            home: keys,
            pin: number,
            spends_pin: false,
            private: input.key.clone(),
        });
    }
    Contents { files, key_store, start: Some(root), data_objects: Vec::new() }
}

/// Length in the bytes 2 and 3, then what no reader of DER understands. That it is zlib's form is not needed here.
fn compressed(certificate: &[u8]) -> Vec<u8> {
    let length = u16::try_from(certificate.len()).expect("a certificate is short").to_be_bytes();
    let mut body = vec![0x01, 0x00, length[0], length[1], 0x78, 0x9C];
    body.extend(certificate.iter().map(|byte| byte ^ 0xA5));
    body
}

pub(super) const SERIES_1400: Personality = Personality {
    name: "infocamere-1400",
    title: "Infocamere, series 1400",
    series: "16",
    atr: &[
        0x3B, 0xFC, 0x98, 0x00, 0xFF, 0xC1, 0x10, 0x31, 0xFE, 0x55, 0xC8, 0x03, 0x49, 0x6E, 0x66, 0x6F, 0x63,
        0x61, 0x6D, 0x65, 0x72, 0x65, 0x28,
    ],
    layout: layout_1400,
    ..EMPTY
};

pub(super) const SERIES_1600: Personality = Personality {
    name: "infocamere-1600",
    title: "Infocamere, series 1600",
    series: "27",
    atr: &[0x3B, 0xF4, 0x98, 0x00, 0xFF, 0xC1, 0x10, 0x31, 0xFE, 0x55, 0x4D, 0x34, 0x63, 0x76, 0xB4],
    ..EMPTY
};

pub(super) const SERIES_1203: Personality = Personality {
    name: "infocamere-1203",
    title: "Infocamere, series 1202 and 1203",
    series: "28",
    atr: &[0x3B, 0xB7, 0x94, 0x00, 0x81, 0x31, 0xFE, 0x65, 0x53, 0x50, 0x4B, 0x32, 0x33, 0x90, 0x00, 0xD1],
    ..EMPTY
};
