//! Transcripts of private-key operations.

use cns_card::{Card, CardError, DataFile, KeyReference, StatusWord, TransportError};
use testkit::script::*;

const RESTORE: &str = "0022F30300";

fn block(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7) as u8).collect()
}

fn result(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 13 + 1) as u8).collect()
}

/// `00 2A 80 86` in short form, for 1024 bits.
fn short_pso(block: &[u8]) -> Vec<u8> {
    [&bytes("002A8086 81 00")[..], block, &[0x80]].concat()
}

/// In extended form; Le is the exact length of the modulus.
fn extended_pso(block: &[u8]) -> Vec<u8> {
    let lc = (block.len() as u16 + 1).to_be_bytes();
    let le = (block.len() as u16).to_be_bytes();
    [&bytes("002A8086 00")[..], &lc, &[0], block, &le].concat()
}

/// Chained: 255 bytes, then the rest.
fn chained_pso(block: &[u8]) -> [Vec<u8>; 2] {
    [
        [&bytes("102A8086 FF 00")[..], &block[..254]].concat(),
        [&bytes("002A8086 02")[..], &block[254..], &[0x00]].concat(),
    ]
}

/// Chained as the Oberthur applet is known to take it: 129 and 128 bytes, Le = 00 in both.
fn applet_chain(block: &[u8]) -> [Vec<u8>; 2] {
    [
        [&bytes("102A8086 81 00")[..], &block[..128], &[0x00]].concat(),
        [&bytes("002A8086 80")[..], &block[128..], &[0x00]].concat(),
    ]
}

#[test]
fn a_1024_bit_key_of_the_classic_layout() {
    let script = Script::new(ATHENA);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    for _ in 0..2 {
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert_eq!(card.private_key_operation(key, &block(128)).unwrap().to_vec(), result(128));
    }
    script.done();
    assert_eq!(script.sent_so_far(), 2 + 3 + 1);
    assert_eq!(script.transactions(), 4);
}

#[test]
fn a_2048_bit_key_on_st_2021() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&extended_pso(&block(256)), &ok(&result(256)));
    assert_eq!(card.private_key_operation(key, &block(256)).unwrap().to_vec(), result(256));
    script.done();
    assert_eq!(script.sent_so_far(), 5, "login and first signature");
}

/// ST masks refuse chaining [#2370]. A reader that says it carries short commands only cannot carry 2048 bits then: known
/// without a command, before the PIN and at the signature.
#[test]
fn a_reader_that_cannot_carry_the_block() {
    let script = Script::new(ST2021).carrying(255);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    assert_eq!(script.count(0x20), 1, "the login's VERIFY");
    let _ = script.sent_so_far();
    let too_short = CardError::ReaderTooShort { length: 257 };
    assert_eq!((card.check_reader(128), card.check_reader(256)), (Ok(()), Err(too_short)));
    assert_eq!(card.private_key_operation(key, &block(256)), Err(too_short));
    assert_eq!(script.sent_so_far(), 0, "no PSO, and no PIN command");
    script.done();
    for (atr, most) in [(IDEMIA, 255), (ST2021, 257), (ST2021, 65536)] {
        let (card, _) = logged_in(&Script::new(atr).carrying(most));
        assert_eq!(card.check_reader(256), Ok(()), "{atr} {most}");
    }
}

#[test]
fn a_2048_bit_key_on_idemia() {
    let script = Script::new(IDEMIA);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect("00A40800 04 14009002", "9000").expect(RESTORE, "9000");
    script.expect("0022F1B8 03 830102", "9000");
    for _ in 0..2 {
        script.expect_bytes(&extended_pso(&block(256)), &ok(&result(256)));
        assert!(card.private_key_operation(key, &block(256)).is_ok());
    }
    script.done();
    assert_eq!(script.sent_so_far(), 6 + 1);
}

#[test]
fn extended_refused_cleanly_is_chained_and_remembered() {
    for refusal in ["6700", "6E00", "6D00", "6884", "6A81"] {
        let script = Script::new(IDEMIA);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        let [first, last] = applet_chain(&block(256));
        script.expect("00A40800 04 14009002", "9000").expect(RESTORE, "9000");
        script.expect("0022F1B8 03 830102", "9000");
        script.expect_bytes(&extended_pso(&block(256)), &bytes(refusal));
        script.expect_bytes(&first, &bytes("9000"));
        script.expect_bytes(&last, &[&result(256)[..100], &[0x61, 0x9C]].concat());
        script.expect_bytes(&bytes("00C000009C"), &ok(&result(256)[100..]));
        assert_eq!(card.private_key_operation(key, &block(256)).unwrap().to_vec(), result(256));
        script.expect_bytes(&first, &bytes("9000"));
        script.expect_bytes(&last, &ok(&result(256)));
        assert!(card.private_key_operation(key, &block(256)).is_ok());
        script.done();
    }
}

