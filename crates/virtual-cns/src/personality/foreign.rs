//! What foreign cards have in common: an application with a name, or not even that; no PIN, no key, no CNS file.
//!
//! A PIN command to such a card is a mistake of the module; the card counts it (`Card::verify_count`).

use super::{Behaviour, Contents, Personality};
use crate::filesystem::FileSystem;
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::KeyStore;

/// A card with at most one application, which is empty. With a name nothing is current before its SELECT.
pub(super) fn empty_card(name: Option<&[u8]>) -> Contents {
    let mut files = FileSystem::default();
    let root = files.root(name);
    let start = Some(root).filter(|_| name.is_none());
    Contents { files, key_store: KeyStore::default(), start, data_objects: Vec::new() }
}

/// An empty card, to be given a name, a series and an ATR.
pub(super) const EMPTY: Personality = Personality {
    name: "",
    title: "",
    family: '-',
    series: "",
    atr: &[],
    key_bits: 1024,
    pin_tries: 3,
    puk_tries: 3,
    certificate: CertificateOptions::PLAIN,
    certificate_file: 0,
    card_id_without_size: false,
    personal_data_length: PersonalDataLength::FieldsOnly,
    behaviour: Behaviour::STRICT,
    layout: |_| empty_card(None),
};
