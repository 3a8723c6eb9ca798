//! What is remembered of cards from process to process (decision 0017): never another card's certificate, never one that
//! was renewed.

use std::fs;
use std::path::{Path, PathBuf};

use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, CardBuilder, DEFAULT_PIN, Holder, Personality, SharedCard};

use crate::common::{READER, Stage, label_of};

/// What a client sees of the card in the first slot: label, serial number, certificate.
pub(crate) fn shown(stage: &Stage) -> (String, String, Vec<u8>) {
    let info = stage.client.token_info(0).expect("a token");
    let session = stage.session();
    let certificate = session.object(CKO_CERTIFICATE);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    (text(&info.label), text(&info.serialNumber), session.attribute(certificate, CKA_VALUE).expect("a value"))
}

pub(crate) fn stage_with_cache(builder: CardBuilder) -> (Stage, PathBuf) {
    let mut stage = Stage::built(builder);
    let directory = stage.remember().join("cns-pkcs11");
    (stage, directory)
}

pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The READs that a certificate from the beginning takes are at offset 0.
pub(crate) fn was_read_whole(stage: &Stage) -> bool {
    stage.commands().iter().any(|name| name.starts_with("READ BINARY @0 25"))
}

#[test]
fn another_process_shows_the_same() {
    for personality in Personality::all().iter().chain(Personality::further()) {
        let (stage, directory) = stage_with_cache(Card::builder(personality));
        let first = shown(&stage);
        assert_eq!(first.2, stage.card().certificate_der());
        stage.another_process();
        assert_eq!(shown(&stage), first, "{}", personality.name());
        let session = stage.session();
        let objects = session.find(&[]).expect("a search").len();
        session.login(DEFAULT_PIN.as_bytes()).expect("login");
        let data = session.find(&[(CKA_CLASS, &CKO_DATA.to_ne_bytes())]).expect("a search");
        let number = session.attribute(data[0], CKA_VALUE).expect("a value");
        assert_eq!(
            (objects, number),
            (6, stage.card().card_id().as_bytes().to_vec()),
            "{}",
            personality.name()
        );
        assert_eq!(files(&directory).len(), 1);
    }
}

/// The issuer has signed it anew: same length, same serial number, other dates; or another serial number.
#[test]
fn a_renewed_certificate_is_shown_at_once() {
    let options = CertificateOptions { length: Some(1885), ..CertificateOptions::PLAIN };
    let builder = || Card::builder(&Personality::st2021());
    let (stage, directory) = stage_with_cache(builder().certificate(options.clone()));
    let before = shown(&stage);
    let renewed = CertificateOptions { years: (2026, 2032), ..options.clone() };
    let of_another_card = builder().card_id("6090040000000099").certificate(options).build();
    for other in [builder().certificate(renewed).build(), of_another_card] {
        let der = other.certificate_der().to_vec();
        assert_eq!((der.len(), der == before.2), (1885, false));
        assert!(stage.card().set_file(&[0x1100, 0x1101], &der));
        stage.another_process();
        assert_eq!(shown(&stage).2, der);
        stage.another_process();
        assert_eq!(shown(&stage).2, der);
        assert!(!was_read_whole(&stage), "and is remembered: {:#?}", stage.commands());
    }
    // The number is the certificate's: the second of them is another card's.
    assert_eq!(files(&directory).len(), 2);
}

/// Two cards with the same number take each other's place among the files, and never each other's certificate.
#[test]
fn cards_that_share_a_number_are_told_apart() {
    let card = |holder: Holder| -> SharedCard {
        Card::builder(&Personality::st2021()).holder(holder).card_id("6090040000000017").shared()
    };
    let cards = [card(Holder::ROSSI), card(Holder::BIANCHI), card(Holder::MUELLER)];
    let (mut stage, _) = stage_with_cache(Card::builder(&Personality::st2021()));
    for turn in [0, 0, 1, 1, 0, 2, 1, 2, 0] {
        stage.readers.swap(READER, cards[turn].clone());
        stage.card = cards[turn].clone();
        stage.another_process();
        let (label, serial, der) = shown(&stage);
        assert_eq!((label, serial), (label_of(&stage.card()), "6090040000000017".into()));
        assert_eq!(der, stage.card().certificate_der());
    }
}

/// A family's cards: the same make, one reader. None is taken for another, and each is remembered.
#[test]
fn swapped_cards_are_each_remembered() {
    for personality in [Personality::st2021(), Personality::idemia_2021()] {
        let cards = Holder::ALL.map(|holder| Card::builder(&personality).holder(holder).shared());
        let (mut stage, directory) = stage_with_cache(Card::builder(&personality));
        for round in 0..3 {
            for card in &cards {
                stage.readers.swap(READER, card.clone());
                stage.card = card.clone();
                stage.another_process();
                assert_eq!(shown(&stage).2, stage.card().certificate_der());
                assert_eq!(was_read_whole(&stage), round == 0, "{:#?}", stage.commands());
            }
        }
        assert_eq!(files(&directory).len(), cards.len());
    }
}

/// Inside one process too: the card is taken out, another is put in.
#[test]
fn a_card_swapped_while_the_program_runs() {
    let (stage, _) = stage_with_cache(Card::builder(&Personality::st2021()));
    let first = shown(&stage).2;
    let other = Card::builder(&Personality::st2021()).holder(Holder::BIANCHI).shared();
    for _ in 0..2 {
        let mine = stage.readers.swap(READER, other.clone()).expect("a card");
        assert_eq!(shown(&stage).2, other.lock().expect("not poisoned").certificate_der());
        stage.readers.swap(READER, mine);
        assert_eq!(shown(&stage).2, first);
    }
}
