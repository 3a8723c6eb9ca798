//! What becomes of a signature that the card refuses or the reader loses: what is asked for again, and what never is.

use cns_card::{Card, CardError, KeyReference, StatusWord, TransportError};
use testkit::script::*;

const MF: &str = "00A40000 02 3F00";
const RESTORE: &str = "0022F30300";
const SET: &str = "0022F1B8 03 830101";

fn logged_in_with_key(script: &Script) -> (Card, KeyReference) {
    let (card, files) = logged_in(script);
    (card, files.certificate.unwrap().key)
}

fn pso() -> Vec<u8> {
    [&bytes("002A8086 81 00")[..], &[1; 128], &[0x80]].concat()
}

fn sign(card: &mut Card, key: KeyReference) -> Result<(), CardError> {
    card.private_key_operation(key, &[1; 128]).map(drop)
}

/// Only "not found" speaks of a current DF that another program has moved (see `signing.rs`). Any other refusal of the key
/// is the result.
#[test]
fn a_refusal_that_speaks_of_no_moved_directory_is_the_result() {
    for word in [0x6F00, 0x6581, 0x6400, 0x6D00, 0x6E00, 0x6700, 0x6A86, 0x6B00, 0x0000] {
        for command in ["MSE SET", "PSO DECIPHER"] {
            let script = Script::new(CARDOS);
            let (mut card, key) = logged_in_with_key(&script);
            script.expect(RESTORE, "9000");
            let refusal = format!("{word:04X}");
            match command {
                "MSE SET" => script.expect(SET, &refusal),
                _ => script.expect(SET, "9000").expect_bytes(&pso(), &bytes(&refusal)),
            };
            assert_eq!(sign(&mut card, key), Err(CardError::Status { command, status: StatusWord(word) }));
            script.done();
            assert_eq!(script.count(0x20), 1, "the login's");
        }
    }
}

/// An environment that no PIN has opened: the card is asked once more from the MF, and then the person is.
#[test]
fn an_environment_that_is_not_open_is_a_login_that_is_over() {
    let script = Script::new(CARDOS);
    let (mut card, key) = logged_in_with_key(&script);
    script.expect(RESTORE, "6982").expect(MF, "9000").expect(RESTORE, "6982");
    assert_eq!(sign(&mut card, key), Err(CardError::NotVerified));
    script.done();
    assert_eq!(script.count(0x20), 1, "the login's");
}

/// From the MF there is no way further up: a card that finds no environment there does without one.
#[test]
fn an_environment_that_is_not_in_the_mf_either_is_done_without() {
    for refusal in ["6A82", "6A83", "6A88", "6984", "6985", "6A80"] {
        let script = Script::new(CARDOS);
        let (mut card, key) = logged_in_with_key(&script);
        for _ in 0..2 {
            card.force_select_mf();
            script.expect(MF, "9000").expect(RESTORE, refusal);
            script.expect(SET, "9000").expect_bytes(&pso(), &ok(&[2; 128]));
            assert_eq!(sign(&mut card, key), Ok(()), "{refusal}");
        }
        script.done();
    }
}

/// Neither a first signature nor a later one is asked for again when its answer is lost; the next one begins anew.
#[test]
fn a_lost_answer_is_the_result() {
    for later in [false, true] {
        let script = Script::new(CARDOS);
        let (mut card, key) = logged_in_with_key(&script);
        script.expect(RESTORE, "9000").expect(SET, "9000");
        if later {
            script.expect_bytes(&pso(), &ok(&[2; 128]));
            assert_eq!(sign(&mut card, key), Ok(()));
        }
        script.expect_failure_bytes(&pso(), TransportError::Timeout);
        assert_eq!(sign(&mut card, key), Err(CardError::Transport(TransportError::Timeout)));
        script.expect(RESTORE, "9000").expect(SET, "9000").expect_bytes(&pso(), &ok(&[2; 128]));
        assert_eq!(sign(&mut card, key), Ok(()));
        script.done();
    }
}
