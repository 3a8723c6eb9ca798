//! Transcripts of the second keyset that some classic cards have, and of the data files.

mod common;

use cns_card::{Card, CardError, DataFile, KeyReference, PinId, PublicFiles, Retries, StatusWord};
use common::*;

/// A classic card with a signature keyset.
fn opened_with_signature(script: &Script) -> (Card, PublicFiles) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001101", "9000");
    expect_reads(script, &[certificate(300), vec![0; 255]].concat(), 300);
    script.expect("00A40800 04 11001102", "6A82");
    script.expect(SIGNATURE_CERTIFICATE, "9000");
    expect_reads(script, &[certificate(600), vec![0; 255]].concat(), 600);
    let opened = script.open_cns();
    script.done();
    script.sent_so_far();
    opened
}

fn keys(files: &PublicFiles) -> (KeyReference, KeyReference) {
    (files.certificate.as_ref().unwrap().key, files.signature_certificate.as_ref().unwrap().key)
}

fn expect_pso(script: &Script) {
    script.expect_bytes(&[&bytes("002A8086 81 00")[..], &[1; 128], &[0x80]].concat(), &ok(&[2; 128]));
}

#[test]
fn it_is_found_beside_the_first() {
    let script = Script::new(CARDOS);
    let (_, files) = opened_with_signature(&script);
    assert_eq!(files.signature_certificate.as_ref().unwrap().der, certificate(600));
    let (login, signature) = keys(&files);
    assert_eq!((login.pin(), signature.pin()), (PinId::Authentication, PinId::Signature));
}

/// Whatever is wrong with it, the card is a CNS without it.
#[test]
fn a_broken_one_is_none() {
    let broken: [&[&str]; 5] = [
        &["6F00"],
        &["6982"],
        &["9000", "6982"],
        &["9000", "00000000 9000"],
        &["9000", "30820900 9000", "6B00", "6B00"],
    ];
    for answers in broken {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", "6A82");
        script.expect("00A40800 04 11001101", "9000");
        expect_reads(&script, &[certificate(300), vec![0; 255]].concat(), 300);
        script.expect("00A40800 04 11001102", "6A82");
        answers.iter().for_each(|answer| {
            script.answer_any(Ok(bytes(answer)));
        });
        let (_, files) = script.open_cns();
        script.done();
        assert!(files.certificate.is_some() && files.signature_certificate.is_none());
    }
}

/// Its PIN is another one; a login with one opens nothing of the other.
#[test]
fn each_pin_opens_its_own_key() {
    for (atr, login, login_pin, before_pin, pin_p2) in [
        (CARDOS, Some("00A40000 02 3F00"), "10", "00A40000 02 3F00", "1A"),
        (ST2021, None, "90", "00A40800 02 1400", "9A"),
        (OLD_INCARD, None, "90", "00A40800 02 1400", "9A"),
    ] {
        let script = Script::new(atr);
        let (mut card, files) = opened_with_signature(&script);
        let (login_key, signature_key) = keys(&files);
        if let Some(select) = login {
            script.expect(select, "9000");
        }
        script.expect(&format!("002000{login_pin} 08 3132333435FFFFFF"), "9000");
        assert_eq!(card.verify_with(PinId::Authentication, &pin()), Ok(()));
        script.sent_so_far();
        assert_eq!(card.private_key_operation(signature_key, &[1; 128]), Err(CardError::NotVerified));
        assert_eq!(script.sent_so_far(), 0);

        script.expect(before_pin, "9000").expect(&format!("002000{pin_p2} 08 3837363534333231"), "9000");
        assert_eq!(card.verify_with(PinId::Signature, &puk()), Ok(()));
        script.expect("00A40800 02 1400", "9000");
        script.expect("0022F30300", "9000").expect("0022F1B8 03 830110", "9000");
        expect_pso(&script);
        assert!(card.private_key_operation(signature_key, &[1; 128]).is_ok());
        script.sent_so_far();

        // One signature for one PIN; the login goes on, from the MF.
        assert_eq!(card.private_key_operation(signature_key, &[1; 128]), Err(CardError::NotVerified));
        assert_eq!(script.sent_so_far(), 0);
        script.expect("00A40000 02 3F00", "9000");
        // And each time with its own key set: PSO alone could be the other's, should another program have moved the card.
        for _ in 0..2 {
            script.expect("0022F30300", "9000").expect("0022F1B8 03 830101", "9000");
            expect_pso(&script);
            assert!(card.private_key_operation(login_key, &[1; 128]).is_ok());
        }
        script.done();
        assert_eq!(card.pin_tries_of(PinId::Signature), Ok(Retries::Unknown));
    }
}

#[test]
fn its_pin_is_changed_and_unblocked() {
    for (atr, before, p2) in [(CARDOS, "00A40000 02 3F00", "1A"), (ST2021, "00A40800 02 1400", "9A")] {
        let script = Script::new(atr);
        let (mut card, _) = opened_with_signature(&script);
        script.expect(before, "9000");
        script.expect(&format!("002400{p2} 10 3132333435FFFFFF 3837363534333231"), "63C1");
        let wrong = Err(CardError::PinIncorrect { left: Retries::Left(1) });
        assert_eq!(card.change_pin_with(PinId::Signature, &pin(), &puk()), wrong);
        script.expect(before, "9000");
        script.expect(&format!("002C00{p2} 10 3837363534333231 3132333435FFFFFF"), "9000");
        assert_eq!(card.unblock_pin_with(PinId::Signature, &puk(), &pin()), Ok(()));
        script.done();
    }
}

/// No DF for the PIN, no VERIFY.
#[test]
fn a_vanished_directory() {
    let script = Script::new(ST2021);
    let (mut card, _) = opened_with_signature(&script);
    script.expect("00A40800 02 1400", "6A82");
    let absent = CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND };
    assert_eq!(card.verify_with(PinId::Signature, &pin()), Err(absent));
    script.done();
    assert_eq!(script.count(0x20), 0);
}

#[test]
fn data_files_are_read_whole_and_on_demand() {
    let script = Script::new(CARDOS);
    let (mut card, _) = logged_in(&script);
    let data = personal_data(200);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    assert_eq!(card.read_data(DataFile::CardId).unwrap(), CARD_ID);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&data[..255]));
    script.expect_bytes(&bytes("00B000FFFF"), &ok(&data[255..]));
    script.expect("00B00190FF", "6B00");
    assert_eq!(card.read_data(DataFile::PersonalData).unwrap(), data);
    script.expect("00A40800 04 11001102", "6A82");
    let absent = CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND };
    assert_eq!(card.read_data(DataFile::PersonalData), Err(absent));
    script.done();
}

/// After a reset the card is proved before anything of it is shown.
#[test]
fn data_of_another_card_are_not_read() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 300);
    script.reset();
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(b"6030000000000027"));
    assert_eq!(card.read_data(DataFile::PersonalData), Err(CardError::DifferentCard));
    script.done();
}
