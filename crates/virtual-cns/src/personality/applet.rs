//! The IDEMIA/Oberthur applet layout of families C and D (docs/cards/README.md, section 2): the certificate under
//! 1400/9001, the keys under 1400/9002, object maps that name both, and a classic certificate file that holds nothing
//! but zeros.

use super::classic::global_data;
use super::{Contents, LayoutInput, zero_filled};
use crate::filesystem::{FileSystem, READ_ONLY, WRITABLE_WITH_PIN};
use crate::security::{Key, KeyStore, Pin};

/// Makes a card whose key has this reference.
pub(super) fn layout(input: &LayoutInput, number: u8) -> Contents {
    layout_with_name(input, number, None)
}

/// The same as an application with a name.
pub(super) fn layout_with_name(input: &LayoutInput, number: u8, name: Option<&[u8]>) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(name);
    files.transparent(root, 0x2F02, READ_ONLY, global_data(input.card_id));

    let card = files.dedicated(root, 0x1000);
    files.transparent(card, 0x1002, READ_ONLY, b"VIRTUAL CNS APPLET 0001 ".to_vec());
    let id = files.transparent(card, 0x1003, READ_ONLY, input.card_id.as_bytes().to_vec());
    files.file_mut(id).tells_size = !input.personality.card_id_without_size;

    let holder = files.dedicated(root, 0x1100);
    files.transparent(holder, 0x1101, READ_ONLY, vec![0; 2048]);
    files.transparent(holder, 0x1102, READ_ONLY, input.personal_data.to_vec());

    let services = files.dedicated(root, 0x1200);
    files.transparent(services, 0x1202, WRITABLE_WITH_PIN, vec![0; 256]);

    let bits = u16::try_from(input.personality.key_bits).expect("an RSA size");
    let certificate = zero_filled(input.certificate, input.personality.certificate_file);
    let size = u16::try_from(certificate.len()).expect("a certificate is short");
    let number_low = u16::from(number);
    let objects = files.dedicated(root, 0x1400);
    files.transparent(objects, 0x1000, READ_ONLY, token_label());
    files.transparent(
        objects,
        0x4000,
        READ_ONLY,
        map(&[(0x1000 | number_low, bits), (0x2000 | number_low, size)]),
    );
    files.transparent(objects, 0x5000, READ_ONLY, map(&[(0x3000 | number_low, bits)]));
    let certificates = files.dedicated(objects, 0x9001);
    files.transparent(certificates, 0x2000 | number_low, READ_ONLY, certificate);
    let keys = files.dedicated(objects, 0x9002);

    let mut key_store = KeyStore::default();
    key_store.pins.push(Pin::unused(0x10, root, input.pin, input.personality.pin_tries, Some(0x11)));
    key_store.pins.push(Pin::unused(0x11, root, input.puk, input.personality.puk_tries, None));
    key_store.keys.push(Key { number, home: keys, pin: 0x10, spends_pin: false, private: input.key.clone() });
    Contents { files, key_store, start: Some(root), data_objects: Vec::new() }
}

/// 32 characters, padded, and four bytes.
fn token_label() -> Vec<u8> {
    let mut label = format!("{:32}", "CNS VIRTUALE").into_bytes();
    label.extend([0; 4]);
    label
}

/// 240 bytes: 48 slots of flag, object, size; a free slot is `00 FAFE 0000`.
fn map(objects: &[(u16, u16)]) -> Vec<u8> {
    let used = objects.iter().map(|(object, size)| (0xFF, *object, *size));
    let free = std::iter::repeat((0x00, 0xFAFE, 0x0000));
    used.chain(free)
        .take(48)
        .flat_map(|(flag, object, size): (u8, u16, u16)| {
            let ([a, b], [c, d]) = (object.to_be_bytes(), size.to_be_bytes());
            [flag, a, b, c, d]
        })
        .collect()
}
