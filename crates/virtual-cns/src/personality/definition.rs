//! What a personality says, and what its layout makes of it.

use super::behaviour::Behaviour;
use crate::filesystem::{FileId, FileSystem};
use crate::holders::{CertificateOptions, PersonalDataLength};
use crate::security::{KeyStore, Reference};
use rsa::RsaPrivateKey;
use std::sync::Arc;

/// What one lot of cards is like.
#[derive(Debug, Clone)]
pub struct Personality {
    /// The name the command line knows.
    pub name: &'static str,
    /// A line for people.
    pub title: &'static str,
    /// The family letter of docs/cards/README.md, section 1.
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
    pub layout: fn(&LayoutInput) -> Contents,
}

/// What the layout of a card is made from.
#[derive(Debug)]
pub struct LayoutInput<'a> {
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

/// A body made as long as its file, with zeros behind.
pub(super) fn zero_filled(body: &[u8], size: usize) -> Vec<u8> {
    let mut file = body.to_vec();
    file.resize(size.max(body.len()), 0);
    file
}
