//! Personalities: one small file per card, data first.
//!
//! A personality says which ATR, files, keys and behaviour a card has. It must not contain behaviour of its own: a
//! manner that a real card has is a field of `Behaviour`, and the card obeys it. Adding a card is adding one file here
//! and one line in a list below.

mod applet;
mod behaviour;
mod classic;
mod definition;

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

pub use behaviour::{Behaviour, Chaining, EndOfFile, SelectLe, Surplus, VerifyWithoutData};
use definition::zero_filled;
pub use definition::{Contents, LayoutInput, Personality, SignatureKeyset};

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

    /// The family letter of docs/cards/README.md, section 1.
    pub fn family(&self) -> char {
        self.family
    }

    /// The size of the login key.
    pub fn key_bits(&self) -> usize {
        self.key_bits
    }
}
