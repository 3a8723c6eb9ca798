//! Transcripts of families D to H: list, verify, sign, change, unblock, wrong PIN.

use cns_card::{Card, CardError, DataFile, PublicFiles, Retries, RetryQuery, StatusWord, TransportError};
use testkit::script::*;

const RESTORE: &str = "0022F30300";
const VERIFY: &str = "00200010 08 3132333435FFFFFF";
const VERIFY_LOCAL: &str = "00200090 08 3132333435FFFFFF";
const MF: &str = "00A40000 02 3F00";
const CNS_APPLICATION: &str = "00A40400 0C A000000530000B104001021A 00";
const ESIGN: &str = "00A40400 0A A000000530455349474E 00";
const J_SIGN: &str = "00A40400 08 A00000009501004D 00";

fn padded(der: &[u8]) -> Vec<u8> {
    [der, &[0; 255]].concat()
}

/// EF ID_Carta on the card's own file system.
fn expect_card_id(script: &Script) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
}

fn expect_holder(script: &Script) {
    script.expect("00A40800 04 11001102", "9000");
    expect_personal_data(script, &personal_data(20));
}

/// In the CNS application of ACe 2025: from its root, as the vendor's software does it.
fn expect_personal_data_of_ace(script: &Script) {
    script.expect("00A40900 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data(20)[..255]));
}

fn expect_sign(script: &Script, reference: &str) {
    script.expect(RESTORE, "9000").expect(&format!("0022F1B8 03 8301{reference}"), "9000");
    script.expect_bytes(&pso(), &ok(&[2; 256]));
}

/// A later signature: nobody has moved anything.
fn expect_sign_again(script: &Script) {
    script.expect_bytes(&pso(), &ok(&[2; 256]));
}

fn pso() -> Vec<u8> {
    [&bytes("002A8086 000101 00")[..], &[1; 256], &[0x01, 0x00]].concat()
}

fn sign(card: &mut Card, files: &PublicFiles) -> Result<usize, CardError> {
    let key = files.certificate.as_ref().unwrap().key;
    card.private_key_operation(key, &[1; 256]).map(|result| result.len())
}

fn refused(command: &'static str, word: u16) -> CardError {
    CardError::Status { command, status: StatusWord(word) }
}

fn map(slots: &str) -> Vec<u8> {
    let mut map = bytes(slots);
    while map.len() < 240 {
        map.extend(bytes("00FAFE0000"));
    }
    map
}

fn expect_map(script: &Script, path: &str, map: &[u8]) {
    script.expect(&format!("00A40800 04 {path}"), "9000");
    script.expect_bytes(&bytes("00B00000F0"), &ok(map));
}

fn open_cosmo7(script: &Script) -> (Card, PublicFiles) {
    expect_card_id(script);
    expect_map(script, "14004000", &map("FF100E0800 FF200E075D"));
    script.expect("00A40800 06 14009001200E", "9000");
    expect_reads(script, &padded(&certificate(1885)), 1885);
    expect_holder(script);
    let opened = script.open_cns();
    script.done();
    opened
}

#[test]
fn cosmo_7() {
    let script = Script::new(COSMO7);
    let (mut card, files) = open_cosmo7(&script);
    assert_eq!(files.certificate.as_ref().unwrap().der, certificate(1885));
    assert_eq!(files.card_id.as_ref().unwrap().as_str(), "6030000000000019");
    assert_eq!((card.family(), script.sent_so_far()), ("CNS Cosmo 7", 8 + 7));

    script.expect(MF, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect("00A40800 04 14009002", "9000");
    expect_sign(&script, "0E");
    assert_eq!(sign(&mut card, &files), Ok(256));
    expect_sign_again(&script);
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.expect(MF, "9000").expect("00240010 10 3132333435FFFFFF 3837363534333231", "9000");
    assert_eq!(card.change_pin(&pin(), &puk()), Ok(()));
    script.expect(MF, "9000").expect("002C0010 10 3837363534333231 3132333435FFFFFF", "9000");
    assert_eq!(card.unblock_pin(&puk(), &pin()), Ok(()));
    script.expect(MF, "9000").expect(VERIFY, "63C2");
    assert_eq!(card.verify(&pin()), Err(CardError::PinIncorrect { left: Retries::Left(2) }));
    script.expect(MF, "9000").expect("00200010", "63C2");
    assert_eq!(card.pin_retries().map(RetryQuery::retries), Ok(Retries::Left(2)));
    script.done();
}

/// Short lengths only: the chain after one clean refusal, cut as the public recording of this applet has it (129 and 128
/// bytes, Le = 00 in both).
#[test]
fn cosmo_7_is_chained() {
    let script = Script::new(COSMO7);
    let (mut card, files) = open_cosmo7(&script);
    script.expect(MF, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    for extended in [true, false] {
        if extended {
            script.expect("00A40800 04 14009002", "9000").expect(RESTORE, "9000");
            script.expect("0022F1B8 03 83010E", "9000");
            script.expect_bytes(&pso(), &bytes("6700"));
        }
        script.expect_bytes(&[&bytes("102A8086 81 00")[..], &[1; 128], &[0]].concat(), &bytes("9000"));
        script.expect_bytes(&[&bytes("002A8086 80")[..], &[1; 128], &[0]].concat(), &ok(&[2; 256]));
        assert_eq!(sign(&mut card, &files), Ok(256));
    }
    script.done();
}

/// The second map is asked where the first does not settle it.
#[test]
fn cosmo_7_with_other_numbers() {
    let script = Script::new(COSMO7);
    expect_card_id(&script);
    expect_map(&script, "14004000", &map("FF20010400 FF20050400"));
    expect_map(&script, "14005000", &map("FF30050800"));
    script.expect("00A40800 06 140090012005", "9000");
    expect_reads(&script, &padded(&certificate(300)), 300);
    expect_holder(&script);
    let (mut card, files) = script.open_cns();
    script.expect(MF, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect("00A40800 04 14009002", "9000");
    expect_sign(&script, "05");
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();
}

/// No map, a map that points nowhere, a map cut off: the known values are looked at.
#[test]
fn cosmo_7_with_broken_maps() {
    for broken in 0..4 {
        let script = Script::new(COSMO7);
        expect_card_id(&script);
        match broken {
            0 => {
                script.expect("00A40800 04 14004000", "6A82");
            }
            1 => {
                expect_map(&script, "14004000", &map("FF10770800 FF20770400"));
                script.expect("00A40800 06 140090012077", "6A82");
            }
            2 => {
                script.expect("00A40800 04 14004000", "9000").expect("00B00000F0", "FF200E 6282");
            }
            _ => {
                script.expect("00A40800 04 14004000", "9000").expect("00B00000F0", "6982");
            }
        }
        script.expect("00A40800 06 14009001200E", "6A82");
        script.expect("00A40800 06 140090012002", "9000");
        expect_reads(&script, &padded(&certificate(300)), 300);
        expect_holder(&script);
        assert!(script.open_cns().1.certificate.is_some(), "{broken}");
        script.done();
    }
}

/// Known values first, and the maps where they lead nowhere.
#[test]
fn the_2021_applet_and_cosmo_91_have_maps_too() {
    for atr in [IDEMIA, COSMO91, IDEMIA_NFC[0], IDEMIA_NFC[1]] {
        let script = Script::new(atr);
        expect_card_id(&script);
        script.expect("00A40800 06 140090012002", "6A82");
        expect_map(&script, "14004000", &map("FF10030800 FF20030400"));
        script.expect("00A40800 06 140090012003", "9000");
        expect_reads(&script, &padded(&certificate(300)), 300);
        expect_holder(&script);
        assert!(script.open_cns().1.certificate.is_some());
        script.done();
    }
}

/// The applet on an operating system that was never seen (30 in place of 20): all the same, but VERIFY without data, which
/// might spend a try there, is not sent.
#[test]
fn a_later_lot_of_the_applet_is_not_asked_for_its_counter() {
    let script = Script::new(IDEMIA_LATER);
    expect_idemia_listing(&script, &certificate(1885));
    let (mut card, _) = script.open_cns();
    assert!(!card.can_query_retries());
    assert_eq!(card.pin_retries().map(RetryQuery::retries), Ok(Retries::Unknown));
    script.expect(MF, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
}

#[test]
fn cosmo_91_and_idemia_over_nfc_are_as_idemia_2021() {
    for atr in [COSMO91, IDEMIA_NFC[0], IDEMIA_NFC[1]] {
        let script = Script::new(atr);
        expect_idemia_listing(&script, &certificate(1885));
        let (mut card, files) = script.open_cns();
        assert_eq!(script.sent_so_far(), 2 + 5);
        script.expect(MF, "9000").expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        script.expect("00A40800 04 14009002", "9000");
        expect_sign(&script, "02");
        assert_eq!(sign(&mut card, &files), Ok(256));
        script.expect(MF, "9000").expect("00240010 10 3132333435FFFFFF 3837363534333231", "9000");
        assert_eq!(card.change_pin(&pin(), &puk()), Ok(()));
        script.expect(MF, "9000").expect("002C0010 10 3837363534333231 3132333435FFFFFF", "6983");
        assert_eq!(card.unblock_pin(&puk(), &pin()), Err(CardError::PinBlocked));
        script.expect(MF, "9000").expect(VERIFY, "63C1");
        assert_eq!(card.verify(&pin()), Err(CardError::PinIncorrect { left: Retries::Left(1) }));
        script.done();
    }
}

fn open_ace(script: &Script) -> (Card, PublicFiles) {
    script.expect(ESIGN, "6F00 9000").expect("00A40900 02 D003", "9000");
    script.expect("00B000000A", "5A08 6030000000000019 9000");
    script.expect("00A40900 04 DA01C001", "9000");
    expect_reads(script, &certificate(1885), 1885);
    script.expect(CNS_APPLICATION, "6F00 9000");
    expect_personal_data_of_ace(script);
    let opened = script.open_cns();
    script.done();
    assert_eq!(script.sent_so_far(), 8 + 7);
    opened
}

/// What the first PIN command begins with: the CNS application is asked for its key.
fn expect_question_for_the_key(script: &Script, answer: &str) {
    script.expect(CNS_APPLICATION, "9000").expect(KEY_1, answer);
}

/// It says twice that it has none, and the other one is asked.
fn expect_no_key_in_cns(script: &Script, in_esign: &str) {
    expect_question_for_the_key(script, "6A88");
    script.expect(RESTORE, "9000").expect(KEY_1, "6A88").expect(ESIGN, "9000").expect(KEY_1, in_esign);
}

const KEY_1: &str = "0022F1B8 03 830101";

#[test]
fn ace_2025() {
    let script = Script::new(ACE2025);
    let (mut card, files) = open_ace(&script);
    expect_question_for_the_key(&script, "9000");
    assert_eq!(card.family(), "CNS ACe 2025");
    assert_eq!(files.card_id.as_ref().unwrap().as_str(), "6030000000000019");
    assert_eq!(files.personal_data.as_ref().unwrap().surname.as_deref(), Some("ROSSI"));
    assert_eq!(card.pin_retries().map(RetryQuery::retries), Ok(Retries::Unknown));

    script.expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    // Its number costs no command, and the personal data no application: the login goes on.
    assert_eq!(card.read_data(DataFile::CardId).unwrap(), CARD_ID);
    let data = personal_data(20);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&data[..256]));
    script.expect_bytes(&bytes("00B0010000"), &[&data[256..], &[0x62, 0x82]].concat());
    assert_eq!(card.read_data(DataFile::PersonalData).unwrap(), data);
    expect_sign(&script, "01");
    assert_eq!(sign(&mut card, &files), Ok(256));
    expect_sign_again(&script);
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();
    assert_eq!(script.count(0x20), 1);
}

#[test]
fn ace_2025_pin_commands() {
    let script = Script::new(ACE2025);
    let (mut card, files) = open_ace(&script);
    expect_question_for_the_key(&script, "9000");
    script.expect(VERIFY, "63C2");
    assert_eq!(card.verify(&pin()), Err(CardError::PinIncorrect { left: Retries::Left(2) }));
    script.expect(CNS_APPLICATION, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect(CNS_APPLICATION, "9000");
    script.expect("00240010 10 3132333435FFFFFF 3837363534333231", "9000");
    assert_eq!(card.change_pin(&pin(), &puk()), Ok(()));
    // Selecting the application has ended the login, whatever the card thinks.
    assert_eq!(sign(&mut card, &files), Err(CardError::NotVerified));
    script.expect(CNS_APPLICATION, "9000");
    script.expect("002C0010 10 3837363534333231 3132333435FFFFFF", "63C9");
    let wrong = Err(CardError::PinIncorrect { left: Retries::Left(9) });
    assert_eq!(card.unblock_pin(&puk(), &pin()), wrong);
    script.done();
}

/// The CNS application knows no such key: PIN and key are in the eSign application, and the first PIN goes there.
#[test]
fn ace_2025_with_key_and_pin_in_esign() {
    for answer in ["9000", "63C2", "6983", "6984"] {
        let script = Script::new(ACE2025);
        let (mut card, files) = open_ace(&script);
        expect_no_key_in_cns(&script, "9000");
        script.expect(VERIFY, answer);
        let verified = card.verify(&pin());
        assert_eq!(verified.is_ok(), answer == "9000");
        script.done();
        assert_eq!(script.count(0x20), 1);
        if verified.is_ok() {
            expect_sign(&script, "01");
            assert_eq!(sign(&mut card, &files), Ok(256));
        }
        script.expect(ESIGN, "9000").expect("00240010 10 3132333435FFFFFF 3837363534333231", "9000");
        assert_eq!(card.change_pin(&pin(), &puk()), Ok(()));
        script.expect(ESIGN, "9000").expect("002C0010 10 3837363534333231 3132333435FFFFFF", "9000");
        assert_eq!(card.unblock_pin(&puk(), &pin()), Ok(()));
        script.done();
    }
}

/// Only "no such key" speaks for the eSign application, which might have a PIN of its own.
#[test]
fn ace_2025_with_an_unclear_answer_about_the_key() {
    for unclear in ["6985", "6984", "6982", "6A80", "6A82", "6A86", "6D00", "6F00"] {
        let script = Script::new(ACE2025);
        let (mut card, _) = open_ace(&script);
        expect_question_for_the_key(&script, unclear);
        script.expect(RESTORE, "9000").expect(KEY_1, unclear);
        script.expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()), "{unclear}");
        script.done();
    }
}

/// A key that is there once the security environment is restored is in the CNS application, and so is the PIN.
#[test]
fn ace_2025_that_wants_its_environment_restored_first() {
    for before in ["6A88", "6985"] {
        let script = Script::new(ACE2025);
        let (mut card, _) = open_ace(&script);
        expect_question_for_the_key(&script, before);
        script.expect(RESTORE, "9000").expect(KEY_1, "9000").expect(VERIFY, "63C2");
        assert!(card.verify(&pin()).is_err());
        script.done();
    }
}

/// No key in the CNS application is no reason to send the PIN to another one that has none either, or does not say.
#[test]
fn ace_2025_with_no_key_to_be_seen() {
    for in_esign in ["6A88", "6985", "6F00"] {
        let script = Script::new(ACE2025);
        let (mut card, _) = open_ace(&script);
        expect_no_key_in_cns(&script, in_esign);
        script.expect(RESTORE, "6A88").expect(CNS_APPLICATION, "9000").expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()), "{in_esign}");
        script.done();
    }
    let script = Script::new(ACE2025);
    let (mut card, _) = open_ace(&script);
    expect_question_for_the_key(&script, "6A88");
    script
        .expect(RESTORE, "6A88")
        .expect(ESIGN, "6A82")
        .expect(CNS_APPLICATION, "9000")
        .expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
    // No clear answer, no PIN: it is asked again.
    let script = Script::new(ACE2025);
    let (mut card, _) = open_ace(&script);
    for _ in 0..2 {
        expect_question_for_the_key(&script, "6A88");
        script.expect(RESTORE, "9000").expect(KEY_1, "6A88").expect(ESIGN, "6F00");
        assert_eq!(card.verify(&pin()), Err(refused("SELECT", 0x6F00)));
    }
    script.done();
    assert_eq!(script.count(0x20), 0);
}

