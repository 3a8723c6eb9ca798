//! Personalities: one small file per card, data first.
//!
//! A personality says which ATR, files, keys and behaviour a card has. It must not contain behaviour of its own: a
//! manner that a real card has is a field of `Behaviour`, and the card obeys it. Adding a card is adding one file here
//! and one line in a list below.

mod applet;
mod behaviour;
mod classic;

mod ace2025;
mod ace2025_esign;
mod athena;
mod cardos;
mod cosmo7;
mod cosmo91;
mod idemia_2021;
mod idemia_nfc;
mod infocamere;
mod oberthur;
mod st2021;
mod st2022_nfc;

mod firmaqui;
mod idemia_nfc_other;

mod chipdoc;
mod cie3;
mod cie_further;
mod cie_st_nfc;
mod dsd;
mod emv;
mod foreign;
mod hpc;
mod idemia_spain;
mod infocamere_older;
mod romanian;
mod ts_contactless_side;
mod ts_without_certificate;

use crate::filesystem::{FileId, FileSystem};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{KeyStore, Reference};
pub use behaviour::{Behaviour, Chaining, EndOfFile, SelectLe, Surplus, VerifyWithoutData};
use rsa::RsaPrivateKey;
use std::sync::Arc;

/// What one lot of cards is like.
#[derive(Debug, Clone)]
pub struct Personality {
    /// The name the command line knows.
    pub name: &'static str,
    /// A line for holders.
    pub title: &'static str,
    /// The family letter of cards.md section 1.
    pub family: char,
    /// Two digits in the card number, so that one person's cards differ.
    pub series: &'static str,
    /// The answer to reset.
    pub atr: &'static [u8],
    /// The size of the login key.
    pub key_bits: usize,
    /// Tries of a new PIN.
    pub pin_tries: u8,
    /// Tries of a new PUK.
    pub puk_tries: u8,
    /// How its holder certificates look.
    pub certificate: CertificateOptions,
    /// How long the certificate's file is; a shorter certificate is followed by zeros.
    pub certificate_file: usize,
    /// Whether the FCI of EF ID_Carta leaves the size out.
    pub card_id_without_size: bool,
    /// What the length of the personal data counts.
    pub personal_data_length: PersonalDataLength,
    /// How it answers.
    pub behaviour: Behaviour,
    /// Makes files, keys and PINs.
    pub layout: fn(&Issued) -> Contents,
}

/// What the layout of a card is made from.
#[derive(Debug)]
pub struct Issued<'a> {
    /// The personality, for sizes.
    pub personality: &'a Personality,
    /// The card number.
    pub card_id: &'a str,
    /// The body of EF Dati_personali.
    pub personal_data: &'a [u8],
    /// The login certificate.
    pub certificate: &'a [u8],
    /// The login key.
    pub key: Arc<RsaPrivateKey>,
    /// The PIN.
    pub pin: Reference,
    /// The PUK.
    pub puk: Reference,
    /// A second keyset for signatures, if the card has one.
    pub signature: Option<SignatureKeyset>,
}

/// The classic signature keyset: a second certificate and key under their own PIN.
#[derive(Debug, Clone)]
pub struct SignatureKeyset {
    /// Its certificate.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Arc<RsaPrivateKey>,
    /// Its PIN.
    pub pin: Reference,
    /// Its PUK.
    pub puk: Reference,
}

/// What is in a card.
#[derive(Debug, Default)]
pub struct Contents {
    /// The files.
    pub files: FileSystem,
    /// PINs and keys.
    pub key_store: KeyStore,
    /// The DF that is current after a reset; `None` when only a SELECT by name wakes the card up.
    pub start: Option<FileId>,
    /// Objects of GET DATA by their tag in P1-P2.
    pub data_objects: Vec<(u16, Vec<u8>)>,
}

/// Families A to C.
static CURRENT: [Personality; 5] = [
    cardos::PERSONALITY,
    oberthur::PERSONALITY,
    athena::PERSONALITY,
    st2021::PERSONALITY,
    idemia_2021::PERSONALITY,
];

/// Families D to H, and the rest of C.
static FURTHER: [Personality; 7] = [
    cosmo7::PERSONALITY,
    cosmo91::PERSONALITY,
    ace2025::PERSONALITY,
    ace2025_esign::PERSONALITY,
    st2022_nfc::PERSONALITY,
    idemia_nfc::PERSONALITY,
    infocamere::PERSONALITY,
];

/// Lots that no row of a driver names: known by a mark in another place, or by an application.
static OTHER_LOTS: [Personality; 2] = [firmaqui::PERSONALITY, idemia_nfc_other::PERSONALITY];

/// Cards that are no usable CNS.
static FOREIGN: [Personality; 17] = [
    ts_without_certificate::PERSONALITY,
    chipdoc::PERSONALITY,
    cie3::PERSONALITY,
    cie_st_nfc::PERSONALITY,
    hpc::PERSONALITY,
    dsd::PERSONALITY,
    romanian::PERSONALITY,
    emv::PERSONALITY,
    infocamere_older::SERIES_1400,
    infocamere_older::SERIES_1600,
    infocamere_older::SERIES_1203,
    cie_further::GEMALTO,
    cie_further::ZEROS,
    cie_further::FIRST,
    cie_further::MARK,
    ts_contactless_side::PERSONALITY,
    idemia_spain::PERSONALITY,
];

impl Personality {
    /// The CNS cards of families A to C, which every test runs on.
    pub fn all() -> &'static [Personality] {
        &CURRENT
    }

    /// The CNS cards of families D to H, and Cosmo 9.1 of family C.
    pub fn further() -> &'static [Personality] {
        &FURTHER
    }

    /// CNS cards of lots that no row of a driver names.
    pub fn other_lots() -> &'static [Personality] {
        &OTHER_LOTS
    }

    /// Cards a holder may insert that are no usable CNS: to be named for what they are, never to be sent a PIN.
    pub fn foreign() -> &'static [Personality] {
        &FOREIGN
    }

    /// All of them.
    pub fn every() -> impl Iterator<Item = &'static Personality> {
        CURRENT.iter().chain(&FURTHER).chain(&FOREIGN).chain(&OTHER_LOTS)
    }

    /// A personality by its name.
    pub fn by_name(name: &str) -> Option<Personality> {
        Personality::every().find(|personality| personality.name == name).cloned()
    }

    /// Siemens CardOS, RSA-1024.
    pub fn cardos() -> Personality {
        cardos::PERSONALITY
    }

    /// Oberthur, RSA-1024 (OT 2015/2016).
    pub fn oberthur() -> Personality {
        oberthur::PERSONALITY
    }

    /// Athena, RSA-1024 (AT 2012, AC 2013/2014/2018).
    pub fn athena() -> Personality {
        athena::PERSONALITY
    }

    /// ST Incard, RSA-2048 (ST 2021).
    pub fn st2021() -> Personality {
        st2021::PERSONALITY
    }

    /// IDEMIA, RSA-2048 (ACe/ACx 2021, ID 2019).
    pub fn idemia_2021() -> Personality {
        idemia_2021::PERSONALITY
    }

    /// The name the command line knows.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The family letter of cards.md section 1.
    pub fn family(&self) -> char {
        self.family
    }

    /// The size of the login key.
    pub fn key_bits(&self) -> usize {
        self.key_bits
    }
}

/// A body made as long as its file, with zeros behind.
fn zero_filled(body: &[u8], size: usize) -> Vec<u8> {
    let mut file = body.to_vec();
    file.resize(size.max(body.len()), 0);
    file
}
