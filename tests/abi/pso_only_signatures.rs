//! A later signature is sent without saying again which key is meant (decision 0019). Whatever other programs do to the
//! card in between: the signature is the right key's or there is none, and no PIN is sent for it.

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::in_process::{Disposition, Sharing};
use virtual_cns::{Card, Effect, Fault, Personality};

use crate::common::oracle::{Hash, pkcs1_is_good};
use crate::common::{READER, SessionGuard, Stage, on_each_card};
use testkit::pkcs11::mechanism;

/// The number of a key that no card of ours has.
const OTHER_KEY: u8 = 0x05;

/// A signature that another library confirms, over other data each time.
fn sign(stage: &Stage, session: &SessionGuard<'_>, number: usize) {
    let data = format!("request {number}");
    let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), data.as_bytes()).expect("a signature");
    assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, data.as_bytes(), &signature));
}

/// Another program's commands, in a transaction of its own.
fn rival(stage: &Stage, commands: &[&[u8]]) {
    let rival = stage.readers.connect(READER, Sharing::Shared).expect("a rival");
    rival.begin().expect("a transaction");
    for command in commands {
        rival.transmit(command).expect("an answer");
    }
    rival.end(Disposition::Leave).expect("its end");
    rival.disconnect(Disposition::Leave);
}

const MF: &[u8] = &[0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00];
const ELSEWHERE: &[u8] = &[0x00, 0xA4, 0x08, 0x00, 0x04, 0x10, 0x00, 0x10, 0x03];
const KEY_DIRECTORY: &[u8] = &[0x00, 0xA4, 0x08, 0x00, 0x04, 0x14, 0x00, 0x90, 0x02];
const RESTORE: &[u8] = &[0x00, 0x22, 0xF3, 0x03];
const SET_OTHER: &[u8] = &[0x00, 0x22, 0xF1, 0xB8, 0x03, 0x83, 0x01, OTHER_KEY];

#[test]
fn a_rival_that_moves_card_or_key_never_gets_us_another_keys_signature() {
    for personality in Personality::all() {
        let stage = Stage::built(Card::builder(personality).second_key(OTHER_KEY));
        let session = stage.logged_in();
        let home = if personality.family() == 'C' { KEY_DIRECTORY } else { MF };
        let disturbances: [&[&[u8]]; 6] = [
            &[home, RESTORE, SET_OTHER],
            &[RESTORE, SET_OTHER],
            &[ELSEWHERE],
            &[home],
            &[home, RESTORE],
            &[ELSEWHERE, home, RESTORE, SET_OTHER],
        ];
        sign(&stage, &session, 0);
        for (number, disturbance) in disturbances.into_iter().cycle().take(12).enumerate() {
            rival(&stage, disturbance);
            stage.forget();
            sign(&stage, &session, 1 + number);
            let commands = stage.commands();
            assert!(commands.len() <= 9, "{}: {commands:#?}", personality.name());
            stage.forget();
            sign(&stage, &session, 100 + number);
            assert_eq!(stage.commands().len(), 1, "{}: undisturbed again", personality.name());
        }
        assert_eq!(stage.card().verify_count(), 1, "{}", personality.name());
    }
}

/// The other key's signature did come from the card, and was found out.
#[test]
fn the_rivals_key_would_have_signed() {
    let stage = Stage::built(Card::builder(&Personality::st2021()).second_key(OTHER_KEY));
    let session = stage.logged_in();
    sign(&stage, &session, 0);
    rival(&stage, &[MF, RESTORE, SET_OTHER]);
    let before = stage.card().signature_count();
    stage.forget();
    sign(&stage, &session, 1);
    assert_eq!(stage.card().signature_count(), before + 2, "the other key's, and ours");
    let commands = stage.commands();
    assert_eq!(commands[..2], ["PSO DECIPHER 257", "SELECT 3F00"]);
}

/// Whatever the card says to the one command, the rest is sent, once; and a card that has nothing better to say gives an
/// error and spends no try.
#[test]
fn a_refusal_is_answered_from_the_top() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        sign(stage, &session, 0);
        for word in [0x6A88_u16, 0x6985, 0x6984, 0x6982, 0x6A80, 0x6F00, 0x6700, 0x6D00] {
            let refusal = Effect::Answer(word.to_be_bytes().to_vec());
            stage.card().faults().plan(Fault::new(When::Instruction(0x2A), refusal.clone()));
            sign(stage, &session, 1);
        }
        let refusal = Effect::Answer(vec![0x6A, 0x88]);
        stage.card().faults().plan(Fault::new(When::Instruction(0x2A), refusal).without_end());
        stage.forget();
        let refused = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data");
        assert_eq!(refused, Err(CKR_DEVICE_ERROR));
        assert!(stage.commands().len() <= 12, "{:#?}", stage.commands());
        stage.card().faults().clear();
        sign(stage, &session, 2);
        assert_eq!(stage.card().verify_count(), 1);
    });
}

/// A card that has lost its PIN over it: the client is told to ask the person.
#[test]
fn a_login_lost_between_two_signatures_is_said_so() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        sign(stage, &session, 0);
        let refusal = Effect::Answer(vec![0x69, 0x82]);
        stage.card().faults().plan(Fault::new(When::Instruction(0x2A), refusal).without_end());
        let refused = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data");
        assert_eq!(refused, Err(CKR_USER_NOT_LOGGED_IN));
        assert_eq!(session.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
        stage.card().faults().clear();
        session.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("login");
        sign(stage, &session, 1);
        assert_eq!(stage.card().verify_count(), 2);
    });
}