#[test]
fn chaining_refused_as_well() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&extended_pso(&block(256)), &bytes("6700"));
    script.expect_bytes(&chained_pso(&block(256))[0], &bytes("6E00"));
    assert_eq!(
        card.private_key_operation(key, &block(256)),
        Err(CardError::Status { command: "PSO DECIPHER", status: StatusWord::CLASS_NOT_SUPPORTED })
    );
    script.done();
}

#[test]
fn a_reader_that_says_what_it_carries_is_obeyed() {
    let script = Script::new(IDEMIA).carrying(256);
    let (mut card, files) = logged_in(&script);
    let [first, last] = applet_chain(&block(256));
    script.expect("00A40800 04 14009002", "9000").expect(RESTORE, "9000");
    script.expect("0022F1B8 03 830102", "9000");
    script.expect_bytes(&first, &bytes("9000"));
    script.expect_bytes(&last, &ok(&result(256)));
    assert!(card.private_key_operation(files.certificate.unwrap().key, &block(256)).is_ok());
    script.done();

    // 257 bytes of data are what a 2048-bit operation has.
    for most in [257, 65_536] {
        let script = Script::new(ST2021).carrying(most);
        let (mut card, files) = logged_in(&script);
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&extended_pso(&block(256)), &ok(&result(256)));
        assert!(card.private_key_operation(files.certificate.unwrap().key, &block(256)).is_ok());
        script.done();
    }
}

/// A short-APDU reader refuses an extended command with a transmit error: once more, chained, on the same card.
/// Some drivers have a code of their own for it.
#[test]
fn a_transmit_error_of_an_extended_pso() {
    for error in [TransportError::Transmit, TransportError::Service { code: 0x0000_0057 }] {
        an_extended_pso_fails_with(error);
    }
}

fn an_extended_pso_fails_with(error: TransportError) {
    let script = Script::new(IDEMIA);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    let [first, last] = applet_chain(&block(256));
    let mse = || {
        script.expect("00A40800 04 14009002", "9000").expect(RESTORE, "9000");
        script.expect("0022F1B8 03 830102", "9000");
    };
    mse();
    script.expect_failure_bytes(&extended_pso(&block(256)), error);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    mse();
    script.expect_bytes(&first, &bytes("9000"));
    script.expect_bytes(&last, &ok(&result(256)));
    assert_eq!(card.private_key_operation(key, &block(256)).unwrap().to_vec(), result(256));
    script.expect_bytes(&first, &bytes("9000"));
    script.expect_bytes(&last, &ok(&result(256)));
    assert!(card.private_key_operation(key, &block(256)).is_ok());
    script.done();
    assert_eq!(script.count(0x20), 1, "the login's VERIFY and no other");
}

/// On a classic card the proof has moved the current DF. A chain that is refused as well leaves everything open.
#[test]
fn a_transmit_error_on_a_classic_card() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    let [first, last] = chained_pso(&block(256));
    let mse = || script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    for refused in [true, false] {
        mse().expect_failure_bytes(&extended_pso(&block(256)), TransportError::Transmit);
        script.expect("00A40800 04 10001003", "9000");
        script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
        script.expect("00A40000 02 3F00", "9000");
        if refused {
            mse().expect_bytes(&first, &bytes("6E00"));
            let failed = card.private_key_operation(key, &block(256));
            assert_eq!(failed, Err(CardError::ReaderTooShort { length: 257 }));
        } else {
            mse().expect_bytes(&first, &bytes("9000")).expect_bytes(&last, &ok(&result(256)));
            assert!(card.private_key_operation(key, &block(256)).is_ok());
        }
        script.done();
    }
}

/// The same, and the reader reset the card: the login is gone, and nobody verifies again.
#[test]
fn a_transmit_error_that_reset_the_card() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_failure_bytes(&extended_pso(&block(256)), TransportError::Transmit);
    script.reset();
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    script.done();
    assert_eq!(script.count(0x20), 1);
    // The person's next PIN is not spent on the same reader's same refusal.
    let [first, last] = chained_pso(&block(256));
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    card.verify(&pin()).unwrap();
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&first, &bytes("9000")).expect_bytes(&last, &ok(&result(256)));
    assert!(card.private_key_operation(key, &block(256)).is_ok());
    script.done();
}

