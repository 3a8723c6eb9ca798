//! Resets, removals and other cards between operations: a PIN goes only to the card it was typed for.

use cns_card::{CardError, Continuity, DataFile, Disposition, StatusWord, TransportError};
use testkit::script::*;

const OTHER_ID: &[u8; 16] = b"6030000000000027";

/// The proof: EF ID_Carta is what it was.
fn expect_proof(script: &Script, shown: &[u8]) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(shown));
}

#[test]
fn the_same_card_after_a_reset() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.reset();
    expect_proof(&script, CARD_ID);
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
    // A new login works, and needs no second proof.
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.expect("0022F30300", "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&[&bytes("002A8086 81 00")[..], &[1; 128], &[0x80]].concat(), &ok(&[2; 128]));
    assert!(card.private_key_operation(key, &[1; 128]).is_ok());
    script.done();
}

#[test]
fn pin_commands_go_on_after_the_proof() {
    let script = Script::new(ST2021);
    let (mut card, _) = opened(&script, 1885);
    script.reset();
    expect_proof(&script, CARD_ID);
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.reset();
    expect_proof(&script, CARD_ID);
    script.expect("00A40000 02 3F00", "9000").expect("00240090 10 3132333435FFFFFF 3132333435FFFFFF", "9000");
    assert_eq!(card.change_pin(&pin(), &pin()), Ok(()));
    script.reset();
    expect_proof(&script, CARD_ID);
    script.expect("00A40000 02 3F00", "9000").expect("002C0090 10 3837363534333231 3132333435FFFFFF", "9000");
    assert_eq!(card.unblock_pin(&puk(), &pin()), Ok(()));
    script.done();
}

#[test]
fn another_card_is_never_sent_a_pin() {
    type Play = fn(&Script);
    let others: [Play; 5] = [
        |script| expect_proof(script, OTHER_ID),
        |script| expect_proof(script, &CARD_ID[..15]),
        |script| {
            script.expect("00A40800 04 10001003", "6A82");
        },
        |script| {
            script.expect("00A40800 04 10001003", "6F00");
        },
        |script| {
            script.expect("00A40800 04 10001003", "9000").expect("00B0000010", "6982");
        },
    ];
    for (i, play) in others.into_iter().enumerate() {
        let script = Script::new(ST2021);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        script.sent_so_far();
        script.reset();
        play(&script);
        if i == 1 {
            script.expect("00B0000F01", "6B00");
        }
        assert_eq!(card.verify(&pin()), Err(CardError::DifferentCard));
        // It stays so, also when nobody resets it any more.
        expect_proof(&script, OTHER_ID);
        assert_eq!(card.change_pin(&pin(), &pin()), Err(CardError::DifferentCard));
        expect_proof(&script, OTHER_ID);
        assert_eq!(card.unblock_pin(&puk(), &pin()), Err(CardError::DifferentCard));
        assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
        script.done();
        assert_eq!(script.count(0x20) + script.count(0x24) + script.count(0x2C), 0);
    }
}

/// The proof itself is cut off: it is owed until it succeeds.
#[test]
fn an_interrupted_proof_is_owed() {
    let script = Script::new(ST2021);
    let (mut card, _) = opened(&script, 1885);
    script.reset();
    script.expect_failure("00A40800 04 10001003", TransportError::Transmit);
    assert_eq!(card.verify(&pin()), Err(CardError::Transport(TransportError::Transmit)));
    expect_proof(&script, CARD_ID);
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
}

/// Without a card id the certificate proves it; with neither, nothing can.
#[test]
fn other_proofs() {
    let der = certificate(300);
    let script = Script::new(ST2021);
    script.expect("00A40800 04 10001003", "6A82");
    script.expect("00A40800 04 11001101", "9000");
    expect_reads(&script, &[der.clone(), vec![0; 255]].concat(), 300);
    script.expect("00A40800 04 11001102", "6A82");
    script.expect(SIGNATURE_CERTIFICATE, "6A82");
    let (mut card, _) = script.open_cns();
    login_after_a_reset_with_proof_by_certificate(&script, &mut card, &der);

    let script = Script::new(ST2021);
    script.expect("00A40800 04 10001003", "6A82");
    script.expect("00A40800 04 11001101", "6A82");
    script.expect("00A40800 06 140090012002", "6A82");
    script.expect("00A40800 04 11001102", "6A82");
    let (mut card, _) = script.open_cns();
    script.reset();
    assert_eq!(card.verify(&pin()), Err(CardError::DifferentCard));
    script.done();
    assert_eq!(script.count(0x20), 0);
}

