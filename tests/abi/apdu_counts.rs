//! The figures this module promises, counted in commands to the card, never in time.

use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use crate::common::{Stage, on_each_card};
use testkit::pkcs11::mechanism;

/// The certificate of the figures: 1885 bytes, as the one of an ST 2021 card seen in public.
fn certificate(names: bool) -> CertificateOptions {
    CertificateOptions { length: Some(1885), names, ..CertificateOptions::PLAIN }
}

/// Everything that a client shows a person before the PIN: the token, its certificate.
fn list(stage: &Stage) -> usize {
    stage.client.token_info(0).expect("a token");
    let session = stage.session();
    let certificate = session.object(CKO_CERTIFICATE);
    let value = session.attribute(certificate, CKA_VALUE).expect("a value");
    assert_eq!(value, stage.card().certificate_der());
    value.len()
}

#[test]
fn a_cold_listing_of_2048_bits_takes_ten_commands_and_of_idemia_thirteen() {
    for (personality, most) in [(Personality::st2021(), 10), (Personality::idemia_2021(), 13)] {
        for names in [true, false] {
            let stage = Stage::built(Card::builder(&personality).certificate(certificate(names)));
            assert_eq!(list(&stage), 1885);
            let commands = stage.commands();
            assert!(commands.len() <= most, "{} of at most {most}: {commands:#?}", commands.len());
        }
    }
}

/// The same of cards that refuse extended length, each of their own: nothing else is lost by the one try.
#[test]
fn a_cold_listing_without_extended_length_takes_its_pieces_and_little_more() {
    for (personality, most) in [(Personality::st2021(), 10), (Personality::idemia_2021(), 13)] {
        let refuses = Card::builder(&personality).certificate(certificate(true));
        let mut stage = Stage::built(refuses.behaviour(|behaviour| behaviour.extended = false));
        stage.remember();
        assert_eq!(list(&stage), 1885);
        let commands = stage.commands();
        assert!(commands.len() <= most + 1, "with a refusal: {commands:#?}");
        // With a renewed certificate the same again, and the question for the old one.
        let renewed = CertificateOptions { years: (2026, 2032), ..certificate(true) };
        let renewed = Card::builder(&personality).certificate(renewed).build();
        let place: &[u16] = match personality.family() {
            'C' => &[0x1400, 0x9001, 0x2002],
            _ => &[0x1100, 0x1101],
        };
        assert!(stage.card().set_file(place, renewed.certificate_der()));
        stage.another_process();
        stage.client.token_info(0).expect("a token");
        let commands = stage.commands();
        assert!(commands.len() <= most + 3, "a renewed certificate: {commands:#?}");
    }
}

/// Of all families: the certificate's pieces, SELECT, the names, and the tries where a card tells them.
#[test]
fn a_cold_listing_takes_the_certificates_pieces_and_four_commands_at_most() {
    on_each_card(|stage| {
        let limit = list(stage).div_ceil(255) + 4;
        let commands = stage.commands();
        assert!(commands.len() <= limit, "{} of at most {limit}: {commands:#?}", commands.len());
    });
}

/// Commands, answers and status words together, the holder's name included.
#[test]
fn a_cold_listing_moves_little_more_than_the_certificate() {
    for personality in [Personality::st2021(), Personality::idemia_2021()] {
        for (names, extended) in [(true, true), (true, false), (false, true), (false, false)] {
            let card = Card::builder(&personality).certificate(certificate(names));
            let stage = Stage::built(card.behaviour(|behaviour| behaviour.extended = extended));
            stage.session().object(CKO_CERTIFICATE);
            let bytes = stage.bytes();
            assert!(bytes * 100 <= 1885 * 115, "{bytes} bytes: {:#?}", stage.commands());
        }
    }
}

#[test]
fn a_listing_in_a_second_process_takes_three_commands() {
    for personality in Personality::all().iter().chain(Personality::further()) {
        let stage = &mut Stage::with(personality);
        stage.remember();
        let length = list(stage);
        stage.another_process();
        assert_eq!(list(stage), length);
        let commands = stage.commands();
        // What tells cards with an ATR of nobody's is asked before anything else.
        let questions =
            commands.iter().take_while(|name| name.contains("AID") || name.starts_with("GET DATA"));
        let most = 3 + questions.count();
        assert!(commands.len() <= most, "{}: {commands:#?}", personality.name());
    }
}

/// What a listing asks spends nothing of a PIN or PUK that has one try left, first time or again.
#[test]
fn a_listing_touches_no_counter() {
    for personality in Personality::all().iter().chain(Personality::further()) {
        let stage = &mut Stage::with(personality);
        stage.card().set_pin_tries(1);
        stage.card().set_puk_tries(1);
        stage.remember();
        for _ in 0..2 {
            list(stage);
            let commands = stage.commands();
            assert_eq!(stage.card().pin_tries_left(), 1, "{}: {commands:#?}", personality.name());
            assert_eq!(stage.card().puk_tries_left(), 1, "{}: {commands:#?}", personality.name());
            stage.another_process();
        }
    }
}

/// A key that has a DF of its own takes one more to sign.
#[test]
fn login_and_signatures_take_few_commands() {
    on_each_card(|stage| {
        let more = usize::from(stage.card().personality().family() == 'C');
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
            assert_eq!(commands.len(), 1, "a later signature: {commands:#?}");
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