/// A transmit error of anything else is not repeated.
#[test]
fn other_transmit_errors_stay_errors() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect_failure(RESTORE, TransportError::Transmit);
    let error = Err(CardError::Transport(TransportError::Transmit));
    assert_eq!(card.private_key_operation(key, &block(256)), error);
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_failure_bytes(&short_pso(&block(128)), TransportError::Transmit);
    assert_eq!(card.private_key_operation(key, &block(128)), error);
    // Extended was answered; it is the chain that the reader failed on.
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&extended_pso(&block(256)), &bytes("6700"));
    script.expect_failure_bytes(&chained_pso(&block(256))[0], TransportError::Transmit);
    assert_eq!(card.private_key_operation(key, &block(256)), error);
    // An extended command that got no answer some time ago excuses nothing now.
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_failure_bytes(&extended_pso(&block(256)), TransportError::Timeout);
    let timeout = Err(CardError::Transport(TransportError::Timeout));
    assert_eq!(card.private_key_operation(key, &block(256)), timeout);
    script.expect_failure(RESTORE, TransportError::Transmit);
    assert_eq!(card.private_key_operation(key, &block(256)), error);
    script.done();
}

/// Another program has moved the current DF: once more from the MF, without a second VERIFY.
#[test]
fn a_moved_directory() {
    for status in ["6A82", "6A88", "6984", "6A83", "6985", "6A80", "6F86"] {
        for refused in 0..3 {
            let script = Script::new(CARDOS);
            let (mut card, files) = logged_in(&script);
            match refused {
                0 => script.expect(RESTORE, status),
                1 => script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", status),
                _ => script
                    .expect(RESTORE, "9000")
                    .expect("0022F1B8 03 830101", "9000")
                    .expect_bytes(&short_pso(&block(128)), &bytes(status)),
            };
            script.expect("00A40000 02 3F00", "9000");
            script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
            script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
            assert!(card.private_key_operation(files.certificate.unwrap().key, &block(128)).is_ok());
            script.done();
            assert_eq!(script.count(0x20), 1);
        }
    }
}

#[test]
fn a_caller_that_distrusts_the_directory() {
    let script = Script::new(CARDOS);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    for _ in 0..2 {
        card.force_select_mf();
        script.expect("00A40000 02 3F00", "9000");
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok());
    }
    script.done();
}

/// A signature that need not be the first of its login, from the MF on, with what is answered to MSE RESTORE.
fn sign_from_the_top(card: &mut Card, script: &Script, key: KeyReference, restore: &[(&str, &str)]) {
    card.force_select_mf();
    script.expect("00A40000 02 3F00", "9000");
    for (command, answer) in restore {
        script.expect(command, answer);
    }
    script.expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
    assert!(card.private_key_operation(key, &block(128)).is_ok());
    script.done();
}

/// A card that has no environment to restore signs all the same, each time.
#[test]
fn restore_refused_is_tolerated() {
    for refusal in ["6D00", "6A88", "6F00", "6A81"] {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        sign_from_the_top(&mut card, &script, key, &[(RESTORE, refusal)]);
        sign_from_the_top(&mut card, &script, key, &[(RESTORE, refusal)]);
    }
}

/// The same of the applet, whose key has a DF of its own.
#[test]
fn the_applet_may_refuse_restore() {
    let script = Script::new(IDEMIA);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script
        .expect("00A40800 04 14009002", "9000")
        .expect(RESTORE, "6A88")
        .expect("0022F1B8 03 830102", "9000");
    for _ in 0..2 {
        script.expect_bytes(&extended_pso(&block(256)), &ok(&result(256)));
        assert!(card.private_key_operation(key, &block(256)).is_ok());
    }
    script.done();
    assert_eq!(script.count(0x20), 1);
}

/// A card that finds fault with the last byte of the CNS specification's form gets ISO's form, once.
#[test]
fn restore_without_the_last_byte() {
    for fault in ["6700", "6A86", "6B00", "6C00"] {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        for bare in ["9000", "6A88"] {
            let mut forms = vec![(RESTORE, fault), ("0022F303", bare)];
            // 6C00 names 256 bytes, which is what was asked for: asked once more, as for any 6Cxx.
            if fault == "6C00" {
                forms.insert(0, (RESTORE, fault));
            }
            sign_from_the_top(&mut card, &script, key, &forms);
        }
    }
}

