//! Transcripts of the short look: what a listing takes, what a remembered card takes, what a reader that carries no
//! extended command takes.

use cns_card::{
    CachedCard, Card, CardError, DataFile, OpenedCard, PublicFiles, TransportError, open_with_cache,
};
use testkit::script::*;

fn look(script: &Script, remembered: &[CachedCard]) -> (Card, PublicFiles) {
    match open_with_cache(script, "reader", remembered).unwrap() {
        OpenedCard::Cns(card, files) => (*card, files),
        OpenedCard::Unsupported { what, .. } => panic!("unsupported: {what}"),
    }
}

/// SELECT and the READs of a certificate in the classic place.
fn expect_certificate(script: &Script, der: &[u8]) {
    script.expect("00A40800 04 11001101", "9000");
    expect_reads(script, &[der, &[0; 255]].concat(), der.len());
}

/// The certificate through its serial number: 35 bytes.
fn expect_beginning(script: &Script, shown: &[u8]) {
    script.expect_bytes(&bytes("00B0000023"), &ok(shown));
}

/// The proof of a remembered certificate, as a card gives it that has this one in its place.
fn expect_proof(script: &Script, known: &[u8], shown: &[u8]) {
    expect_beginning(script, &shown[..35]);
    if shown[..35] == known[..35] {
        expect_end(script, known, &shown[known.len() - 32..known.len()]);
    }
}

/// The last 32 bytes of the certificate.
fn expect_end(script: &Script, der: &[u8], shown: &[u8]) {
    let at = der.len() - 32;
    script.expect_bytes(&[0x00, 0xB0, (at >> 8) as u8, at as u8, 32], &ok(shown));
}

fn remembered(der: &[u8]) -> CachedCard {
    let script = Script::new(ST2021);
    expect_certificate(&script, der);
    let (card, _) = look(&script, &[]);
    script.done();
    let bytes = card.cached_card().unwrap().to_bytes();
    CachedCard::from_bytes(&bytes).unwrap()
}

#[test]
fn a_listing_reads_the_certificate_and_the_rest_on_demand() {
    let script = Script::new(ST2021);
    let der = certificate(1885);
    expect_certificate(&script, &der);
    let (mut card, files) = look(&script, &[]);
    script.done();
    assert_eq!(script.sent_so_far(), 1 + 2);
    assert_eq!((files.certificate.unwrap().der, files.card_id, files.personal_data), (der, None, None));
    assert!(!card.lacks(DataFile::CardId) && !card.lacks(DataFile::PersonalData));
    script.expect("00A40800 04 10001003", "9000").expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B0000040"), &ok(&personal_data(20)[..64]));
    for _ in 0..2 {
        assert_eq!(card.card_id().unwrap().unwrap().as_str(), "6030000000000019");
        let holder = card.holder().unwrap().unwrap();
        assert_eq!((holder.name.as_str(), holder.surname.as_str()), ("MARIO", "ROSSI"));
    }
    script.done();
    assert_eq!(script.sent_so_far(), 4, "each once");
}

/// Names longer than the first piece; a file that is absent, empty, or of another kind.
#[test]
fn whose_card_it_is() {
    let mut file = format!("0000CC 046030 0801012021 0801012027 46{} 05MARIO", "A".repeat(70));
    file.retain(|c| c != ' ');
    let mut file = file.into_bytes();
    file.resize(400, 0);
    let script = Script::new(CARDOS);
    expect_certificate(&script, &certificate(300));
    let (mut card, _) = look(&script, &[]);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B0000040"), &ok(&file[..64]));
    script.expect_bytes(&bytes("00B00040BF"), &ok(&file[64..255]));
    assert_eq!(card.holder().unwrap().unwrap().surname.len(), 70);
    script.done();
    for answers in [&["6A82"][..], &["9000", "9000"], &["9000", "00000000000000000000 9000"], &["6982"]] {
        let script = Script::new(CARDOS);
        expect_certificate(&script, &certificate(300));
        let (mut card, _) = look(&script, &[]);
        for answer in answers {
            script.answer_any(Ok(bytes(answer)));
        }
        if answers.len() == 2 && answers[1].len() > 4 {
            script.expect("00B0000A36", "6B00");
        }
        let _ = card.holder();
        assert!(card.lacks(DataFile::PersonalData));
    }
    // A card that fails at it may have it: it is asked again.
    let script = Script::new(CARDOS);
    expect_certificate(&script, &certificate(300));
    let (mut card, _) = look(&script, &[]);
    script.expect("00A40800 04 11001102", "6F00");
    assert_eq!(card.holder().unwrap(), None);
    assert!(!card.lacks(DataFile::PersonalData));
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B0000040"), &ok(&personal_data(20)[..64]));
    assert!(card.holder().unwrap().is_some());
    script.done();
}

