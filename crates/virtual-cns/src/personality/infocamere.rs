//! Infocamere 1204 on an ST card with the mark `CNS`: certificate in a container at 2FFF/8228 (length in bytes 1 and 2,
//! DER at offset 5), key 21 in the DF 2FFF/0000, PIN 10. The size of the key is ours.

use super::classic::global_data;
use super::{Behaviour, Contents, LayoutInput, Personality, zero_filled};
use crate::filesystem::{FileSystem, READ_ONLY};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{Key, KeyStore, Pin};

/// Makes the card.
pub(super) fn layout(input: &LayoutInput) -> Contents {
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

pub(super) const PERSONALITY: Personality = Personality {
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
    layout,
};
