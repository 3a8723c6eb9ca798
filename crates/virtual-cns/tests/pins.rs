//! The PIN commands, their counters, and where families differ.

mod common;
use common::{ask, card, verify, verify_wrong};
use virtual_cns::{Card, Personality};

const NEW: &str = "3637383930FFFFFF";
const OLD: &str = "3132333435FFFFFF";
const PUK: &str = "3132333435363738";

#[test]
fn three_wrong_tries_block_and_the_puk_unblocks() {
    let card = &mut card(&Personality::oberthur());
    for answer in ["63C2", "63C1", "63C0", "6983", "6983"] {
        assert_eq!(ask(card, &verify_wrong("10")), answer);
    }
    assert_eq!(ask(card, &verify("10")), "6983", "blocked is blocked");
    assert_eq!(card.pin_tries_left(), 0);
    assert_eq!(ask(card, &format!("002C0010 10 3030303030303030{NEW}")), "63C2", "wrong PUK");
    assert_eq!(ask(card, &format!("002C0010 10 {PUK}{NEW}")), "9000");
    assert_eq!((card.pin_tries_left(), card.puk_tries_left()), (3, 3));
    assert!(!card.is_pin_verified());
    assert_eq!(ask(card, &verify("10")), "63C2", "the old PIN is gone");
    assert_eq!(ask(card, &format!("00200010 08 {NEW}")), "9000");
    assert_eq!(card.pin_tries_left(), 3, "a right PIN fills the counter");
}

#[test]
fn a_wrong_pin_ends_the_login() {
    let card = &mut card(&Personality::oberthur());
    ask(card, &verify("10"));
    assert!(card.is_pin_verified());
    ask(card, &verify_wrong("10"));
    assert!(!card.is_pin_verified());
    ask(card, &verify("10"));
    card.power_off();
    card.power_on();
    assert!(!card.is_pin_verified());
}

#[test]
fn changing_the_pin() {
    let card = &mut card(&Personality::athena());
    assert_eq!(ask(card, &format!("00240010 10 {NEW}{NEW}")), "63C2");
    assert_eq!(ask(card, &format!("00240010 10 {OLD}31323334FFFFFFFF")), "6A80", "four digits are no PIN");
    assert_eq!(ask(card, &format!("00240010 10 {OLD}{NEW}")), "9000");
    assert_eq!(ask(card, &format!("00200010 08 {NEW}")), "9000");
    assert_eq!(ask(card, &format!("00240010 0F {OLD}363738393031FF")), "6700");
    assert_eq!(ask(card, &format!("00240110 10 {OLD}{NEW}")), "6A86");
}

#[test]
fn cardos_does_not_count_aloud() {
    let card = &mut card(&Personality::cardos());
    assert_eq!(ask(card, &verify_wrong("10")), "6300");
    assert_eq!(card.pin_tries_left(), 2);
    ask(card, &verify_wrong("10"));
    assert_eq!(ask(card, &verify_wrong("10")), "6300");
    assert_eq!(ask(card, &verify_wrong("10")), "6983");
}

#[test]
fn the_empty_verify_is_safe_on_some_cards_only() {
    let athena = &mut card(&Personality::athena());
    assert_eq!(ask(athena, "00200010"), "63C2");
    assert_eq!(athena.pin_tries_left(), 2, "it cost a try");
    let idemia = &mut card(&Personality::idemia_2021());
    assert_eq!(ask(idemia, "00200010"), "63C3");
    assert_eq!(ask(idemia, "00200011"), "63C3");
    ask(idemia, &verify("10"));
    assert_eq!(ask(idemia, "00200010"), "9000");
    idemia.set_pin_tries(0);
    assert_eq!(ask(idemia, "00200010"), "6983");
    let st = &mut card(&Personality::st2021());
    assert_eq!(ask(st, "00200090"), "6700");
    assert_eq!(st.pin_tries_left(), 3);
    assert_eq!(st.verify_count(), 1);
}

#[test]
fn st_incard_wants_bit_8_or_the_mf() {
    let card = &mut card(&Personality::st2021());
    ask(card, "00A4080004 11001101 00");
    assert_eq!(ask(card, &verify("10")), "6A88");
    assert_eq!(ask(card, &format!("00240010 10 {OLD}{NEW}")), "6A88");
    assert_eq!(ask(card, &format!("002C0010 10 {PUK}{NEW}")), "6A88");
    assert_eq!(ask(card, &verify("90")), "9000");
    ask(card, "00A40000023F0000");
    assert_eq!(ask(card, &verify("10")), "9000");
    assert_eq!(ask(card, &format!("002C0090 10 {PUK}{OLD}")), "9000");
    assert_eq!(ask(card, &format!("00240090 10 {OLD}{OLD}")), "9000");
    for personality in [Personality::cardos(), Personality::oberthur(), Personality::idemia_2021()] {
        assert_eq!(ask(&mut common::card(&personality), &verify("90")), "6A88", "{}", personality.name);
    }
}

#[test]
fn lengths_and_references_are_checked_before_anything_is_counted() {
    for personality in Personality::all().iter().filter(|personality| personality.family <= 'C') {
        let card = &mut card(personality);
        assert_eq!(ask(card, "00200010 05 3132333435"), "6700");
        assert_eq!(ask(card, "00200010 09 3132333435FFFFFFFF"), "6700");
        assert_eq!(ask(card, "00200010 08 3132333435FFFFFF 00"), "6700");
        assert_eq!(ask(card, "00200110 08 3132333435FFFFFF"), "6A86");
        assert_eq!(ask(card, "0020001A 08 3132333435FFFFFF"), "6A88");
        assert_eq!(card.pin_tries_left(), 3);
    }
}

#[test]
fn counters_survive_a_restart() {
    let path = std::env::temp_dir().join(format!("virtual-cns-state-{}", std::process::id()));
    let fresh = |personality: &Personality| {
        let mut card = Card::new(personality);
        card.attach_state(&path).unwrap();
        card.power_on();
        card
    };
    let personality = Personality::oberthur();
    {
        let card = &mut fresh(&personality);
        ask(card, &format!("00240010 10 {OLD}{NEW}"));
        ask(card, &verify_wrong("10"));
        ask(card, &format!("002C0010 10 3030303030303030{NEW}"));
        assert_eq!((card.pin_tries_left(), card.puk_tries_left()), (2, 2));
    }
    assert_eq!(fresh(&Personality::cardos()).pin_tries_left(), 3, "another card in the same file");
    let card = &mut fresh(&personality);
    assert_eq!((card.pin_tries_left(), card.puk_tries_left()), (2, 2));
    assert_eq!(ask(card, &format!("00200010 08 {NEW}")), "9000");
    std::fs::remove_file(&path).unwrap();
}
