//! Whose card a section is about, and what a check without a card is worth.

use std::sync::Arc;

use cns_tool::Exit;
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality};

use crate::environment::{Environment, Person, READER};
use crate::patient::Patient;

fn two_cards() -> Environment {
    let readers = Readers::new(&["One", "Two"]);
    let card = Card::builder(&Personality::idemia_2021()).shared();
    readers.insert("One", Arc::clone(&card));
    readers.insert("Two", Card::builder(&Personality::st2021()).holder(Holder::MUELLER).shared());
    Environment::over(readers, card)
}

fn without_card() -> Patient {
    let spare = Arc::clone(&Environment::with(&Personality::st2021()).card);
    Patient::with(Environment::over(Readers::new(&[READER]), spare))
}

#[test]
fn screens() {
    assert_snapshot!(Patient::screens([
        ("two cards", Patient::with(two_cards())),
        ("no card", without_card())
    ]));
}

#[test]
fn two_cards_are_named_by_reader_and_holder() {
    let patient = Patient::with(two_cards());
    let (findings, exit) = patient.findings();
    assert_eq!(exit, Exit::Success);
    let of_cards = ["card", "certificate", "pin"];
    for finding in &findings {
        let of_card = of_cards.iter().any(|area| finding["area"] == *area);
        assert!(!of_card || finding["reader"] == "One" || finding["reader"] == "Two", "{finding}");
    }
}

/// The holder's name is for the person at the terminal alone.
#[test]
fn no_program_and_no_report_gets_the_holder() {
    let patient = Patient::with(two_cards());
    let file = patient.path("/home/anna/report.txt");
    let shown =
        patient.environment.run("it", &["doctor", "--report", file.to_str().unwrap()], Person::silent());
    assert!(shown.transcript.contains(Holder::MUELLER.surname), "{}", shown.transcript);
    let json = patient.environment.output("it", &["doctor", "--json"]).0;
    for text in [json, std::fs::read_to_string(file).unwrap()] {
        for name in [Holder::MUELLER.surname, Holder::ROSSI.surname] {
            assert!(!text.contains(name), "{name} in {text}");
        }
    }
}

#[test]
fn without_a_card_the_check_is_incomplete() {
    let patient = without_card();
    let (document, exit) = patient.environment.json("en", &["doctor", "--json"]);
    assert_eq!((&document["complete"], exit), (&false.into(), Exit::NoCard));
    // What is wrong is more than what was not looked at.
    patient.write("/etc/firefox/policies/policies.json", "{");
    let (document, exit) = patient.environment.json("en", &["doctor", "--json"]);
    assert_eq!((&document["complete"], exit), (&false.into(), Exit::Failed));
    assert!(
        patient.words().contains("\nProblemi: 1. Avvisi: 1.\nControllo incompleto: inserisci la tessera")
    );
    let (document, _) = Patient::healthy().environment.json("en", &["doctor", "--json"]);
    assert_eq!(document["complete"], true);
}
