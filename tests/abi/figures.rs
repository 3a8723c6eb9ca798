//! The figures this module promises, counted in commands to the card, never in time.

use cryptoki_sys::*;
use virtual_cns::Personality;

use crate::common::client::mechanism;
use crate::common::{Stage, on_each_card};

/// SELECT of the key's DF is the one command that these cards need besides.
fn needs_key_directory(stage: &Stage) -> usize {
    usize::from(stage.card().personality().family() == 'C')
}

#[test]
fn a_cold_listing_takes_the_certificates_pieces_and_six_commands_at_most() {
    on_each_card(|stage| {
        let session = stage.session();
        let certificate = session.object(CKO_CERTIFICATE);
        let value = session.attribute(certificate, CKA_VALUE).expect("a value");
        let (commands, limit) = (stage.commands(), value.len().div_ceil(255) + 6);
        assert!(commands.len() <= limit, "{} of at most {limit}: {commands:#?}", commands.len());
    });
}

#[test]
fn login_and_signatures_take_few_commands() {
    on_each_card(|stage| {
        let more = needs_key_directory(stage);
        let session = stage.session();
        stage.forget();
        session.login(b"12345").expect("login");
        session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"first").expect("a signature");
        let commands = stage.commands();
        assert!(commands.len() <= 5 + more, "login and first signature: {commands:#?}");
        for _ in 0..3 {
            stage.forget();
            session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"later").expect("a signature");
            let commands = stage.commands();
            assert!(commands.len() <= 3 + more, "a later signature: {commands:#?}");
        }
    });
}

#[test]
fn who_only_looks_costs_the_card_nothing() {
    let stage = Stage::with(&Personality::idemia_2021());
    let session = stage.session();
    let certificate = session.object(CKO_CERTIFICATE);
    stage.forget();
    for _ in 0..1000 {
        assert!(stage.client.is_present(0));
        session.info().expect("alive");
        assert_eq!(session.object(CKO_CERTIFICATE), certificate);
    }
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn initialising_and_listing_slots_touches_no_card() {
    let stage = Stage::with(&Personality::st2021());
    assert_eq!(stage.client.slots(false), Ok(vec![0]));
    assert!(stage.client.is_present(0));
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn a_second_session_reads_nothing_again() {
    let stage = Stage::with(&Personality::st2021());
    let first = stage.session();
    stage.forget();
    drop(first);
    let second = stage.session();
    let certificate = second.object(CKO_CERTIFICATE);
    second.attribute(certificate, CKA_VALUE).expect("a value");
    stage.client.token_info(0).expect("a token");
    assert_eq!(stage.commands(), Vec::<String>::new());
}