/// A card that has signed is asked for the next signature with PSO alone; whatever it refuses, or answers that is no
/// result, is asked for once more from the top, and never with a VERIFY.
#[test]
fn a_later_signature_is_one_command_or_begins_from_the_top() {
    let refusals =
        ["6A88", "6985", "6984", "6982", "6A80", "6A82", "6F00", "6D00", "6700", "9000", "01 9000"];
    for refusal in refusals {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok());
        script.expect_bytes(&short_pso(&block(128)), &bytes(refusal));
        script.expect("00A40000 02 3F00", "9000");
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok(), "{refusal}");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok(), "and the next is one again");
        script.done();
        assert_eq!(script.count(0x20), 1, "the login's");
    }
}

/// A card that forgets its PIN over a refused PSO: the person is asked for it, as always.
#[test]
fn a_refused_signature_that_cost_the_login() {
    let script = Script::new(CARDOS);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
    assert!(card.private_key_operation(key, &block(128)).is_ok());
    script.expect_bytes(&short_pso(&block(128)), &bytes("6985"));
    script.expect("00A40000 02 3F00", "9000");
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&short_pso(&block(128)), &bytes("6982"));
    assert_eq!(card.private_key_operation(key, &block(128)), Err(CardError::NotVerified));
    script.done();
    assert_eq!(script.count(0x20), 1);
}

/// Whatever else was done with the card in between, and whatever failed: nothing is taken for as it was.
#[test]
fn after_anything_else_a_signature_begins_anew() {
    type Between = fn(&Script, &mut Card);
    let between: [Between; 4] = [
        |script, card| {
            script.expect("00A40800 04 11001102", "6A82");
            let _ = card.read_data(DataFile::PersonalData);
        },
        |script, card| {
            script.expect("00A40000 02 3F00", "9000").expect("00200010 08 3132333435FFFFFF", "9000");
            card.verify(&pin()).unwrap();
        },
        |script, card| {
            script.expect("00A40000 02 3F00", "9000");
            script.expect("00240010 10 3132333435FFFFFF 3132333435FFFFFF", "9000");
            card.change_pin(&pin(), &pin()).unwrap();
        },
        |script, card| {
            script.begin_fails(TransportError::Busy);
            assert!(card.read_data(DataFile::PersonalData).is_err());
        },
    ];
    for between in between {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        let key = files.certificate.unwrap().key;
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok());
        between(&script, &mut card);
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &ok(&result(128)));
        assert!(card.private_key_operation(key, &block(128)).is_ok());
        script.done();
    }
}

/// The card says that no PIN is verified (a logout by another program): asked twice, from the MF the second time.
#[test]
fn not_verified_according_to_the_card() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    for first in [true, false] {
        if !first {
            script.expect("00A40000 02 3F00", "9000");
        }
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        // 6982 is no reason to chain.
        script.expect_bytes(&extended_pso(&block(256)), &bytes("6982"));
    }
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    script.done();
    script.sent_so_far();
    // From now on it is known without a command.
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    assert_eq!(script.sent_so_far(), 0);
}

#[test]
fn without_a_login_nothing_is_sent() {
    let script = Script::new(ST2021);
    let (mut card, files) = opened(&script, 1885);
    let key = files.certificate.unwrap().key;
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "63C2");
    assert!(card.verify(&pin()).is_err());
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    script.done();
    assert_eq!(script.sent_so_far(), 2);
}

/// A wrong PIN typed for a change, or an unblocking, ends the login.
#[test]
fn other_pin_commands_and_the_login() {
    let script = Script::new(ST2021);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect("00A40000 02 3F00", "9000").expect("00240090 10 3132333435FFFFFF 3132333435FFFFFF", "63C1");
    assert!(card.change_pin(&pin(), &pin()).is_err());
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    script.done();

    let script = Script::new(ST2021);
    let (mut card, _) = logged_in(&script);
    script.expect("00A40000 02 3F00", "9000").expect("002C0090 10 3837363534333231 3132333435FFFFFF", "9000");
    assert_eq!(card.unblock_pin(&puk(), &pin()), Ok(()));
    assert_eq!(card.private_key_operation(key, &block(256)), Err(CardError::NotVerified));
    // A right PIN for a change ends nothing.
    script.expect("00A40000 02 3F00", "9000").expect("00200090 08 3132333435FFFFFF", "9000");
    script.expect("00A40000 02 3F00", "9000").expect("00240090 10 3132333435FFFFFF 3132333435FFFFFF", "9000");
    assert_eq!((card.verify(&pin()), card.change_pin(&pin(), &pin())), (Ok(()), Ok(())));
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&extended_pso(&block(256)), &ok(&result(256)));
    assert!(card.private_key_operation(key, &block(256)).is_ok());
    script.done();
}