#[test]
fn a_remembered_card_shows_its_beginning_and_end() {
    let der = certificate(1885);
    let known = remembered(&der);
    let script = Script::new(ST2021);
    script.expect("00A40800 04 11001101", "9000");
    expect_proof(&script, &der, &der);
    let (mut card, files) = look(&script, &[known]);
    script.done();
    assert_eq!(script.sent_so_far(), 3);
    assert_eq!(files.certificate.unwrap().der, der);
    // After a reset the beginning of the certificate proves the card, remembered or not.
    login_after_a_reset_with_proof_by_certificate(&script, &mut card, &der);
}

/// Another end, no end, no file: read from the beginning.
#[test]
fn any_other_card_is_read() {
    let (der, other) = (certificate(1885), certificate(1400));
    for shown in ["00", "", "6B00", "6982", "6A82"] {
        let script = Script::new(ST2021);
        if shown == "6A82" {
            script.expect("00A40800 04 11001101", "6A82");
        } else {
            script.expect("00A40800 04 11001101", "9000");
            expect_beginning(&script, &der[..35]);
            match shown {
                "00" => expect_end(&script, &der, &[0; 32]),
                "" => {
                    expect_end(&script, &der, &der[1853..1884]);
                    script.expect("00B0075C01", "6B00");
                }
                status => drop(script.expect("00B0073D20", status)),
            }
        }
        expect_certificate(&script, &other);
        let (_, files) = look(&script, &[remembered(&der)]);
        script.done();
        assert_eq!(files.certificate.unwrap().der, other, "{shown}");
    }
    // Of another kind: not asked.
    let script = Script::new(OLD_INCARD);
    expect_certificate(&script, &other);
    look(&script, &[remembered(&der)]);
    script.done();
}

/// A shorter certificate was written over it: the old end is where it was.
#[test]
fn another_beginning_is_another_certificate() {
    let (der, other) = (certificate(1885), certificate(1400));
    for shown in [&other[..35], &[0x00; 35], &other[..20], &[]] {
        let script = Script::new(ST2021);
        script.expect("00A40800 04 11001101", "9000");
        expect_beginning(&script, shown);
        if shown.len() == 20 {
            script.expect("00B000140F", "6B00");
        }
        expect_certificate(&script, &other);
        let (_, files) = look(&script, &[remembered(&der)]);
        script.done();
        assert_eq!(files.certificate.unwrap().der, other);
    }
}

/// A card that breaks down in the question is not taken for another.
#[test]
fn a_removal_in_the_middle_is_an_error() {
    let der = certificate(1885);
    let script = Script::new(ST2021);
    script.expect("00A40800 04 11001101", "9000");
    expect_beginning(&script, &der[..35]);
    script.expect_failure("00B0073D20", TransportError::CardRemoved);
    let opened = open_with_cache(&script, "reader", &[remembered(&der)]);
    assert_eq!(opened.err(), Some(CardError::Transport(TransportError::CardRemoved)));
    script.done();
}

/// A short-APDU reader does not carry the extended READ, or loses the card over it: read anew, in short ones.
#[test]
fn a_reader_without_extended_length() {
    use TransportError::{CardReset, MuteCard, Timeout, Transmit};
    for error in [Transmit, CardReset, MuteCard, Timeout] {
        let der = certificate(700);
        let script = Script::new(ST2021);
        script.expect("00A40800 04 11001101", "9000");
        script.expect_bytes(&bytes("00B0000000"), &ok(&der[..256]));
        script.expect_failure("00B00100 0001BC", error);
        script.expect("00A40800 04 11001101", "9000");
        script.expect_bytes(&bytes("00B0000000"), &ok(&der[..256]));
        script.expect_bytes(&bytes("00B0010000"), &ok(&der[256..512]));
        script.expect_bytes(&bytes("00B00200BC"), &ok(&der[512..]));
        let (_, files) = look(&script, &[]);
        script.done();
        assert_eq!(files.certificate.unwrap().der, der);
        assert_eq!(script.disconnected().len(), 1, "and connected anew");
    }
    // Any other command that fails is not repeated.
    let script = Script::new(ST2021);
    script.expect("00A40800 04 11001101", "9000");
    script.expect_failure("00B0000000", Transmit);
    assert!(open_with_cache(&script, "reader", &[]).is_err());
    script.done();
}

/// A card that finds SELECT without Le too short.
#[test]
fn a_select_with_le() {
    let der = certificate(300);
    let script = Script::new(CARDOS);
    script.expect("00A40800 04 11001101", "6700").expect("00A40800 04 11001101 00", "6F00 9000");
    expect_reads(&script, &[&der[..], &[0; 255]].concat(), 300);
    let (mut card, _) = look(&script, &[]);
    script.expect("00A40800 04 11001102 00", "6A82");
    assert!(card.holder().unwrap().is_none());
    script.done();
}

