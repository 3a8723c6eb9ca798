//! The certificates beside the first one: where they are looked for, in how many commands, and what is not taken for one.

use cns_card::{Card, CardError, OpenedCard, TransportError, open_with_cache};
use testkit::script::*;

const FIRST: &str = "00A40800 04 11001101";
const APPLET: &str = "00A40800 06 140090012002";
const PUBLIC_MAP: &str = "00A40800 04 14004000";
const PRIVATE_MAP: &str = "00A40800 04 14005000";

fn listed(script: &Script) -> Card {
    match open_with_cache(script, "reader", &[]).unwrap() {
        OpenedCard::Cns(card, _) => *card,
        OpenedCard::Unsupported { what, .. } => panic!("unsupported: {what}"),
    }
}

fn expect_file(script: &Script, select: &str, der: &[u8]) {
    script.expect(select, "9000");
    expect_reads(script, &[der, &[0; 255]].concat(), der.len());
}

/// A map that names certificates of these numbers, its 240 bytes in one READ.
fn expect_map(script: &Script, select: &str, kind: u8, numbers: impl Iterator<Item = u8>) {
    let mut map: Vec<u8> = numbers.flat_map(|number| [0xFF, kind, number, 0x07, 0x5D]).collect();
    map.resize(240, 0);
    script.expect(select, "9000").expect_bytes(&bytes("00B00000F0"), &ok(&map));
}

fn others(card: &Card) -> Vec<Vec<u8>> {
    card.other_certificates().map(|other| other.der.clone()).collect()
}

#[test]
fn the_familys_other_places_are_looked_at_once_they_are_asked_for() {
    let script = Script::new(OBERTHUR);
    expect_file(&script, FIRST, &certificate(300));
    let mut card = listed(&script);
    script.done();
    assert_eq!((others(&card).len(), card.names_other_certificates()), (0, false));
    expect_file(&script, APPLET, &certificate(400));
    expect_map(&script, PUBLIC_MAP, 0x20, [2, 7].into_iter());
    expect_map(&script, PRIVATE_MAP, 0x30, [2, 7].into_iter());
    expect_file(&script, "00A40800 06 140090012007", &certificate(500));
    card.read_other_certificates().unwrap();
    script.done();
    assert_eq!(others(&card), [certificate(400), certificate(500)]);
    assert_eq!(script.transactions(), 2);
}

/// One of them takes the first one's place, also for the cache; or none does, and nothing is cached.
#[test]
fn one_of_them_becomes_the_login_certificate() {
    let script = Script::new(CARDOS);
    expect_file(&script, FIRST, &certificate(300));
    let mut card = listed(&script);
    let first_cached = card.cached_card().unwrap().to_bytes();
    expect_file(&script, APPLET, &certificate(400));
    card.read_other_certificates().unwrap();
    let second = card.other_certificates().next().unwrap().clone();
    card.set_login_certificate(Some(&second));
    assert_eq!(others(&card), [certificate(300)]);
    assert!(card.cached_card().unwrap().to_bytes() != first_cached);
    let again = Script::new(CARDOS);
    again.expect(APPLET, "9000");
    again.expect_bytes(&bytes("00B0000023"), &ok(&second.der[..35]));
    again.expect_bytes(&bytes("00B0017020"), &ok(&second.der[368..]));
    let opened = open_with_cache(&again, "reader", &[card.cached_card().unwrap()]).unwrap();
    let OpenedCard::Cns(_, files) = opened else { panic!("a CNS") };
    assert_eq!(files.certificate.unwrap(), second);
    card.set_login_certificate(None);
    assert_eq!((others(&card).len(), card.cached_card().is_none()), (2, true));
    script.done();
    again.done();
}

/// Absent, empty, refused, cut off, of nonsense, a copy of the first: no other certificate, and no error.
#[test]
fn what_holds_none() {
    for place in ["6A82", "6982", "6F00", "6400", "9000"] {
        let contents: &[&str] =
            if place == "9000" { &["6A82", "9000", "0000 9000", "FFFF 9000", "3082 9000"] } else { &[""] };
        for content in contents {
            let script = Script::new(CARDOS);
            expect_file(&script, FIRST, &certificate(300));
            let mut card = listed(&script);
            script.expect(APPLET, place);
            if !content.is_empty() {
                script.forever(&bytes(content));
            }
            card.read_other_certificates().unwrap();
            assert_eq!(others(&card).len(), 0, "{place} {content}");
        }
    }
    let script = Script::new(CARDOS);
    expect_file(&script, FIRST, &certificate(300));
    let mut card = listed(&script);
    expect_file(&script, APPLET, &certificate(300));
    card.read_other_certificates().unwrap();
    assert_eq!(others(&card).len(), 0);
    script.done();
}

/// A card that gives a byte at a time, for ever: 64 commands, and what was found by then counts.
#[test]
fn the_search_is_bounded() {
    let script = Script::new(OBERTHUR);
    expect_file(&script, FIRST, &certificate(300));
    let mut card = listed(&script);
    script.sent_so_far();
    expect_file(&script, APPLET, &certificate(400));
    script.expect(PUBLIC_MAP, "9000").forever(&[0x30, 0x90, 0x00]);
    card.read_other_certificates().unwrap();
    assert_eq!((others(&card), script.sent_so_far()), (vec![certificate(400)], 64));
}

/// What is broken is no word on the places.
#[test]
fn a_removal_is_an_error() {
    let script = Script::new(CARDOS);
    expect_file(&script, FIRST, &certificate(300));
    let mut card = listed(&script);
    script.expect_failure(APPLET, TransportError::CardRemoved);
    assert_eq!(card.read_other_certificates(), Err(CardError::Transport(TransportError::CardRemoved)));
    script.done();
}

/// Where the map was read on the way to the first, it says whether there are others; of those it names four are looked at.
#[test]
fn a_map_of_forty_eight() {
    for named in [1_u8, 2, 48] {
        let script = Script::new(COSMO7);
        expect_map(&script, PUBLIC_MAP, 0x20, 1..=named);
        expect_map(&script, PRIVATE_MAP, 0x30, 1..=named);
        expect_file(&script, "00A40800 06 140090012001", &certificate(300));
        let mut card = listed(&script);
        script.done();
        assert_eq!(card.names_other_certificates(), named > 1);
        script.sent_so_far();
        script.forever(&[0x6A, 0x82]);
        card.read_other_certificates().unwrap();
        assert!(script.sent_so_far() <= 9, "{named}");
    }
}
