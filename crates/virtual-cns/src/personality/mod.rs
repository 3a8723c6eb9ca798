//! Personalities: one file per family of cards, data first.
//!
//! A personality says which ATR, files, keys and behaviour a card has. It must not contain behaviour of its own: a
//! manner that a real card has is a field of `Behaviour`, and the card obeys it. Adding a card is adding one row
//! to the file of its family and one line to a list below.

mod behaviour;
mod definition;

mod ace2025;
mod cie;
mod classic;
mod foreign;
mod idemia;
mod infocamere;
mod st_incard;

pub use behaviour::{Behaviour, Chaining, EndOfFile, SelectLe, Surplus, VerifyWithoutData};
use definition::zero_filled;
pub use definition::{Contents, LayoutInput, Personality, SignatureKeyset};

/// Families A to C.
static CURRENT: [Personality; 5] =
    [classic::CARDOS, classic::OBERTHUR, classic::ATHENA, st_incard::ST_2021, idemia::IDEMIA_2021];

/// Families D to H, and the rest of C.
static FURTHER: [Personality; 7] = [
    idemia::COSMO_7,
    idemia::COSMO_91,
    ace2025::CNS_APPLET,
    ace2025::ESIGN_APPLET,
    st_incard::ST_2022_NFC,
    idemia::NFC,
    infocamere::SERIES_1204,
];

/// Lots that no row of a driver names: known by a mark in another place, or by an application.
static OTHER_LOTS: [Personality; 2] = [ace2025::FIRMAQUI, idemia::NFC_OTHER];

/// Cards that are no usable CNS.
static FOREIGN: [Personality; 17] = [
    classic::WITHOUT_CERTIFICATE,
    foreign::CHIPDOC,
    cie::CIE3,
    cie::ST_NFC,
    foreign::HPC,
    foreign::DSD,
    foreign::ROMANIAN,
    foreign::EMV,
    infocamere::SERIES_1400,
    infocamere::SERIES_1600,
    infocamere::SERIES_1203,
    cie::GEMALTO,
    cie::ZEROS,
    cie::FIRST,
    cie::MARK,
    foreign::TS_CONTACTLESS_SIDE,
    idemia::SPAIN,
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
        classic::CARDOS
    }

    /// Oberthur, RSA-1024 (OT 2015/2016).
    pub fn oberthur() -> Personality {
        classic::OBERTHUR
    }

    /// Athena, RSA-1024 (AT 2012, AC 2013/2014/2018).
    pub fn athena() -> Personality {
        classic::ATHENA
    }

    /// ST Incard, RSA-2048 (ST 2021).
    pub fn st2021() -> Personality {
        st_incard::ST_2021
    }

    /// IDEMIA, RSA-2048 (ACe/ACx 2021, ID 2019).
    pub fn idemia_2021() -> Personality {
        idemia::IDEMIA_2021
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
