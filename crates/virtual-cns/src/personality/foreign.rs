//! Foreign cards, and what all of them have in common: an application with a name, or not even that; no PIN, no key, no CNS
//! file.
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

/// bit4id Digital-DNA on NXP ChipDoc: the mark `CNS` in front of an IAS-ECC card that shows nothing without PACE.
pub(super) const CHIPDOC: Personality = Personality {
    name: "chipdoc",
    title: "bit4id Digital-DNA (NXP ChipDoc)",
    series: "20",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0x00, 0x6B, 0x15, 0x0C, 0x03, 0x02, 0x01, 0x01,
        0x01, 0x43, 0x4E, 0x53, 0x10, 0x31, 0x80, 0x61,
    ],
    layout: |_| empty_card(Some(&[0xA0, 0x00, 0x00, 0x00, 0x18, 0x40, 0x00, 0x00, 0x01, 0x63, 0x42, 0x00])),
    ..EMPTY
};

/// A health professional's card: the mark `HPC`, other middleware.
pub(super) const HPC: Personality = Personality {
    name: "hpc",
    title: "Health professional card (HPC)",
    series: "23",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x48, 0x50, 0x43, 0x11, 0x31, 0x80, 0x88,
    ],
    ..EMPTY
};

/// A card for signatures only: the mark `DSD`, other middleware.
pub(super) const DSD: Personality = Personality {
    name: "dsd",
    title: "Signature-only card (DSD)",
    series: "24",
    atr: &[
        0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
        0x01, 0x44, 0x53, 0x44, 0x11, 0x31, 0x80, 0x80,
    ],
    ..EMPTY
};

/// The Romanian health card (CNAS): a generic ATR without historical bytes, and no public file or command.
pub(super) const ROMANIAN: Personality = Personality {
    name: "romanian",
    title: "Romanian health card (CNAS)",
    series: "25",
    atr: &[0x3B, 0xF0, 0x13, 0x00, 0x00, 0x81, 0x31, 0xFE, 0x45, 0xE8],
    ..EMPTY
};

/// A payment card: the payment directory and nothing else.
pub(super) const EMV: Personality = Personality {
    name: "emv",
    title: "Payment card (EMV)",
    series: "26",
    atr: &[0x3B, 0x65, 0x00, 0x00, 0x20, 0x63, 0xCB, 0x68, 0x00],
    layout: |_| empty_card(Some(b"1PAY.SYS.DDF01")),
    ..EMPTY
};

/// The contactless side of a TS-CNS that has its CNS behind the contacts only: no application that anybody knows.
pub(super) const TS_CONTACTLESS_SIDE: Personality = Personality {
    name: "ts-contactless-side",
    title: "TS-CNS, the side without CNS",
    series: "33",
    atr: &[0x3B, 0x88, 0x80, 0x01, 0x00, 0x00, 0x00, 0x00, 0x33, 0x81, 0x81, 0x00, 0x3A],
    ..EMPTY
};
