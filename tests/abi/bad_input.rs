//! Files that hold nonsense and answers without end: a clear code, never a crash, a hang or a PIN try. What one command
//! may meet is in `tests/faults`.

use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::{Card, Effect, Fault, Personality};

use crate::common::Stage;
use testkit::pkcs11::mechanism;

const CLASSIC: &[u16] = &[0x1100, 0x1101];

fn der(declared: usize) -> Vec<u8> {
    let mut file = vec![0x30, 0x82];
    file.extend_from_slice(&u16::try_from(declared).expect("16 bits").to_be_bytes());
    file
}

/// A card whose certificate cannot be used is a token that says so, with nothing to choose.
#[test]
fn a_certificate_file_full_of_anything_is_a_token_without_certificate() {
    let whole = Card::new(&Personality::st2021()).certificate_der().to_vec();
    let oversized = [der(9000), vec![0xAA; 9000]].concat();
    for (what, file) in [
        ("empty", vec![]),
        ("all zero", vec![0; 2048]),
        ("all FF", vec![0xFF; 2048]),
        ("truncated", whole[..700].to_vec()),
        ("one byte", vec![0x30]),
        ("larger than any certificate", oversized),
        ("a SEQUENCE of nonsense", [der(300), vec![0x5A; 300]].concat()),
        ("an indefinite length", vec![0x30, 0x80, 0, 0]),
        ("text", b"questo non e' un certificato".to_vec()),
    ] {
        let stage = Stage::built(Card::builder(&Personality::st2021()).file(CLASSIC, &file));
        let started = Instant::now();
        let info = stage.client.token_info(0).unwrap_or_else(|rv| panic!("{what}: {rv:#x}"));
        assert!(info.label.starts_with(b"CNS senza certificato"), "{what}");
        assert_eq!(info.flags & CKF_LOGIN_REQUIRED, 0, "{what}: a PIN would open nothing");
        let session = stage.session();
        assert_eq!(session.find(&[(CKA_CLASS, &CKO_CERTIFICATE.to_ne_bytes())]), Ok(vec![]), "{what}");
        assert_eq!(stage.client.mechanisms(0), Ok(vec![]), "{what}");
        assert!(started.elapsed() < Duration::from_secs(5), "{what}");
        assert_eq!(stage.card().verify_count(), 0);
    }
}

#[test]
fn files_without_size_or_missing_cost_a_name_not_the_card() {
    for builder in [
        Card::builder(&Personality::st2021()).without_size(&[0x1000, 0x1003]).without_size(CLASSIC),
        Card::builder(&Personality::st2021()).without_file(&[0x1000, 0x1003]),
        Card::builder(&Personality::st2021()).without_file(&[0x1100, 0x1102]),
        Card::builder(&Personality::st2021()).personal_data(b"\xFF\xFF\xFFgarbage"),
        Card::builder(&Personality::st2021()).personal_data(b"FFFFFF"),
        Card::builder(&Personality::st2021()).personal_data(b""),
    ] {
        let stage = Stage::built(builder);
        let info = stage.client.token_info(0).expect("a token");
        assert!(info.label.starts_with(b"CNS "));
        assert_ne!(info.serialNumber, [b' '; 16]);
        let session = stage.logged_in();
        session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
    }
}

#[test]
fn answers_without_end_are_bounded() {
    for answer in [&[0x61, 0x10][..], &[0x6C, 0x10], &[0xAA, 0x61, 0x01]] {
        let stage = Stage::with(&Personality::cardos());
        let endless = Fault::new(When::Always, Effect::Answer(answer.to_vec())).without_end();
        stage.card().faults().plan(endless);
        let started = Instant::now();
        assert!(
            stage.client.try_open(0, CKF_SERIAL_SESSION).is_err() || stage.client.mechanisms(0) == Ok(vec![])
        );
        assert!(started.elapsed() < Duration::from_secs(5));
        assert!(stage.commands().len() < 1000, "{}", stage.commands().len());
        stage.card().faults().clear();
    }
}

/// A card that only its applications tell, and one disturbed answer: it is looked at again after a moment, without being
/// taken out.
#[test]
fn a_disturbed_answer_makes_no_foreign_card() {
    for answer in [vec![0x90], vec![0x6F, 0x00], vec![0x00, 0x00]] {
        let stage = Stage::with(&Personality::by_name("st2022-nfc").expect("a personality"));
        stage.card().faults().plan(Fault::new(When::Command(0), Effect::Answer(answer)));
        assert_eq!(looks(&stage, 1), [Some(CKR_TOKEN_NOT_RECOGNIZED)]);
        assert_eq!(looks(&stage, 1), [None]);
    }
}

/// Whatever it answers, for ever: three looks of three commands each, and for what is foreign beyond doubt one look.
#[test]
fn a_foreign_card_is_left_alone() {
    for (name, disturbed, commands) in [("st2022-nfc", true, 9), ("emv", false, 1)] {
        let stage = Stage::with(&Personality::by_name(name).expect("a personality"));
        if disturbed {
            let endless = Fault::new(When::Always, Effect::Answer(vec![0x6F, 0x00])).without_end();
            stage.card().faults().plan(endless);
        }
        assert_eq!(looks(&stage, 5), [Some(CKR_TOKEN_NOT_RECOGNIZED); 5], "{name}");
        assert_eq!(stage.commands().len(), commands, "{name}");
    }
}

/// What so many looks at the token find, each followed by the rest after which a doubtful card is looked at again.
fn looks(stage: &Stage, times: usize) -> Vec<Option<CK_RV>> {
    let look = |_| {
        let found = stage.client.token_info(0).err();
        std::thread::sleep(Duration::from_millis(550));
        found
    };
    (0..times).map(look).collect()
}
