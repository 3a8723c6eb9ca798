//! The Infocamere series before 1204, all expired (evidence: OpenSC's driver for them, removed in 2019). Series 1400: the
//! certificates are compressed, behind four bytes of which two are the length; PINs 1 and 2 have 5 to 8 digits, are padded
//! with 00, and are found in the DF 3000/4000 with the keys. Series 1600 and 1202/1203: only their ATRs.

use super::foreign::EMPTY;
use super::{Contents, LayoutInput, Personality};
use crate::filesystem::{FileSystem, READ_ONLY};
use crate::security::{Key, KeyStore, Pin};

fn layout(input: &LayoutInput) -> Contents {
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
    layout,
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
