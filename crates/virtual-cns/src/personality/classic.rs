//! The classic layout of families A and B (docs/cards/README.md, section 2): everything under numbered DFs of the MF, the login
//! key and its PIN at the MF.

use super::{Contents, LayoutInput, zero_filled};
use crate::filesystem::{CLOSED, FileId, FileSystem, READ_ONLY, READABLE_WITH_PIN, WRITABLE_WITH_PIN};
use crate::security::{Key, KeyStore, Pin};
use rsa::traits::PublicKeyParts;

/// Makes a classic card.
pub(super) fn layout(input: &LayoutInput) -> Contents {
    layout_with_name(input, None)
}

/// Makes a classic card that is an application with a name.
pub(super) fn layout_with_name(input: &LayoutInput, name: Option<&[u8]>) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(name);
    files.transparent(root, 0x2F02, READ_ONLY, global_data(input.card_id));
    files.transparent(root, 0x3F01, READ_ONLY, public_key(input));
    files.transparent(root, 0x3F02, READ_ONLY, vec![0x01]);
    files.transparent(root, 0x0405, CLOSED, vec![0; 16]);

    let card = files.dedicated(root, 0x1000);
    files.transparent(card, 0x1002, READ_ONLY, b"VIRTUAL CNS CHIP 0001   ".to_vec());
    let id = files.transparent(card, 0x1003, READ_ONLY, input.card_id.as_bytes().to_vec());
    files.file_mut(id).tells_size = !input.personality.card_id_without_size;

    let holder = files.dedicated(root, 0x1100);
    let certificate = zero_filled(input.certificate, input.personality.certificate_file);
    files.transparent(holder, 0x1101, READ_ONLY, certificate);
    files.transparent(holder, 0x1102, READ_ONLY, input.personal_data.to_vec());

    let services = files.dedicated(root, 0x1200);
    files.transparent(services, 0x1201, READ_ONLY, vec![0; 128]);
    files.transparent(services, 0x1202, WRITABLE_WITH_PIN, vec![0; 256]);
    files.transparent(services, 0x1203, READABLE_WITH_PIN, vec![0; 64]);
    files.transparent(services, 0x4142, READ_ONLY, vec![0; 32]);

    let mut key_store = KeyStore::default();
    key_store.pins.push(Pin::unused(0x10, root, input.pin, input.personality.pin_tries, Some(0x11)));
    key_store.pins.push(Pin::unused(0x11, root, input.puk, input.personality.puk_tries, None));
    key_store.keys.push(Key {
        number: 0x01,
        home: root,
        pin: 0x10,
        spends_pin: false,
        private: input.key.clone(),
    });
    signature_keyset(input, &mut files, &mut key_store, root);
    Contents { files, key_store, start: Some(root), data_objects: Vec::new() }
}

/// DF_DS: there on every classic card, empty on most.
fn signature_keyset(input: &LayoutInput, files: &mut FileSystem, key_store: &mut KeyStore, root: FileId) {
    let signature = files.dedicated(root, 0x1400);
    let Some(keyset) = &input.signature else { return };
    files.transparent(signature, 0x9010, READ_ONLY, keyset.certificate.clone());
    key_store.pins.push(Pin::unused(0x1A, root, keyset.pin, input.personality.pin_tries, Some(0x1B)));
    key_store.pins.push(Pin::unused(0x1B, root, keyset.puk, input.personality.puk_tries, None));
    key_store.keys.push(Key {
        number: 0x10,
        home: signature,
        pin: 0x1A,
        spends_pin: true,
        private: keyset.key.clone(),
    });
}

/// EF.GDO: the number of the chip in tag 5A, made from the card number.
pub(super) fn global_data(card_id: &str) -> Vec<u8> {
    let digits = format!("8038{card_id}");
    let packed = digits.as_bytes().chunks(2).map(|pair| (pair[0] - b'0') << 4 | (pair[1] - b'0'));
    [0x5A, 0x0A].into_iter().chain(packed).collect()
}

/// EF public key: modulus and exponent in 7F49; its form on real cards is not public, and no program needs it.
fn public_key(input: &LayoutInput) -> Vec<u8> {
    let modulus = input.key.n().to_bytes_be();
    let exponent = input.key.e().to_bytes_be();
    let mut inner = long_object(&[0x81], &modulus);
    inner.extend(long_object(&[0x82], &exponent));
    long_object(&[0x7F, 0x49], &inner)
}

fn long_object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let mut object = tag.to_vec();
    match u8::try_from(value.len()) {
        Ok(length) if length < 0x80 => object.push(length),
        Ok(length) => object.extend([0x81, length]),
        Err(_) => {
            object.push(0x82);
            object.extend(u16::try_from(value.len()).expect("a public key is short").to_be_bytes());
        }
    }
    object.extend_from_slice(value);
    object
}