/// A key that may not be used now is not a key that is not there: the card's word is the result, and the next PIN goes
/// where the last one was right.
#[test]
fn ace_2025_with_a_refused_signature_stays_where_the_pin_was_right() {
    for refusal in ["6985", "6984", "6A80"] {
        let script = Script::new(ACE2025);
        let (mut card, files) = open_ace(&script);
        expect_question_for_the_key(&script, "9000");
        script.expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        for first in [true, false] {
            if !first {
                script.expect(MF, "9000");
            }
            script.expect(RESTORE, "9000").expect(KEY_1, "9000").expect_bytes(&pso(), &bytes(refusal));
        }
        script.expect("00A40900 04 11001102", "9000"); // still in the CNS application
        let word = u16::from_str_radix(refusal, 16).unwrap();
        assert_eq!(sign(&mut card, &files), Err(refused("PSO DECIPHER", word)));
        script.expect(CNS_APPLICATION, "9000").expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        script.done();
        assert_eq!(script.count(0x20), 2);
    }
}

/// A question that got no answer is no reason to send a PIN anywhere.
#[test]
fn ace_2025_that_breaks_down_in_the_question() {
    for broken in [Err(TransportError::Timeout), Err(TransportError::CardRemoved), Ok("90"), Ok("")] {
        let script = Script::new(ACE2025);
        let (mut card, _) = open_ace(&script);
        script.expect(CNS_APPLICATION, "9000");
        match broken {
            Err(error) => script.expect_failure("0022F1B8 03 830101", error),
            Ok(answer) => script.expect("0022F1B8 03 830101", answer),
        };
        assert!(card.verify(&pin()).is_err(), "{broken:?}");
        script.done();
        assert_eq!(script.count(0x20), 0);
    }
}

