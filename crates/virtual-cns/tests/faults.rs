//! Faults strike where they are planned, the transcript shows them, and no PIN is in it.

mod common;
use common::{ask, card, verify, verify_wrong};
use std::time::Duration;
use virtual_cns::{Effect, Fault, Latency, Personality, When};

#[test]
fn an_answer_instead_of_the_cards() {
    let card = &mut card(&Personality::oberthur());
    card.faults().answer_at(1, &[0x64, 0x00]);
    assert_eq!(ask(card, "0084000001").len(), 6);
    assert_eq!(ask(card, &verify_wrong("10")), "6400");
    assert_eq!(card.pin_tries_left(), 3, "the card never saw it");
    let lost = Fault::new(When::Instruction(0x20), Effect::Answer(Vec::new())).after_execution();
    card.faults().plan(lost);
    assert_eq!(ask(card, &verify_wrong("10")), "");
    assert_eq!(card.pin_tries_left(), 2, "the answer was lost, the try is gone");
    assert_eq!(ask(card, &verify_wrong("10")), "63C1", "once only");
}

#[test]
fn endless_answers_and_hooks() {
    let card = &mut card(&Personality::st2021());
    card.faults().plan(Fault::new(When::From(0), Effect::Answer(vec![0x61, 0x10])).without_end());
    for _ in 0..100 {
        assert_eq!(ask(card, "00C0000010"), "6110");
    }
    card.faults().clear();
    card.faults()
        .set_hook(Box::new(|command, number| (number == 1 && command[1] == 0x84).then(|| vec![0x6F, 0])));
    assert_ne!(ask(card, "0084000001"), "6F00");
    assert_eq!(ask(card, "0084000001"), "6F00");
}

#[test]
fn the_transcript_names_commands_and_hides_pins() {
    let card = &mut card(&Personality::cardos());
    for command in [
        "00A4080004 11001101 00",
        "00B00100FF",
        &verify("10"),
        "00240010 10 3132333435FFFFFF3637383930FFFFFF",
        "0022F303",
        "0022F1B8 03 830101",
        "0084000008",
        "00A4040003 A00000",
        "00",
    ] {
        ask(card, command);
    }
    assert_eq!(
        card.transcript_names(),
        [
            "SELECT 1100/1101",
            "READ BINARY @256 255",
            "VERIFY P2=10",
            "CHANGE REFERENCE DATA P2=10",
            "MSE RESTORE 03",
            "MSE SET B8 key 01",
            "GET CHALLENGE 8",
            "SELECT AID A00000",
            "MALFORMED 1 bytes",
        ]
    );
    let verify = &card.transcript()[2];
    assert_eq!((verify.lc, verify.le, verify.sw), (8, None, 0x9000));
    assert_eq!(card.transcript()[1].response_len, 255);
    let everything = format!("{:?}", card.transcript());
    assert!(!everything.contains("12345") && !everything.contains("3132333435"), "{everything}");
    card.clear_transcript();
    assert!(card.transcript().is_empty());
}

#[test]
fn the_traffic_counts_commands_and_bytes_of_both_directions() {
    let card = &mut card(&Personality::st2021());
    let before = card.traffic();
    assert_eq!(ask(card, "00A4080C04 11001101"), "9000");
    assert_eq!(ask(card, "00B0000010").len(), 2 * (0x10 + 2));
    let traffic = card.traffic() - before;
    assert_eq!((traffic.commands, traffic.bytes), (2, (9 + 2) + (5 + 0x10 + 2)));
}

#[test]
fn a_slow_card_waits_for_each_command_and_each_byte() {
    let latency = Latency { per_command: Duration::from_millis(20), per_byte: Duration::from_micros(100) };
    assert_eq!(latency.of(263), Duration::from_micros(46_300));
    assert_eq!(Latency::default().of(263), Duration::ZERO);
}

#[test]
fn a_byte_too_many_stands_before_or_behind_the_status_word() {
    let card = &mut card(&Personality::oberthur());
    card.faults().plan(Fault::new(When::Command(0), Effect::Append(vec![0x00])));
    card.faults().plan(Fault::new(When::Command(1), Effect::Surplus(vec![0x5A])));
    assert!(ask(card, "0084000001").ends_with("900000"));
    let answer = ask(card, "0084000001");
    assert!(answer.len() == 8 && answer.ends_with("5A9000"), "{answer}");
}

#[test]
fn a_pin_can_be_set_and_compared_behind_the_cards_back() {
    let card = &mut card(&Personality::oberthur());
    ask(card, &verify_wrong("10"));
    assert!(card.has_pin(0x10, "12345"));
    card.set_pin(0x10, "54321");
    assert!(card.has_pin(0x10, "54321") && !card.has_pin(0x10, "12345"));
    assert_eq!(card.pin_tries_left(), 2, "its tries are its own");
}
