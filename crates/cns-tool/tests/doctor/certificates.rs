//! Certificates and keys that cannot log in, and readers that cannot carry a signature: said before any PIN, with what to
//! do, by every command.

use std::fs;

use cns_tool::Exit;
use insta::assert_snapshot;
use virtual_cns::{Card, Personality};

use crate::certificate_der::{
    BMP, COMMON_NAME, SERIAL_NUMBER, UTC_TIME, UTF8, attribute, certificate_with, certificate_with_key,
    elliptic_curve, modulus, rsa, tlv,
};
use crate::environment::{Environment, Person, READER};
use crate::patient::Patient;

/// sha256WithRSAEncryption, and sha1WithRSAEncryption (RFC 8017).
const WITH_SHA256: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
const WITH_SHA1: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05];

/// An ST 2021 whose certificate file holds these bytes.
fn patient(certificate: &[u8]) -> Patient {
    let card = Card::builder(&Personality::st2021()).file(&[0x1100, 0x1101], certificate);
    Patient::with(Environment::built(card))
}

fn with_key(key_info: Vec<u8>) -> Vec<u8> {
    let name = attribute(COMMON_NAME, UTF8, b"RSSMRA80A01H501U/6090001234567000.hash");
    let [from, until] = [b"240101000000Z", b"300101000000Z"].map(|time| tlv(UTC_TIME, time));
    certificate_with_key(&[name], from, until, key_info)
}

/// `cns sign` and `cns test-login` end before anybody is asked for a PIN; what they told.
fn refused_before_the_pin(environment: &Environment, language: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("document");
    fs::write(&document, "Something to sign.").unwrap();
    let commands = [vec!["sign", document.to_str().unwrap()], vec!["test-login"]];
    let told = commands.map(|arguments| {
        let told = environment.run(language, &arguments, Person::silent());
        assert_eq!((told.exit, environment.pin_commands()), (Exit::UnusableCard, 0), "{}", told.transcript);
        told.transcript
    });
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a signature");
    told.concat()
}

#[test]
fn screens() {
    let whole = Card::new(&Personality::st2021()).certificate_der().to_vec();
    let on_a_short_reader = Patient::with(Environment::named("st2021"));
    on_a_short_reader.environment.readers.limit(READER, 255, true);
    assert_snapshot!(Patient::screens([
        ("a key that cannot be used", patient(&with_key(elliptic_curve()))),
        ("a damaged certificate", patient(&whole[..whole.len() / 2])),
        ("a reader that cannot carry the signature", on_a_short_reader),
    ]));
}

#[test]
fn keys_that_cannot_be_used() {
    for (key_info, problem, italian, english) in [
        (elliptic_curve(), "not-rsa", "Non è una chiave RSA", "It is not an RSA key"),
        (rsa(&modulus(512, 1)), "length", "troppo corta", "too short"),
        (rsa(&modulus(2048, 2)), "damaged", "È danneggiata", "It is damaged"),
    ] {
        let patient = patient(&with_key(key_info));
        assert_eq!(patient.named("problem"), ["key-unusable"]);
        assert_eq!(patient.finding("key-unusable")["problem"], problem);
        for (language, words, page) in [("it", italian, "smarrita"), ("en", english, "lost")] {
            let doctor = patient.environment.run(language, &["doctor"], Person::silent()).transcript;
            assert!(doctor.contains(words) && doctor.contains(&format!("cns guide {page}")), "{doctor}");
            let refused = refused_before_the_pin(&patient.environment, language);
            assert_eq!(refused.matches(words).count(), 2, "{refused}");
        }
    }
}

/// Never "activate it at a counter": it was activated.
#[test]
fn damaged_certificates() {
    let whole = Card::new(&Personality::st2021()).certificate_der().to_vec();
    let cut_off = whole[..whole.len() / 2].to_vec();
    let too_long = [&[0x30, 0x82, 0x30, 0x00][..], &[0; 300]].concat();
    let no_certificate = tlv(0x30, &[0x02, 0x01, 0x00]);
    for (content, finding, italian) in [
        (cut_off, "certificate-damaged", "è incompleto"),
        (too_long, "certificate-damaged", "troppo lungo"),
        (no_certificate, "certificate-unreadable", "non si può leggere"),
    ] {
        let patient = patient(&content);
        assert_eq!(patient.named("problem"), [finding]);
        let words = patient.words();
        assert!(words.contains(italian) && words.contains("cns guide lost"), "{words}");
        for told in
            [words, patient.environment.in_both(&["status"]), patient.environment.in_both(&["cert", "show"])]
        {
            assert!(!told.contains("attivarla") && !told.contains("activate"), "{told}");
        }
        assert_eq!(patient.environment.pin_commands(), 0);
    }
}