/// Only "not found" asks for a word on where the card stands; any other refusal of a key is the result.
#[test]
fn a_refused_signature_is_no_moved_application() {
    type Open = fn(&Script) -> (Card, PublicFiles);
    let ace: Open = |script| {
        let opened = open_ace(script);
        expect_question_for_the_key(script, "9000");
        script.expect(VERIFY, "9000");
        opened
    };
    let st_nfc: Open = |script| {
        let opened = open_st_nfc(script);
        script.expect(J_SIGN, "9000").expect(VERIFY_LOCAL, "9000");
        opened
    };
    for (atr, open) in [(ACE2025, ace), (BARE, st_nfc)] {
        let script = Script::new(atr);
        let (mut card, files) = open(&script);
        assert_eq!(card.verify(&pin()), Ok(()));
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "6F00");
        assert_eq!(sign(&mut card, &files), Err(refused("MSE SET", 0x6F00)));
        script.done();
    }
}

/// One PIN, one VERIFY, whatever it is answered; "no such PIN" sends the person's next one to the other application.
#[test]
fn ace_2025_never_verifies_twice() {
    for word in (0..=0xFFFFu16).filter(|word| word & 0x0F == 0 || word >> 8 == 0x63 || *word == 0x6A88) {
        let script = Script::new(ACE2025);
        let (mut card, _) = open_ace(&script);
        expect_question_for_the_key(&script, "9000");
        script.expect_bytes(&bytes(VERIFY), &word.to_be_bytes());
        assert_eq!(card.verify(&pin()).is_ok(), word == 0x9000);
        script.done();
        assert_eq!(script.count(0x20), 1);
    }
    let script = Script::new(ACE2025);
    let (mut card, _) = open_ace(&script);
    expect_question_for_the_key(&script, "9000");
    for application in [None, Some(ESIGN), Some(CNS_APPLICATION)] {
        application.map(|application| script.expect(application, "9000"));
        script.expect(VERIFY, "6A88");
        assert_eq!(card.verify(&pin()), Err(refused("VERIFY", 0x6A88)));
    }
    script.done();
}

