//! IDEMIA and Oberthur: cards with the applet layout of families C, D and G (docs/cards/README.md, section 2), which has the
//! certificate under 1400/9001, the keys under 1400/9002, object maps that name both, and a classic certificate file that
//! holds nothing but zeros.

use super::classic::global_data;
use super::{Behaviour, Chaining, Contents, LayoutInput, Personality, VerifyWithoutData, zero_filled};
use crate::filesystem::{FileSystem, READ_ONLY, WRITABLE_WITH_PIN};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{Key, KeyStore, Pin};

/// A card whose key has this reference.
fn layout(input: &LayoutInput, number: u8) -> Contents {
    layout_with_name(input, number, None)
}

/// The same as an application with a name.
fn layout_with_name(input: &LayoutInput, number: u8, name: Option<&[u8]>) -> Contents {
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

/// IDEMIA, RSA-2048 (ACe/ACx 2021): the certificate under 1400/9001/2002, key 02 usable only while 1400/9002 is
/// current, no SELECT with P2=0C, short challenges, an empty VERIFY that reports the tries; 1100/1101 is all zero.
pub(super) const IDEMIA_2021: Personality = Personality {
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
    layout: |input| layout(input, 0x02),
};

/// Cosmo 9.1: like IDEMIA 2021 behind another ATR.
pub(super) const COSMO_91: Personality = Personality {
    name: "cosmo91",
    title: "IDEMIA Cosmo 9.1",
    series: "12",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x05, 0x05, 0x91, 0x20, 0x01, 0xF1,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x38,
    ],
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    ..IDEMIA_2021
};

/// Oberthur CNS applet on Cosmo v7 (VVF and others): like IDEMIA 2021, with key reference 0E, short lengths only and
/// chaining, and a certificate file exactly as long as the certificate.
pub(super) const COSMO_7: Personality = Personality {
    name: "cosmo7",
    title: "Oberthur CNS applet on Cosmo v7",
    family: 'D',
    series: "11",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x11, 0x05, 0x07, 0x00, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x7B,
    ],
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    behaviour: Behaviour {
        extended: false,
        longest_read: Behaviour::STRICT.longest_read,
        ..IDEMIA_2021.behaviour
    },
    layout: |input| layout(input, 0x0E),
    ..IDEMIA_2021
};

/// IDEMIA over NFC: the card of IDEMIA 2021 behind an ATR without the mark `CNS`.
pub(super) const NFC: Personality = Personality {
    name: "idemia-nfc",
    title: "IDEMIA over NFC",
    family: 'G',
    series: "13",
    atr: &[0x3B, 0x8B, 0x80, 0x01, 0x00, 0x31, 0xC1, 0x64, 0x08, 0x92, 0x33, 0x54, 0x00, 0x90, 0x00, 0xF3],
    certificate: CertificateOptions::PLAIN,
    ..IDEMIA_2021
};

/// The CNS application of the applet.
const CNS: [u8; 16] =
    [0xA0, 0x00, 0x00, 0x00, 0x77, 0x01, 0x03, 0x00, 0x06, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02];

fn layout_to_be_selected(input: &LayoutInput) -> Contents {
    Contents { start: None, ..layout_with_name(input, 0x02, Some(&CNS)) }
}

/// IDEMIA over NFC behind the ATR of another lot: the CNS application has a name, and is to be selected by it.
pub(super) const NFC_OTHER: Personality = Personality {
    name: "idemia-nfc-other",
    title: "IDEMIA over NFC, another lot",
    series: "36",
    atr: &[0x3B, 0x8B, 0x80, 0x01, 0x00, 0x31, 0xC1, 0x64, 0x0A, 0x11, 0x22, 0x33, 0x00, 0x90, 0x00, 0x04],
    layout: layout_to_be_selected,
    ..NFC
};

fn layout_without_der(input: &LayoutInput) -> Contents {
    let encrypted: Vec<u8> = input.certificate.iter().map(|byte| byte ^ 0x5C).collect();
    let LayoutInput { personality, card_id, personal_data, pin, puk, .. } = *input;
    layout(
        &LayoutInput {
            personality,
            card_id,
            personal_data,
            certificate: &encrypted,
            key: input.key.clone(),
            pin,
            puk,
            signature: None,
        },
        0x02,
    )
}

/// A card of another country on the IDEMIA applet, with exactly the ATR of IDEMIA 2021: the same layout, certificates that
/// are not DER, and PINs that count.
pub(super) const SPAIN: Personality = Personality {
    name: "idemia-spain",
    title: "Spanish card with the ATR of IDEMIA 2021",
    family: '-',
    series: "34",
    layout: layout_without_der,
    ..IDEMIA_2021
};
