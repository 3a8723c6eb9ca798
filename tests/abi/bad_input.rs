//! Cards that answer nonsense and files that hold it: a clear code, never a crash, a hang or a PIN try.

use std::time::{Duration, Instant};

use cryptoki_sys::*;
use virtual_cns::faults::When;
use virtual_cns::{Card, Effect, Fault, Personality};

use crate::common::client::mechanism;
use crate::common::{Stage, on_each_card};

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

/// What a broken card may answer to one command.
fn nonsense() -> Vec<(&'static str, Effect)> {
    vec![
        ("nothing", Effect::Answer(vec![])),
        ("one byte", Effect::Answer(vec![0x90])),
        ("zeros", Effect::Answer(vec![0; 2])),
        ("300 bytes", Effect::Answer([vec![0xA5; 298], vec![0x90, 0x00]].concat())),
        ("6F00", Effect::Answer(vec![0x6F, 0x00])),
        ("6100", Effect::Answer(vec![0x61, 0x00])),
        ("6C00", Effect::Answer(vec![0x6C, 0x00])),
        ("6982", Effect::Answer(vec![0x69, 0x82])),
        ("6700", Effect::Answer(vec![0x67, 0x00])),
        ("reset", Effect::Reset),
        ("removed", Effect::Remove),
        ("pulled and put back", Effect::Reinsert),
    ]
}

/// Every command of list, login and signature meets every kind of nonsense, once: a code of the standard in bounded
/// time, no VERIFY that nobody asked for, and the next clean attempt works.
#[test]
fn every_command_meets_nonsense_once() {
    let mut cases = 0;
    on_each_card(|stage| {
        let full = stage.card().pin_tries_left();
        for (what, effect) in nonsense() {
            for number in 0.. {
                stage.client.finalize();
                stage.client.initialize();
                let before = stage.card().verify_count();
                stage.card().faults().clear();
                stage.card().faults().plan(Fault::new(When::Command(number), effect.clone()));
                stage.forget();
                let started = Instant::now();
                let logins = attempt(stage);
                let context = format!("{what} at command {number}");
                assert!(started.elapsed() < Duration::from_secs(5), "{context}");
                assert!(stage.card().verify_count() - before <= logins, "{context}: a VERIFY too many");
                let reached = stage.card().faults().count() > number;
                stage.card().faults().clear();
                if !stage.readers.reader(crate::common::READER).expect("a reader").present {
                    stage.readers.insert(crate::common::READER, stage.card.clone());
                }
                if stage.client.mechanisms(0) == Ok(vec![]) {
                    // Read as a card without certificate: it is looked at again after half a second.
                    std::thread::sleep(Duration::from_millis(550));
                }
                let session = stage.session();
                assert_eq!(session.login(b"12345"), Ok(()), "{context}: the next login");
                let signed = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data");
                assert!(signed.is_ok(), "{context}: the next signature: {signed:x?} {:#?}", stage.commands());
                assert_eq!(stage.card().pin_tries_left(), full, "{context}");
                if !reached {
                    break;
                }
                cases += 1;
            }
        }
    });
    assert!(cases > 500, "{cases} cases");
}

/// List, login, sign as far as it goes; says how many logins were asked for.
fn attempt(stage: &Stage) -> usize {
    let Ok(session) = stage.client.try_open(0, CKF_SERIAL_SESSION) else { return 0 };
    let _ = session.find(&[]);
    if session.login(b"12345").is_err() {
        return 1;
    }
    let Ok(keys) = session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())]) else { return 1 };
    if let [key] = keys[..]
        && session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).is_ok()
    {
        let _ = session.sign_once(b"data");
    }
    1
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
