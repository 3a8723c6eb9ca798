//! `cns status` on every card of the shelf, in both languages.

mod environment;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cns_tool::Exit;
use environment::{Environment, Person, READER, Sections};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality};

#[test]
fn every_card() {
    let mut sections = Sections::default();
    for personality in Personality::every() {
        let environment = Environment::with(personality);
        sections.add(personality.name(), &environment.in_both(&["status"]));
        assert_eq!(environment.pin_commands(), 0, "{}", personality.name());
    }
    assert_snapshot!("status-cards", sections.text());
}

#[test]
fn json_and_the_whole_tax_code() {
    let environment = Environment::with(&Personality::idemia_2021());
    let told = environment.run("it", &["status", "--json", "--show"], Person::silent());
    assert_snapshot!("status-json", told.transcript);
    let (document, _) = environment.json("it", &["status", "--json", "--show"]);
    let card = &document["readers"][0]["card"];
    assert_eq!(card["tax_code"], "RSSMRA80A01H501U");
    assert_eq!(card["pin_tries"], serde_json::json!({ "state": "known", "left": 3 }));
}

#[test]
fn a_certificate_near_its_end_and_past_it() {
    let mut environment = Environment::with(&Personality::st2021());
    // The virtual certificates end on 1 January 2031: 1_924_992_000 seconds after 1970.
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_924_992_000);
    environment.today = end - Duration::from_secs(59 * 86_400 + 3600);
    let mut sections = Sections::default();
    sections.add("near its end", &environment.in_both(&["status"]));
    assert_eq!(environment.run("it", &["status"], Person::silent()).exit, Exit::Success);
    environment.today = end + Duration::from_secs(86_400);
    sections.add("past its end", &environment.in_both(&["status"]));
    assert_snapshot!("status-validity", sections.text());
    assert_eq!(environment.run("it", &["status"], Person::silent()).exit, Exit::UnusableCard);
}

#[test]
fn locked_pins_and_a_second_keyset() {
    let environment = Environment::built(Card::builder(&Personality::idemia_2021()).pin_tries(0));
    let mut sections = Sections::default();
    sections.add("locked", &environment.in_both(&["status"]));
    let environment = Environment::built(Card::builder(&Personality::st2021()).signature_keyset());
    sections.add("two keysets", &environment.in_both(&["status"]));
    assert_snapshot!("status-pins", sections.text());
}

#[test]
fn nothing_to_look_at() {
    let spare = || Arc::clone(&Environment::with(&Personality::st2021()).card);
    let none = Environment::over(Readers::new(&[]), spare());
    let mut sections = Sections::default();
    sections.add("no reader", &none.in_both(&["status"]));
    let empty = Environment::over(Readers::new(&[READER]), spare());
    sections.add("no card", &empty.in_both(&["status"]));
    let mut stopped = Environment::with(&Personality::st2021());
    let _root = stopped.on_debian();
    stopped.readers.stop_service();
    sections.add("no service", &stopped.in_both(&["status"]));
    assert_snapshot!("status-nothing", sections.text());
}

#[test]
fn several_readers() {
    let readers = Readers::new(&["One", "Two", "Three"]);
    let card = Card::builder(&Personality::st2021()).holder(Holder::MUELLER).shared();
    readers.insert("One", Card::new(&Personality::by_name("emv").expect("a card")).shared());
    readers.insert("Three", Arc::clone(&card));
    let environment = Environment::over(readers, card);
    let mut sections = Sections::default();
    sections.add("all of them", &environment.in_both(&["status"]));
    sections.add("one of them", &environment.in_both(&["status", "--reader", "one"]));
    sections.add("none of them", &environment.in_both(&["status", "--reader", "four"]));
    assert_snapshot!("status-several", sections.text());
}

/// The user id of the Lombardia portal for Lombardia's cards only, and advice about health cards for health cards only: by
/// the issuer's digits of the card's number.
#[test]
fn what_is_true_for_some_cards_only() {
    // Past the end of the virtual certificates, 1 January 2031.
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_924_992_000 + 86_400);
    for (number, lombardia, health_card) in [
        ("6030040000000017", true, true),
        ("6090040000000017", false, true),
        ("7430040000000017", false, false),
        ("1207040000000017", false, false),
    ] {
        let mut environment = Environment::built(Card::builder(&Personality::st2021()).card_id(number));
        let told = environment.in_both(&["status"]);
        assert_eq!(told.contains("Lombardia"), lombardia, "{told}");
        assert_eq!(
            told.contains("N. di identificazione") && told.contains("Identification number"),
            health_card,
            "{told}"
        );
        let json = environment.run("en", &["status", "--json"], Person::silent()).transcript;
        assert_eq!(json.contains("\"lombardia_user_id\": null"), !lombardia, "{json}");
        assert_eq!(json.contains("\"number_on_the_back\": null"), !health_card, "{json}");
        environment.today = past;
        for command in [&["status"][..], &["cert", "show"]] {
            let told = environment.in_both(command);
            assert_eq!(told.contains("ASL"), health_card, "{told}");
            assert_eq!(told.contains("chi ha rilasciato la carta"), !health_card, "{told}");
        }
        let empty = Environment::built(
            Card::builder(&Personality::st2021()).card_id(number).file(&[0x1100, 0x1101], &[0; 2048]),
        );
        let told = empty.in_both(&["status"]);
        assert_eq!(told.contains("ASL"), health_card, "{told}");
    }
}

/// Each card is named for what it is, in both languages, and what its holder can do is true for that card.
#[test]
fn cards_that_are_no_cns_are_named() {
    for (name, words) in [
        (
            "cie-gemalto",
            ["carta d'identità elettronica (CIE)", "Software CIE", "electronic identity card (CIE)"],
        ),
        (
            "cie-zeros",
            ["carta d'identità elettronica (CIE)", "Software CIE", "electronic identity card (CIE)"],
        ),
        ("cie-mark", ["con il marchio CIE", "chi l'ha rilasciata", "with the mark CIE"]),
        ("cie-first", ["di vecchio tipo", "chi l'ha rilasciata", "of an older kind"]),
        (
            "ts-contactless-side",
            [
                "senza contatto",
                "fino in fondo, dal lato dei contatti dorati",
                "all the way, gold contacts first",
            ],
        ),
        ("idemia-spain", ["forse non è una CNS italiana", "di un altro Paese", "may not be an Italian CNS"]),
        ("infocamere-1400", ["InfoCamere", "Camera di Commercio", "chambers of commerce"]),
        ("infocamere-1600", ["InfoCamere", "Camera di Commercio", "chambers of commerce"]),
        ("infocamere-1203", ["InfoCamere", "Camera di Commercio", "chambers of commerce"]),
        ("hpc", ["operatore sanitario (HPC)", "chi l'ha rilasciata", "health professional's card (HPC)"]),
        ("dsd", ["per la firma digitale", "programma di firma", "digital signatures only"]),
    ] {
        let environment = Environment::with(&Personality::by_name(name).expect("a card"));
        for command in [&["status"][..], &["pin", "verify"], &["cert", "show"]] {
            let told = environment.in_both(command);
            assert!(words.iter().all(|word| told.contains(word)), "{name}: {told}");
            let cie = name.starts_with("cie-g") || name.starts_with("cie-z");
            assert_eq!(told.contains("Software CIE"), cie, "{name}: {told}");
        }
        assert_eq!(environment.pin_commands(), 0, "{name}");
    }
}
