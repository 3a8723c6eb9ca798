//! The classic layout of families A and B (docs/cards/README.md, section 2): everything under numbered DFs of the MF, the login
//! key and its PIN at the MF. Here are the cards of family A, too, and one that was never given a certificate.

use super::{
    Behaviour, Chaining, Contents, EndOfFile, LayoutInput, Personality, Surplus, VerifyWithoutData,
    zero_filled,
};
use crate::filesystem::{CLOSED, FileId, FileSystem, READ_ONLY, READABLE_WITH_PIN, WRITABLE_WITH_PIN};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{Key, KeyStore, Pin};
use rsa::traits::PublicKeyParts;

pub(super) fn layout(input: &LayoutInput) -> Contents {
    layout_with_name(input, None)
}

/// The same as an application with a name.
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

/// Siemens CardOS, RSA-1024: a wrong PIN answers a plain 6300, READ BINARY with Le=00 answers 6700, the end of a
/// file is warned of with 6282. Certificate file and certificate are equally long.
pub(super) const CARDOS: Personality = Personality {
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
    layout,
};

/// Oberthur, RSA-1024 (OT 2015/2016): READ BINARY past the end answers 6Cxx, an empty VERIFY reports the tries, three
/// tries for the PUK, a certificate file much larger than the certificate.
pub(super) const OBERTHUR: Personality = Personality {
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
    layout,
};

/// Athena, RSA-1024 (AT 2012, AC 2013/2014/2018): an empty VERIFY costs a try, a SELECT without Le answers 61xx, the
/// FCI of EF ID_Carta has no size.
pub(super) const ATHENA: Personality = Personality {
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
    layout,
};

fn layout_without_certificate(input: &LayoutInput) -> Contents {
    layout(&LayoutInput {
        personality: input.personality,
        card_id: input.card_id,
        personal_data: input.personal_data,
        certificate: &[0; 2048],
        key: input.key.clone(),
        pin: input.pin,
        puk: input.puk,
        signature: None,
    })
}

/// A TS-CNS that was never given a certificate: the classic files, and nothing but zeros in C_Carta.
pub(super) const WITHOUT_CERTIFICATE: Personality = Personality {
    name: "ts-without-certificate",
    title: "TS-CNS without certificate",
    family: '-',
    series: "19",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
    ],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour { extended: true, local_pin_bit: true, ..Behaviour::STRICT },
    layout: layout_without_certificate,
};
