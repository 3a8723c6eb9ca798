//! `cns status` on every card of the shelf, in both languages.

mod desk;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cns_tool::Exit;
use desk::{Desk, Person, READER};
use insta::assert_snapshot;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality};

#[test]
fn every_card() {
    for personality in Personality::every() {
        let desk = Desk::with(personality);
        assert_snapshot!(format!("status-{}", personality.name()), desk.in_both(&["status"]));
        assert_eq!(desk.pin_commands(), 0, "{}", personality.name());
    }
}

#[test]
fn json_and_the_whole_tax_code() {
    let desk = Desk::with(&Personality::idemia_2021());
    let told = desk.run("it", &["status", "--json", "--show"], Person::silent());
    assert_snapshot!("status-json", told.transcript);
    let parsed: serde_json::Value = serde_json::from_str(
        told.transcript.lines().skip(1).collect::<Vec<_>>().join("\n").trim_end_matches("[0]"),
    )
    .expect("JSON");
    assert_eq!(parsed[0]["tax_code"], "RSSMRA80A01H501U");
    assert_eq!(parsed[0]["pin_tries"], 3);
}

#[test]
fn a_certificate_near_its_end_and_past_it() {
    let mut desk = Desk::with(&Personality::st2021());
    // The virtual certificates end on 1 January 2031: 1_924_992_000 seconds after 1970.
    let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_924_992_000);
    desk.today = end - Duration::from_secs(59 * 86_400 + 3600);
    assert_snapshot!("status-soon", desk.in_both(&["status"]));
    assert_eq!(desk.run("it", &["status"], Person::silent()).exit, Exit::Success);
    desk.today = end + Duration::from_secs(86_400);
    assert_snapshot!("status-expired", desk.in_both(&["status"]));
    assert_eq!(desk.run("it", &["status"], Person::silent()).exit, Exit::UnusableCard);
}

#[test]
fn locked_pins_and_a_second_keyset() {
    let desk = Desk::built(Card::builder(&Personality::idemia_2021()).pin_tries(0));
    assert_snapshot!("status-locked", desk.in_both(&["status"]));
    let desk = Desk::built(Card::builder(&Personality::st2021()).signature_keyset());
    assert_snapshot!("status-signature", desk.in_both(&["status"]));
}

#[test]
fn nothing_to_look_at() {
    let spare = || Arc::clone(&Desk::with(&Personality::st2021()).card);
    let none = Desk::over(Readers::new(&[]), spare());
    assert_snapshot!("status-no-reader", none.in_both(&["status"]));
    let empty = Desk::over(Readers::new(&[READER]), spare());
    assert_snapshot!("status-no-card", empty.in_both(&["status"]));
    let stopped = Desk::with(&Personality::st2021());
    stopped.readers.stop_service();
    assert_snapshot!("status-no-service", stopped.in_both(&["status"]));
}

#[test]
fn several_readers() {
    let readers = Readers::new(&["One", "Two", "Three"]);
    let card = Card::builder(&Personality::st2021()).holder(Holder::MUELLER).shared();
    readers.insert("One", Card::new(&Personality::by_name("emv").expect("a card")).shared());
    readers.insert("Three", Arc::clone(&card));
    let desk = Desk::over(readers, card);
    assert_snapshot!("status-several", desk.in_both(&["status"]));
    assert_snapshot!("status-one-of-them", desk.in_both(&["status", "--reader", "one"]));
    assert_snapshot!("status-none-of-them", desk.in_both(&["status", "--reader", "four"]));
}
