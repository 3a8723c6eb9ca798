//! ACe/ACx/ACj 2025 (Actalis, NXP): two applets. The CNS applet is selected after a reset and holds the personal data,
//! PIN 10 and key 01 as the only public branch assumes; the eSign applet holds the certificate and the card number.

use super::{Behaviour, Chaining, Contents, LayoutInput, Personality};
use crate::filesystem::{FileSystem, READ_ONLY};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{Key, KeyStore, Pin};

/// The CNS applet.
const CNS: [u8; 12] = [0xA0, 0x00, 0x00, 0x05, 0x30, 0x00, 0x0B, 0x10, 0x40, 0x01, 0x02, 0x1A];
/// The eSign applet.
const ESIGN: [u8; 10] = [0xA0, 0x00, 0x00, 0x05, 0x30, 0x45, 0x53, 0x49, 0x47, 0x4E];

/// The applet that PIN and key are in: public material does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyPlace {
    /// The CNS applet.
    Cns,
    /// The eSign applet.
    Esign,
}

fn layout(input: &LayoutInput, place: KeyPlace) -> Contents {
    let mut files = FileSystem::default();
    let cns = files.root(Some(&CNS));
    let holder = files.dedicated(cns, 0x1100);
    files.transparent(holder, 0x1102, READ_ONLY, input.personal_data.to_vec());

    let esign = files.root(Some(&ESIGN));
    files.file_mut(esign).own_information = Some(esign_information());
    files.transparent(esign, 0xD003, READ_ONLY, card_number(input.card_id));
    let certificates = files.dedicated(esign, 0xDA01);
    files.transparent(certificates, 0xC001, READ_ONLY, input.certificate.to_vec());

    let home = match place {
        KeyPlace::Cns => cns,
        KeyPlace::Esign => esign,
    };
    let mut key_store = KeyStore::default();
    key_store.pins.push(Pin::unused(0x10, home, input.pin, input.personality.pin_tries, Some(0x11)));
    key_store.pins.push(Pin::unused(0x11, home, input.puk, input.personality.puk_tries, None));
    key_store.keys.push(Key { number: 0x01, home, pin: 0x10, spends_pin: false, private: input.key.clone() });
    Contents { files, key_store, start: Some(cns), data_objects: Vec::new() }
}

/// The eSign applet's control information has a form of its own (docs/cards/README.md, section 2).
fn esign_information() -> Vec<u8> {
    let mut inner = vec![0x84, 0x0A];
    inner.extend(ESIGN);
    inner.extend([0x80, 0x02, 0x70, 0x2C, 0x82, 0x01, 0x38, 0x83, 0x02, 0x3F, 0x00, 0x8A, 0x01, 0x05]);
    inner.extend([0xA1, 0x0C, 0x8C, 0x04, 0x07, 0x12, 0x12, 0x12, 0x9C, 0x04, 0x07, 0x12, 0x12, 0x12]);
    let mut information = vec![0x6F, u8::try_from(inner.len()).expect("short")];
    information.extend(inner);
    information
}

/// Two bytes, then the card number, two digits a byte.
fn card_number(card_id: &str) -> Vec<u8> {
    let packed = card_id.as_bytes().chunks(2).map(|pair| (pair[0] - b'0') << 4 | (pair[1] - b'0'));
    [0x5A, 0x08].into_iter().chain(packed).collect()
}

/// PIN and key in the CNS applet.
pub(super) const CNS_APPLET: Personality = Personality {
    name: "ace2025",
    title: "Actalis ACe/ACx/ACj 2025",
    family: 'E',
    series: "17",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x4D, 0x00, 0x6B, 0x04, 0x04, 0xB8, 0x5B, 0x01, 0xF1,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x9D,
    ],
    key_bits: 2048,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions { names: true, more_usages: true, ..CertificateOptions::PLAIN },
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::WithItself,
    behaviour: Behaviour {
        extended: true,
        chaining: Chaining::Accepted,
        restore_first: false,
        ..Behaviour::STRICT
    },
    layout: |input| layout(input, KeyPlace::Cns),
};

/// The other reading: PIN and key are in the eSign applet, the CNS applet knows neither.
pub(super) const ESIGN_APPLET: Personality = Personality {
    name: "ace2025-esign",
    title: "Actalis ACe 2025, PIN and key in the eSign applet",
    series: "18",
    certificate: CertificateOptions::PLAIN,
    layout: |input| layout(input, KeyPlace::Esign),
    ..CNS_APPLET
};

/// FirmaQUI (Intesi Group, 2025): the mark `CNS` in pre-issuing data instead of the specification's place. Its layout is
/// not public; it comes with the middleware of ACe 2025, and is taken to have the same two applications.
pub(super) const FIRMAQUI: Personality = Personality {
    name: "firmaqui",
    title: "FirmaQUI (Intesi Group) 2025",
    series: "35",
    atr: &[
        0x3B, 0xDB, 0x18, 0xFF, 0x81, 0xB1, 0xFE, 0x45, 0x1F, 0xC3, 0x80, 0x73, 0xC8, 0x21, 0x10, 0x65, 0x43,
        0x4E, 0x53, 0x10, 0x73, 0x39,
    ],
    ..CNS_APPLET
};