/// Another certificate of this length for each seed.
fn seeded(length: usize, seed: u8) -> Vec<u8> {
    let mut der = certificate(length);
    der[4..].iter_mut().for_each(|byte| *byte ^= seed);
    der
}

/// What a first look at a card of this kind remembers, with its certificate in the classic place or in the applet's.
fn remembered_of(atr: &str, in_the_applet: bool, der: &[u8]) -> CachedCard {
    let script = Script::new(atr);
    if in_the_applet {
        script.expect("00A40800 04 11001101", "6A82");
        if atr == OLD_INCARD {
            script.expect("00A40800 04 2FFF8228", "6A82");
        }
        script.expect("00A40800 06 140090012002", "9000");
        expect_reads(&script, &[der, &[0; 255]].concat(), der.len());
    } else {
        expect_certificate(&script, der);
    }
    let (card, _) = look(&script, &[]);
    script.done();
    card.cached_card().unwrap()
}

/// Whichever it is of several: their beginnings tell them apart, or else, of one length, their ends.
#[test]
fn several_remembered_cards_take_no_more_commands_than_one() {
    let (longer, shorter, its_own) = (seeded(1885, 1), seeded(1400, 2), seeded(1885, 3));
    let mut same_beginning = its_own.clone();
    same_beginning[35..].iter_mut().for_each(|byte| *byte ^= 0x40);
    for known in [vec![&longer, &shorter, &its_own], vec![&same_beginning, &longer, &its_own]] {
        let script = Script::new(ST2021);
        script.expect("00A40800 04 11001101", "9000");
        expect_proof(&script, &its_own, &its_own);
        let known: Vec<CachedCard> = known.into_iter().map(|der| remembered(der)).collect();
        let (_, files) = look(&script, &known);
        script.done();
        assert_eq!((files.certificate.unwrap().der, script.sent_so_far()), (its_own.clone(), 3));
    }

    let script = Script::new(ST2021);
    script.expect("00A40800 04 11001101", "9000");
    expect_beginning(&script, &its_own[..35]);
    expect_certificate(&script, &its_own);
    look(&script, &[&longer, &shorter].map(|der| remembered(der)));
    script.done();
}

/// Cards of another kind, and certificates in another place than the first one's, are not asked for.
#[test]
fn only_cards_of_the_same_kind_and_place_are_asked_for() {
    let first = seeded(1885, 1);
    let known = [
        remembered_of(OLD_INCARD, true, &seeded(1200, 2)),
        remembered_of(UNKNOWN_LOT, false, &first),
        remembered_of(UNKNOWN_LOT, true, &seeded(1300, 3)),
        remembered_of(OLD_INCARD, false, &seeded(1400, 4)),
    ];
    for der in [first.clone(), seeded(1885, 9)] {
        let script = Script::new(UNKNOWN_LOT);
        script.expect("00A40800 04 11001101", "9000");
        expect_proof(&script, &first, &der);
        if der != first {
            expect_certificate(&script, &der);
        }
        let (_, files) = look(&script, &known);
        script.done();
        assert_eq!(files.certificate.unwrap().der, der);
    }
}

/// Number and holder are remembered once they were asked for; that a card has none is remembered, too.
#[test]
fn number_and_holder_are_asked_for_once_in_a_cards_life() {
    for has_them in [true, false] {
        let der = certificate(300);
        let script = Script::new(CARDOS);
        expect_certificate(&script, &der);
        let (mut card, _) = look(&script, &[]);
        if has_them {
            script.expect("00A40800 04 10001003", "9000").expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
            script.expect("00A40800 04 11001102", "9000");
            script.expect_bytes(&bytes("00B0000040"), &ok(&personal_data(20)[..64]));
        } else {
            script.expect("00A40800 04 10001003", "6A82").expect("00A40800 04 11001102", "6A82");
        }
        let told = |card: &mut Card| {
            let holder = card.holder().unwrap().map(|holder| holder.name);
            (card.card_id().unwrap().map(|id| id.as_str().to_owned()), holder)
        };
        card.card_id().unwrap();
        let expected = has_them.then(|| "6030000000000019".to_owned());
        assert_eq!(told(&mut card), (expected, has_them.then(|| "MARIO".to_owned())));
        script.done();

        let again = Script::new(CARDOS);
        again.expect("00A40800 04 11001101", "9000");
        expect_proof(&again, &der, &der);
        let (mut recalled, _) = look(&again, &[card.cached_card().unwrap()]);
        assert_eq!(told(&mut recalled), told(&mut card));
        again.done();
        for card in [card, recalled] {
            assert_eq!(
                (card.lacks(DataFile::CardId), card.lacks(DataFile::PersonalData)),
                (!has_them, !has_them)
            );
        }
    }
}
