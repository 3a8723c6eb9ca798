//! `cns cert`, `cns data`, `cns card-report`: what is read from the card and nothing else.

mod environment;

use std::fs;

use cns_tool::Exit;
use environment::{Environment, FindingText, Person, Sections};
use insta::assert_snapshot;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Holder, Personality};

/// Keys, and with them serial numbers, signatures and fingerprints, are the virtual cards' affair.
fn without_fingerprints(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("SHA-") {
        Some((before, after)) => {
            format!("{before}SHA-{} (fingerprint)", after.split(' ').next().unwrap_or_default())
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn show() {
    let options = CertificateOptions { more_usages: true, names: true, ..CertificateOptions::PLAIN };
    let card = || Card::builder(&Personality::st2021()).certificate(options.clone()).signature_keyset();
    let environment = Environment::built(card());
    let mut sections = Sections::default();
    sections.add("for logins", &environment.in_both(&["cert", "show"]));
    sections.add("for signatures", &environment.in_both(&["cert", "show", "--signature"]));
    let none = Environment::with(&Personality::idemia_2021());
    sections.add("none for signatures", &none.in_both(&["cert", "show", "--signature"]));
    let empty = Environment::named("ts-without-certificate");
    sections.add("none", &empty.in_both(&["cert", "show"]));
    let romanian = Environment::named("romanian");
    sections.add("Romanian card", &romanian.run("en", &["cert", "show"], Person::silent()).transcript);
    assert_snapshot!("cert-show", without_fingerprints(sections.text()));
}

/// Before a PIN is asked for, and with what to do about it.
#[test]
fn nobody_logs_in_without_a_certificate() {
    let empty = Environment::named("ts-without-certificate");
    for (language, sentences) in [
        ("it", ["La tessera non contiene il certificato.", "Porta la tessera e un documento d'identità"]),
        ("en", ["The card holds no certificate.", "Take the card and an identity document"]),
    ] {
        let told = empty.run(language, &["test-login"], Person::silent());
        assert_eq!(told.exit, Exit::UnusableCard, "{}", told.transcript);
        for sentence in sentences {
            assert_eq!(told.transcript.matches(sentence).count(), 1, "{}", told.transcript);
        }
    }
    assert_eq!(empty.pin_commands(), 0);
}

#[test]
fn export_is_the_certificate_as_issued() {
    let folder = tempfile::tempdir().expect("a folder");
    for personality in Personality::all() {
        let environment = Environment::with(personality);
        let der = folder.path().join("card.der");
        let path = der.to_str().expect("UTF-8");
        let told = environment.run("it", &["cert", "export", "--der", "-o", path], Person::silent());
        assert_eq!(told.exit, Exit::Success, "{}", told.transcript);
        assert_eq!(fs::read(&der).expect("the file"), environment.card().certificate_der());
        let FindingText { transcript, .. } = environment.run("en", &["cert", "export"], Person::silent());
        let pem = transcript.strip_prefix("$ cns cert export\n").and_then(|text| text.strip_suffix("[0]\n"));
        assert_eq!(pem, Some(environment.card().certificate_pem().as_str()), "{}", personality.name());
    }
    let environment = Environment::with(&Personality::st2021());
    let nowhere = folder.path().join("no/such/folder");
    let told =
        environment.run("it", &["cert", "export", "-o", nowhere.to_str().expect("UTF-8")], Person::silent());
    assert_eq!(told.exit, Exit::Failed);
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "something half-written");
}

#[test]
fn data() {
    let environment = Environment::with(&Personality::idemia_2021());
    let mut sections = Sections::default();
    sections.add("all of it", &environment.in_both(&["data"]));
    sections.add("JSON", &environment.run("it", &["data", "--json"], Person::silent()).transcript);
    let empty = Environment::built(Card::builder(&Personality::st2021()).personal_data(&[0; 400]));
    sections.add("none", &empty.in_both(&["data"]));
    // A file of another person than the certificate's.
    let file = virtual_cns::holders::personal_data_file(
        &Holder::BIANCHI,
        virtual_cns::holders::PersonalDataLength::FieldsOnly,
    );
    let other = Environment::built(Card::builder(&Personality::st2021()).personal_data(&file));
    sections.add("of another person", &other.in_both(&["data"]));
    assert_snapshot!("data", sections.text());
}

#[test]
fn a_report_names_nobody() {
    for personality in Personality::every() {
        let environment = Environment::with(personality);
        let told = environment.run("it", &["card-report"], Person::silent());
        assert_eq!((told.exit, environment.pin_commands()), (Exit::Success, 0), "{}", told.transcript);
        for personal in ["ROSSI", "MARIO", "RSSMRA80A01H501U", environment.card().card_id()] {
            assert!(!told.transcript.contains(personal), "{}: {personal}", personality.name());
        }
        let report = told.transcript.lines().skip(1).take_while(|line| !line.starts_with("Il rapporto"));
        let report = report.collect::<Vec<_>>().join("\n");
        let parsed = cns_card::CardReport::parse(&report).expect("a report");
        assert_eq!(parsed.atr, environment.card().atr());
    }
}