/// No application, no PIN command.
#[test]
fn ace_2025_with_a_vanished_application() {
    let script = Script::new(ACE2025);
    let (mut card, _) = open_ace(&script);
    script.expect(CNS_APPLICATION, "6A82");
    assert_eq!(card.verify(&pin()), Err(refused("SELECT", 0x6A82)));
    script.done();
    expect_no_key_in_cns(&script, "9000");
    script.expect_failure(VERIFY, TransportError::Timeout);
    assert!(card.verify(&pin()).is_err());
    script.expect(ESIGN, "6A82");
    assert_eq!(card.verify(&pin()), Err(refused("SELECT", 0x6A82)));
    script.done();
    assert_eq!(script.count(0x20), 1, "the one that was not answered");
}

fn expect_no_key(script: &Script) {
    for first in [true, false] {
        if !first {
            script.expect(MF, "9000");
        }
        script.expect(RESTORE, "6A88");
        if first {
            continue;
        }
        script.expect("0022F1B8 03 830101", "6A88");
    }
}

/// The key is found missing beside a verified PIN: the person is asked again, and that login goes to the other
/// application. In neither: an error, not a third question.
#[test]
fn ace_2025_with_the_key_in_esign() {
    let script = Script::new(ACE2025);
    let (mut card, files) = open_ace(&script);
    expect_question_for_the_key(&script, "9000");
    script.expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    expect_no_key(&script);
    script.expect("00A40900 04 11001102", "9000"); // still in the CNS application
    assert_eq!(sign(&mut card, &files), Err(CardError::NotVerified));
    script.done();
    assert_eq!(script.count(0x20), 1);
    assert_eq!(sign(&mut card, &files), Err(CardError::NotVerified));

    script.expect(ESIGN, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    expect_no_key(&script);
    script.expect("00A40900 04 DA01C001", "9000");
    assert_eq!(sign(&mut card, &files), Err(refused("MSE SET", 0x6A88)));
    script.done();
}

/// Another program has selected another application: nothing is capabilities from it.
#[test]
fn ace_2025_in_another_programs_application() {
    let script = Script::new(ACE2025);
    let (mut card, files) = open_ace(&script);
    expect_question_for_the_key(&script, "9000");
    script.expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    expect_no_key(&script);
    script.expect("00A40900 04 11001102", "6A82");
    assert_eq!(sign(&mut card, &files), Err(CardError::NotVerified));
    script.expect(CNS_APPLICATION, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    expect_sign(&script, "01");
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();
}

/// After a reset the number in the eSign application proves the card, and the PIN goes to the CNS application.
#[test]
fn ace_2025_after_a_reset() {
    let script = Script::new(ACE2025);
    let (mut card, _) = open_ace(&script);
    script.reset();
    script.expect(ESIGN, "9000").expect("00A40900 02 D003", "9000");
    script.expect("00B000000A", "5A08 6030000000000019 9000");
    expect_question_for_the_key(&script, "9000");
    script.expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.reset();
    script.expect(ESIGN, "6A82");
    assert_eq!(card.verify(&pin()), Err(CardError::DifferentCard));
    script.done();
}

/// D003 is not as expected, or absent: EF ID_Carta in the CNS application; nothing at all is survived too.
#[test]
fn ace_2025_with_other_files() {
    for odd in ["6A82", "5A08 603A000000000019 9000", "00000000000000000000 9000"] {
        let script = Script::new(ACE2025);
        script.expect(ESIGN, "9000");
        if odd == "6A82" {
            script.expect("00A40900 02 D003", odd);
        } else {
            script.expect("00A40900 02 D003", "9000").expect("00B000000A", odd);
        }
        script.expect(CNS_APPLICATION, "9000");
        script.expect("00A40900 04 10001003", "9000").expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
        script.expect(ESIGN, "9000").expect("00A40900 04 DA01C001", "6A82");
        script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 11001101", "6A82");
        script.expect("00A40900 04 11001102", "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.card_id.unwrap().as_str(), "6030000000000019");
        assert_eq!(files.certificate, None);
    }
}

/// Its paths begin at the application's root: after a file in a DF that is selected anew.
#[test]
fn ace_2025_is_selected_anew_after_a_file_in_a_directory() {
    let script = Script::new(ACE2025);
    script.expect(ESIGN, "9000").expect("00A40900 02 D003", "6A82");
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 10001003", "6A82");
    script.expect(ESIGN, "9000").expect("00A40900 04 DA01C001", "6A82");
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 11001101", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&[0; 256]));
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 11001102", "6A82");
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!((files.card_id, files.certificate), (None, None));
}

fn open_st_nfc(script: &Script) -> (Card, PublicFiles) {
    script.expect(J_SIGN, "6F00 9000").expect("00CA018000", "4A5369676E34 9000");
    script.expect(J_SIGN, "6F00 9000");
    expect_classic_listing(script, &certificate(1885));
    let opened = script.open_cns();
    script.done();
    assert_eq!(script.sent_so_far(), 3 + 2 + 6);
    opened
}

#[test]
fn st_2022_over_nfc() {
    let script = Script::new(BARE);
    let (mut card, files) = open_st_nfc(&script);
    assert_eq!(card.family(), "CNS ST 2022 NFC");
    script.expect(J_SIGN, "9000").expect(VERIFY_LOCAL, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    expect_sign(&script, "01");
    assert_eq!(sign(&mut card, &files), Ok(256));
    expect_sign_again(&script);
    assert_eq!(sign(&mut card, &files), Ok(256));
    // Reading a file does not select the application again.
    script.expect("00A40800 04 11001102", "9000").expect("00B00000000400", "6B00");
    script.expect("00B0000000", "6B00").expect("00B0000001", "6B00");
    assert!(card.read_data(DataFile::PersonalData).is_ok());
    expect_sign(&script, "01");
    assert_eq!(sign(&mut card, &files), Ok(256));

    script.expect(J_SIGN, "9000").expect("00240090 10 3132333435FFFFFF 3837363534333231", "9000");
    assert_eq!(card.change_pin(&pin(), &puk()), Ok(()));
    script.expect(J_SIGN, "9000").expect("002C0090 10 3837363534333231 3132333435FFFFFF", "9000");
    assert_eq!(card.unblock_pin(&puk(), &pin()), Ok(()));
    script.expect(J_SIGN, "9000").expect(VERIFY_LOCAL, "63C2");
    assert_eq!(card.verify(&pin()), Err(CardError::PinIncorrect { left: Retries::Left(2) }));
    script.done();
}

/// Another program has selected another application: the login is over, and the PIN goes to the right place.
#[test]
fn st_2022_over_nfc_in_another_programs_application() {
    let script = Script::new(BARE);
    let (mut card, files) = open_st_nfc(&script);
    script.expect(J_SIGN, "9000").expect(VERIFY_LOCAL, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect(RESTORE, "6A82").expect(MF, "6A82").expect("00A40800 04 11001102", "6A82");
    assert_eq!(sign(&mut card, &files), Err(CardError::NotVerified));
    script.done();
    script.expect(J_SIGN, "6A82");
    assert_eq!(card.verify(&pin()), Err(refused("SELECT", 0x6A82)));
    script.done();
    assert_eq!(script.count(0x20), 1);
}

/// Exchanged in the middle of its first look, while the reader seemed not to carry an extended READ: what lies there now is
/// no kind of the card that the look began with.
#[test]
fn st_2022_over_nfc_that_is_exchanged_in_its_first_look() {
    let script = Script::new(BARE);
    script.expect(J_SIGN, "9000").expect("00CA018000", "4A5369676E34 9000").expect(J_SIGN, "9000");
    expect_card_id(&script);
    script.expect("00A40800 04 11001101", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&certificate(1885)[..256]));
    script.expect_failure("00B00100 00065D", TransportError::Transmit);
    script.expect(J_SIGN, "6A82").expect("00A40400 0D A0000000308000000009816001 00", "9000");
    assert_eq!(script.open().err(), Some(CardError::DifferentCard));
    script.done();
}

/// After a reset no application is selected: the proof that it is the same card selects it, so that this card, which knows
/// nothing before, is not taken for another.
#[test]
fn st_2022_over_nfc_after_a_reset() {
    let script = Script::new(BARE);
    let (mut card, _) = open_st_nfc(&script);
    for own in [false, true] {
        match own {
            true => card.reset().unwrap(),
            false => drop(script.reset()),
        }
        script.expect(J_SIGN, "9000");
        expect_card_id(&script);
        script.expect(J_SIGN, "9000").expect(VERIFY_LOCAL, "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        assert_eq!(script.count(0x20), 1 + usize::from(own));
    }
}

/// Another program has selected an application that knows neither the path nor an MF: whatever it says, the file is
/// looked for in ours.
#[test]
fn st_2022_over_nfc_in_an_application_without_files() {
    for refusal in ["6A86", "6D00", "6985", "6A82"] {
        let script = Script::new(BARE);
        let (mut card, _) = open_st_nfc(&script);
        script.expect("00A40800 04 11001102", refusal);
        if refusal == "6A86" {
            script.expect("00A40800 04 11001102 00", refusal);
        }
        if matches!(refusal, "6A86" | "6D00") {
            script.expect(MF, refusal);
        }
        if refusal == "6A86" {
            script.expect("00A40000 02 3F00 00", refusal);
        }
        script.expect(J_SIGN, "9000").expect("00A40800 04 11001102", "9000");
        script.expect("00B00000000400", "6B00").expect("00B0000000", "6B00").expect("00B0000001", "6B00");
        assert!(card.read_data(DataFile::PersonalData).is_ok(), "{refusal}");
        script.done();
    }
}

/// Length big endian in bytes 1 and 2, DER from byte 5.
fn container(der: &[u8]) -> Vec<u8> {
    let length = u16::try_from(der.len()).unwrap().to_be_bytes();
    [&[0x01, length[0], length[1], 0x00, 0x00], der, &[0; 255]].concat()
}

/// The ATR of an ST Incard card, and its PIN qualifier.
#[test]
fn infocamere_with_the_mark() {
    let script = Script::new(OLD_INCARD);
    expect_card_id(&script);
    script.expect("00A40800 04 11001101", "6A82");
    script.expect("00A40800 04 2FFF8228", "9000");
    expect_reads(&script, &container(&certificate(600)), 605);
    expect_holder(&script);
    let (mut card, files) = script.open_cns();
    script.expect(MF, "9000").expect(VERIFY_LOCAL, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect("00A40800 04 2FFF0000", "9000");
    expect_sign(&script, "21");
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();
}

/// Length 0 is empty; a length that lies is not believed; a container that ends too early is cut off.
#[test]
fn infocamere_containers_of_all_kinds() {
    let der = certificate(600);
    let mut empty = container(&der);
    empty[1..3].fill(0);
    let mut lying = container(&der);
    lying[1..3].fill(0xFF);
    for (content, found) in [(empty, false), (lying, true), (vec![0; 860], false), (vec![1, 2, 3], false)] {
        let script = Script::new(OLD_INCARD);
        script.expect("00A40800 04 10001003", "6A82").expect("00A40800 04 11001101", "6A82");
        script.expect("00A40800 04 2FFF8228", "9000");
        match content.len() {
            3 => script.expect("00B00000FF", "010203 6282"),
            _ if found => {
                expect_reads(&script, &content, 605);
                &script
            }
            _ => script.expect_bytes(&bytes("00B00000FF"), &ok(&content[..255])),
        };
        if !found {
            script.expect("00A40800 06 140090012002", "6A82");
        }
        script.expect("00A40800 04 11001102", "6A82");
        assert_eq!(script.open_cns().1.certificate.map(|found| found.der), found.then(|| der.clone()));
        script.done();
    }
}

/// A lot that nobody has described: every known place, by reading only.
#[test]
fn an_unknown_lot() {
    let nothing = |script: &Script, until: usize| {
        script.expect("00A40800 04 10001003", "6A82");
        let places = ["04 11001101", "06 140090012002", "04 14004000", "04 2FFF8228"];
        for place in &places[..until] {
            script.expect(&format!("00A40800 {place}"), "6A82");
        }
    };
    let script = Script::new(UNKNOWN_LOT);
    nothing(&script, 3);
    script.expect("00A40800 04 2FFF8228", "9000");
    expect_reads(&script, &container(&certificate(300)), 305);
    script.expect("00A40800 04 11001102", "6A82");
    let (mut card, files) = script.open_cns();
    script.expect(MF, "9000").expect(VERIFY, "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect("00A40800 04 2FFF0000", "9000");
    expect_sign(&script, "21");
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();

    let script = Script::new(UNKNOWN_LOT);
    nothing(&script, 4);
    script.expect("00A40800 04 11001102", "6A82").expect(ESIGN, "6A82");
    let (mut card, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate, None);
    assert_eq!(script.count(0x20) + script.count(0x22), 0);
    // How the PIN of such a card is padded nobody knows: none is sent.
    assert_eq!(card.verify(&pin()), Err(CardError::PinNotActivated));
    assert_eq!(card.change_pin(&pin(), &pin()), Err(CardError::PinNotActivated));
    assert_eq!(card.unblock_pin(&puk(), &pin()), Err(CardError::PinNotActivated));
    assert_eq!(script.count(0x20) + script.count(0x24) + script.count(0x2C), 0);

    // Family E behind another ATR.
    let script = Script::new(UNKNOWN_LOT);
    nothing(&script, 4);
    script.expect("00A40800 04 11001102", "6A82").expect(ESIGN, "9000");
    script.expect("00A40900 02 D003", "6A82");
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 10001003", "6A82");
    script.expect(ESIGN, "9000").expect("00A40900 04 DA01C001", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&certificate(300)[..256]));
    script.expect_bytes(&bytes("00B001002C"), &ok(&certificate(300)[256..]));
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 11001102", "6A82");
    let (mut card, files) = script.open_cns();
    expect_question_for_the_key(&script, "9000");
    script.expect(VERIFY, "9000");
    assert_eq!((card.family(), card.verify(&pin())), ("CNS ACe 2025", Ok(())));
    expect_sign(&script, "01");
    assert_eq!(sign(&mut card, &files), Ok(256));
    script.done();
}

/// FirmaQUI 2025: an unknown lot, which the applications of ACe 2025 are looked for on.
#[test]
fn firmaqui_is_read_as_an_unknown_lot() {
    let script = Script::new(FIRMAQUI);
    let places =
        ["04 10001003", "04 11001101", "06 140090012002", "04 14004000", "04 2FFF8228", "04 11001102"];
    for place in places {
        script.expect(&format!("00A40800 {place}"), "6A82");
    }
    script.expect(ESIGN, "9000").expect("00A40900 02 D003", "6A82");
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 10001003", "6A82");
    script.expect(ESIGN, "9000").expect("00A40900 04 DA01C001", "9000");
    script.expect_bytes(&bytes("00B0000000"), &ok(&certificate(300)[..256]));
    script.expect_bytes(&bytes("00B001002C"), &ok(&certificate(300)[256..]));
    script.expect(CNS_APPLICATION, "9000").expect("00A40900 04 11001102", "6A82");
    let (card, files) = script.open_cns();
    script.done();
    assert_eq!((card.family(), files.certificate.unwrap().der), ("CNS ACe 2025", certificate(300)));
    assert_eq!(script.count(0x20) + script.count(0x24) + script.count(0x2C), 0);
}

/// IDEMIA over NFC behind another lot's ATR: known by its application, which is selected before a PIN is sent; the tries
/// are not asked for, because of this lot nothing is known.
#[test]
fn idemia_over_nfc_by_its_application() {
    const APPLICATION: &str = "00A40400 10 A0000000770103000610000000000002 00";
    for (atr, like_a_cie) in
        [(IDEMIA_NFC_OF_ANOTHER_LOT, false), ("3B8F80018031806 5B085040011120FFF8290008A", true)]
    {
        let script = Script::new(atr);
        if like_a_cie {
            script.expect("00A40400 0D A0000000308000000009816001 00", "6A82");
        }
        script.expect(APPLICATION, "6F00 9000").expect(APPLICATION, "9000");
        expect_card_id(&script);
        script.expect("00A40800 06 140090012002", "9000");
        script.expect_bytes(&bytes("00B0000000"), &ok(&certificate(300)[..256]));
        script.expect_bytes(&bytes("00B001002C"), &ok(&certificate(300)[256..]));
        script.expect("00A40800 04 11001102", "9000");
        script.expect_bytes(&bytes("00B00000FF"), &ok(&personal_data(20)[..255]));
        let (mut card, files) = script.open_cns();
        script.done();
        assert_eq!(card.family(), "CNS IDEMIA NFC 2");
        assert_eq!(card.pin_retries().map(|query| query.retries()), Ok(Retries::Unknown));
        script.expect(APPLICATION, "9000").expect(VERIFY, "9000");
        assert_eq!(card.verify(&pin()), Ok(()));
        script.expect("00A40800 04 14009002", "9000");
        expect_sign(&script, "02");
        assert_eq!(sign(&mut card, &files), Ok(256));
        script.done();
        assert_eq!(script.count(0x20), 1);
    }
}

/// SELECT is answered in one of its two forms only, by its path and by name: the other is tried once, and kept.
#[test]
fn either_form_of_select() {
    for refusal in ["6700", "6A86", "6A87", "6B00"] {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", refusal).expect("00A40800 04 10001003 00", "6F00 9000");
        script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
        script.expect("00A40800 04 11001101 00", "9000");
        let der = certificate(300);
        expect_reads(&script, &padded(&der), 300);
        script.expect("00A40800 04 11001102 00", "6A82").expect("00A40800 04 14009010 00", "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.certificate.unwrap().der, der, "{refusal}");

        let script = Script::new(ACE2025);
        script.expect(ESIGN, refusal).expect(ESIGN.trim_end_matches(" 00"), "9000");
        script.expect("00A40900 02 D003", "6A82");
        script.expect(CNS_APPLICATION.trim_end_matches(" 00"), "9000").expect("00A40900 04 10001003", "6A82");
        script.expect(ESIGN.trim_end_matches(" 00"), "9000").expect("00A40900 04 DA01C001", "6A82");
        script.expect(CNS_APPLICATION.trim_end_matches(" 00"), "9000");
        script.expect("00A40900 04 11001101", "6A82").expect("00A40900 04 11001102", "6A82");
        let _ = script.open_cns();
        script.done();
    }
}
