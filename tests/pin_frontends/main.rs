//! One count of tries for every front end: random sequences over the PKCS#11 module, the Windows minidriver and the command
//! `cns` on one card.
//! Prints the number of steps.

#[path = "../common/mod.rs"]
mod common;

#[path = "../../crates/cns-minidriver/tests/minidriver/base_csp.rs"]
mod base_csp;

mod agreement;
mod command;
mod fixture;
mod minidriver;
mod model;
mod steps;

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use base_csp::BaseCsp;
use command::{Keyboard, cns};
use common::{READER, Stage, apart};
use fixture::Fixture;
use steps::{Ask, Front, Lost, Step, What};

/// Sequences on each card, and the most steps in one.
const SEQUENCES: u32 = 70;
const LONGEST: usize = 40;
/// What all cards together must come to.
const AT_LEAST: u64 = 10_000;

#[test]
fn every_front_end_counts_the_same_tries() {
    const NAME: &str = "every_front_end_counts_the_same_tries";
    if let Some(part) = apart::part() {
        let personality = Personality::by_name(&part).expect("a personality");
        play_sequences(&personality);
        return apart::say_figures(&fixture::counts());
    }
    let names: Vec<&str> = Personality::all().iter().map(Personality::name).collect();
    let figures = apart::in_processes(NAME, &names);
    let sum = |column: usize| figures.iter().map(|(_, figures)| figures[column]).sum::<u64>();
    apart::say(&format!(
        "PIN front ends: {} steps on {} cards; {} times a PIN or PUK was given to the module, the minidriver or `cns`, {} \
         PIN commands sent, {} times the last try was kept, {} answers lost, {} PINs sent by another program",
        sum(0),
        names.len(),
        sum(1),
        sum(2),
        sum(3),
        sum(4),
        sum(5)
    ));
    assert!(sum(0) >= AT_LEAST, "{} steps", sum(0));
}

/// Both kinds of card take part: those that report their count, and those of which only our own record knows.
#[test]
fn some_cards_report_their_count_and_some_do_not() {
    assert!(Fixture::with(&Personality::idemia_2021()).does_report());
    assert!(!Fixture::with(&Personality::st2021()).does_report());
}

fn play_sequences(personality: &Personality) {
    let config =
        Config { cases: SEQUENCES, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let sequences = proptest::collection::vec(steps::step(), LONGEST / 2..=LONGEST);
    let outcome = TestRunner::new(config).run(&sequences, |steps| {
        let mut fixture = Fixture::with(personality);
        steps.iter().for_each(|step| fixture.take(step));
        Ok::<(), TestCaseError>(())
    });
    outcome.unwrap_or_else(|failure| panic!("{}: {failure}", personality.name()));
}

/// The module asks a card for its count once a second at most; what it said stays known in between, in every front end.
#[test]
fn what_the_card_reported_does_not_fade() {
    let mut fixture = Fixture::with(&Personality::idemia_2021());
    for _ in 0..3 {
        fixture.take(&Step::VerifyByAnother { right: false });
        fixture.take(&Step::Logout);
    }
    fixture.take(&Step::AnotherProcess);
}

/// Locked, then unblocked without an answer: nobody is kept from giving the new PIN.
#[test]
fn an_unblocking_without_an_answer_is_no_locked_pin() {
    for personality in Personality::all() {
        for executed in [true, false] {
            let mut fixture = Fixture::with(personality);
            let locking = Front::Script { last_try: true };
            for _ in 0..3 {
                fixture.take(&ask(locking, What::Verify, false, None));
            }
            let lost = Some(Lost { executed, timeout: false });
            fixture.take(&ask(Front::Module, What::Unblock, true, lost));
            fixture.take(&ask(Front::Script { last_try: false }, What::Verify, executed, None));
            fixture.take(&ask(Front::Module, What::Verify, executed, None));
            fixture.take(&ask(Front::Minidriver, What::Verify, executed, None));
        }
    }
}

/// A PIN whose answer was lost may have cost a try. When the card then reports more than was feared, no right PIN was
/// given for that, and the wrong attempts before it still keep the last try.
#[test]
fn a_feared_try_that_was_not_spent_is_no_right_pin() {
    for personality in Personality::all() {
        let mut fixture = Fixture::with(personality);
        fixture.take(&ask(Front::Module, What::Verify, false, None));
        fixture.take(&ask(
            Front::Module,
            What::Verify,
            false,
            Some(Lost { executed: false, timeout: false }),
        ));
        fixture.take(&Step::VerifyByAnother { right: false });
        fixture.take(&ask(Front::Module, What::Verify, false, None));
    }
}

fn ask(front: Front, what: What, right: bool, lost: Option<Lost>) -> Step {
    Step::Ask(Ask { front, what, right, lost })
}

/// A card without number, with two certificates that are valid: whichever a front end chooses, it is one card with one
/// count of tries.
#[test]
fn a_card_of_two_certificates_and_no_number_has_one_count() {
    for name in ["oberthur", "st2021"] {
        let personality = Personality::by_name(name).expect("a personality");
        let older = CertificateOptions { years: (2021, 2027), ..CertificateOptions::PLAIN };
        let card = Card::builder(&personality)
            .card_id("")
            .without_file(&[0x1000, 0x1003])
            .certificate(older)
            .another_pair(CertificateOptions::PLAIN);
        let stage = Stage::built(card);
        for _ in 0..2 {
            let mut keyboard = Keyboard::of(Front::Script { last_try: false }, "00000", None);
            let _ = cns(&stage.readers, &["pin", "verify", "--pin-stdin"], &mut keyboard);
        }
        assert_eq!(stage.card().pin_tries_left(), 1, "{name}");
        let module = stage.session().login(b"00000");
        assert_eq!((stage.card().pin_tries_left(), module.is_err()), (1, true), "{name}: the last try");
        let csp = BaseCsp::new(&stage.readers, READER).expect("a context");
        let minidriver = csp.transaction(|csp| csp.authenticate(b"00000"));
        assert_eq!((stage.card().pin_tries_left(), minidriver.is_err()), (1, true), "{name}: the last try");
    }
}