#[test]
fn a_reset_seen_by_status_ends_the_login() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.sent_so_far();
    assert_eq!(card.status(), Ok(Continuity::Same));
    script.expect("0022F30300", "6F00").expect("0022F1B8 03 830101", "6F00");
    let refused = CardError::Status { command: "MSE SET", status: StatusWord::NO_PRECISE_DIAGNOSIS };
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(refused), "the login goes on");
    script.sent_so_far();
    script.status(Ok(Continuity::WasReset));
    assert_eq!(card.status(), Ok(Continuity::WasReset));
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
    assert_eq!(script.sent_so_far(), 0);
    // The connection has no more to say about it, and the proof is owed all the same.
    expect_proof(&script, OTHER_ID);
    assert_eq!(card.verify(&pin()), Err(CardError::DifferentCard));
    script.done();
}

#[test]
fn a_reset_or_removal_in_the_middle() {
    for error in [TransportError::CardReset, TransportError::CardRemoved] {
        let script = Script::new(ST2021);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        script.expect_failure("0022F30300", error);
        assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::Transport(error)));
        assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
        expect_proof(&script, OTHER_ID);
        assert_eq!(card.verify(&pin()), Err(CardError::DifferentCard));
        script.done();
    }
}

/// A reset before the first look is nobody's business afterwards.
#[test]
fn a_reset_before_the_first_look() {
    let script = Script::new(ST2021);
    script.reset();
    let (mut card, _) = opened(&script, 300);
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();
}

/// A card that another program holds is still the same card, and still logged in.
#[test]
fn busy_changes_nothing() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.begin_fails(TransportError::Busy);
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::Transport(TransportError::Busy)));
    script.expect("0022F30300", "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&[&bytes("002A8086 81 00")[..], &[1; 128], &[0x80]].concat(), &ok(&[2; 128]));
    assert!(card.private_key_operation(key, &[1; 128]).is_ok());
    script.begin_fails(TransportError::CardRemoved);
    assert_eq!(card.verify(&pin()), Err(CardError::Transport(TransportError::CardRemoved)));
    script.done();
}

/// What becomes of a card with which no transaction can begin, nobody knows: nothing is signed, and the proof is owed until
/// it is given, however often it could not be asked for. That the card was busy takes nothing from it.
#[test]
fn a_transaction_that_cannot_begin_owes_a_proof() {
    for error in [TransportError::CardRemoved, TransportError::ServiceUnavailable, TransportError::Transmit] {
        for failures in [1, 2] {
            let script = Script::new(ST2021);
            let (mut card, files) = logged_in(&script);
            for failure in std::iter::repeat_n(error, failures).chain([TransportError::Busy]) {
                script.begin_fails(failure);
                assert_eq!(card.read_data(DataFile::PersonalData), Err(CardError::Transport(failure)));
            }
            script.sent_so_far();
            let key = files.certificate.unwrap().key;
            assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
            assert_eq!(script.sent_so_far(), 0);
            expect_proof(&script, OTHER_ID);
            let verified = card.verify(&pin());
            assert_eq!(verified, Err(CardError::DifferentCard), "{error:?} {failures}");
            script.done();
            assert_eq!(script.count(0x20), 0);
        }
    }
}

/// A logout locks the door: a reset at the end of a transaction without a command; the next operation proves the card.
#[test]
fn a_reset_of_our_own() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.sent_so_far();
    assert_eq!(card.reset(), Ok(()));
    assert_eq!((script.sent_so_far(), script.ended()), (0, vec![Disposition::Reset]));
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
    assert_eq!(script.sent_so_far(), 0);
    expect_proof(&script, CARD_ID);
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    assert_eq!(card.verify(&pin()), Ok(()));
    script.done();

    // A card that cannot be reached for it is logged out here all the same.
    script.begin_fails(TransportError::Busy);
    assert_eq!(card.reset(), Err(CardError::Transport(TransportError::Busy)));
    script.sent_so_far();
    assert_eq!(card.private_key_operation(key, &[1; 128]), Err(CardError::NotVerified));
    assert_eq!(script.sent_so_far(), 0);
}