#[test]
fn a_certificate_signed_with_sha_1() {
    let mut der = Card::new(&Personality::st2021()).certificate_der().to_vec();
    let at = |der: &[u8]| der.windows(WITH_SHA256.len()).position(|part| part == WITH_SHA256);
    while let Some(found) = at(&der) {
        der[found..][..WITH_SHA1.len()].copy_from_slice(&WITH_SHA1);
    }
    let patient = patient(&der);
    assert_eq!(patient.named("problem"), [""; 0]);
    assert_eq!(patient.named("warning"), ["certificate-signed-with-sha1"]);
    assert!(patient.words().contains("è firmato con SHA-1"));
}

/// The tax code in the attribute serialNumber, a name in BMPString, a date that no calendar has.
#[test]
fn names_and_dates_of_every_kind() {
    let name: Vec<u8> = "Nicolò Rossi".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let subject =
        [attribute(COMMON_NAME, BMP, &name), attribute(SERIAL_NUMBER, UTF8, b"TINIT-RSSMRA80A01H501U")];
    let [from, until] = [b"240101000000Z", b"300631000000Z"].map(|time| tlv(UTC_TIME, time));
    let patient = patient(&certificate_with(&subject, from, until));
    let shown = patient.environment.run("it", &["cert", "show"], Person::silent()).transcript;
    for words in ["CN=Nicolò Rossi", "TINIT-RSSMRA80A01H501U", "30 giugno 2030"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let status = patient.environment.run("it", &["status", "--show"], Person::silent()).transcript;
    assert!(status.contains("RSSMRA80A01H501U"), "{status}");
    assert_eq!(patient.finding("certificate-valid")["until"], "2030-06-30");
}

#[test]
fn the_signature_keyset_is_named() {
    let patient = Patient::with(Environment::built(Card::builder(&Personality::st2021()).signature_keyset()));
    let other = patient.finding("other-certificate");
    assert_eq!(
        (other["purpose"].as_str(), other["verdict"].as_str()),
        (Some("signature"), Some("not-applicable"))
    );
}

/// ST 2021 and 2022 refuse chaining: with a reader of short commands they cannot sign with 2048 bits.
#[test]
fn a_reader_that_cannot_carry_the_signature() {
    for name in ["st2021", "st2022-nfc"] {
        let patient = Patient::with(Environment::named(name));
        assert_eq!(patient.named("problem"), [""; 0], "{name}");
        patient.environment.readers.limit(READER, 255, true);
        assert_eq!(patient.named("problem"), ["reader-cannot-sign"], "{name}");
        for (language, words) in
            [("it", "non può trasmettere la firma"), ("en", "cannot transmit the card's signature")]
        {
            let refused = refused_before_the_pin(&patient.environment, language);
            assert_eq!(refused.matches(words).count(), 2, "{refused}");
        }
        let told = patient.environment.run("it", &["pin", "verify"], Person::typing(&["12345"]));
        assert_eq!(
            (told.exit, patient.environment.pin_commands()),
            (Exit::Success, 1),
            "{}",
            told.transcript
        );
    }
}

#[test]
fn a_reader_of_short_commands_is_no_problem_for_other_cards() {
    for name in ["idemia2021", "cosmo7", "ace2025", "cardos", "athena"] {
        let patient = Patient::with(Environment::named(name));
        patient.environment.readers.limit(READER, 255, true);
        assert_eq!(patient.named("problem"), [""; 0], "{name}");
    }
}

/// What the card's engine says is English, and for programmers.
#[test]
fn an_error_of_the_card_is_said_in_own_words() {
    let patient = Patient::with(Environment::named("st2021"));
    // A reader that does not say what it carries, and carries nothing.
    patient.environment.readers.limit(READER, 0, false);
    let words = patient.words();
    assert!(words.contains("Non riesco a leggere la tessera"), "{words}");
    assert!(words.contains("La tessera non ha risposto come previsto"), "{words}");
    assert_eq!(patient.environment.pin_commands(), 0);
}