#[test]
fn answers_that_are_no_result() {
    for answer in [ok(&[]), ok(&[1; 129]), ok(&[1; 100]), ok(&[0; 127]), vec![0x90], vec![]] {
        let script = Script::new(CARDOS);
        let (mut card, files) = logged_in(&script);
        script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
        script.expect_bytes(&short_pso(&block(128)), &answer);
        assert_eq!(
            card.private_key_operation(files.certificate.unwrap().key, &block(128)),
            Err(CardError::Malformed { command: "PSO DECIPHER" })
        );
        script.done();
    }
}

#[test]
fn a_dropped_leading_zero_is_put_back() {
    let script = Script::new(CARDOS);
    let (mut card, files) = logged_in(&script);
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&short_pso(&block(128)), &ok(&[7; 127]));
    let result = card.private_key_operation(files.certificate.unwrap().key, &block(128)).unwrap();
    assert_eq!(result.to_vec(), [&[0][..], &[7; 127]].concat());
}

#[test]
fn blocks_of_impossible_length() {
    let script = Script::new(CARDOS);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.sent_so_far();
    for length in [0, 513, 70_000] {
        assert_eq!(card.private_key_operation(key, &vec![0; length]), Err(CardError::BlockLength { length }));
    }
    assert_eq!(script.sent_so_far(), 0);
}

/// T=0 (ISO/IEC 7816-3:2006, 12.2): P3 is Lc, and the response is offered with 61xx; a wrong Le of GET RESPONSE is
/// corrected once. No extended length fields, and a chain without Le.
#[test]
fn over_t0() {
    let script = Script::new(ATHENA).t0();
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    let pso = [&bytes("002A8086 81 00")[..], &block(128)].concat();
    script.expect_bytes(&pso, &bytes("6180"));
    script.expect_bytes(&bytes("00C0000080"), &ok(&result(128)));
    assert_eq!(card.private_key_operation(key, &block(128)).unwrap().to_vec(), result(128));
    script.expect_bytes(&pso, &bytes("6100"));
    script.expect_bytes(&bytes("00C0000000"), &bytes("6C80"));
    script.expect_bytes(&bytes("00C0000080"), &ok(&result(128)));
    assert_eq!(card.private_key_operation(key, &block(128)).unwrap().to_vec(), result(128));
    let data = [&[0][..], &block(256)].concat();
    script.expect_bytes(&[&bytes("102A8086 FF")[..], &data[..255]].concat(), &bytes("9000"));
    script.expect_bytes(&[&bytes("002A8086 02")[..], &data[255..]].concat(), &bytes("6100"));
    script.expect_bytes(&bytes("00C0000000"), &ok(&result(256)));
    assert_eq!(card.private_key_operation(key, &block(256)).unwrap().to_vec(), result(256));
    script.done();
}

/// RSA 3072 and 4096: extended as well, and as a chain the answer comes with 61xx.
#[test]
fn longer_keys() {
    let script = Script::new(CARDOS);
    let (mut card, files) = logged_in(&script);
    let key = files.certificate.unwrap().key;
    script.expect(RESTORE, "9000").expect("0022F1B8 03 830101", "9000");
    script.expect_bytes(&extended_pso(&block(512)), &bytes("6700"));
    let data = [&[0][..], &block(512)].concat();
    script.expect_bytes(&[&bytes("102A8086 FF")[..], &data[..255]].concat(), &bytes("9000"));
    script.expect_bytes(&[&bytes("102A8086 FF")[..], &data[255..510]].concat(), &bytes("9000"));
    let last = [&bytes("002A8086 03")[..], &data[510..], &[0]].concat();
    script.expect_bytes(&last, &[&result(512)[..256], &[0x61, 0x00]].concat());
    script.expect_bytes(&bytes("00C0000000"), &ok(&result(512)[256..]));
    assert_eq!(card.private_key_operation(key, &block(512)).unwrap().to_vec(), result(512));
    script.done();
}

/// Endless and absurd answers to anything a signature sends.
#[test]
fn hostile_answers() {
    for answer in [&[0x61, 0x10][..], &[1, 0x61, 0x10], &[0x6C, 0x10], &[0; 300], &[0x90], &[], &[0x6A, 0x88]]
    {
        let script = Script::new(ST2021);
        let (mut card, files) = logged_in(&script);
        script.sent_so_far();
        script.forever(answer);
        assert!(card.private_key_operation(files.certificate.unwrap().key, &block(256)).is_err());
        assert!(script.count(0x20) == 0 && script.sent_so_far() <= 40);
    }
}
