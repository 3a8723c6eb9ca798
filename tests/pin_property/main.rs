//! No PIN try is spent that a person did not spend: a state machine of what clients of the module and of the minidriver,
//! people, other programs and accidents do, on every supported card. Prints the number of steps.

#[path = "../common/mod.rs"]
mod common;

#[path = "../../crates/cns-minidriver/tests/minidriver/base_csp.rs"]
mod base_csp;

pub(crate) use testkit::pkcs11::call;

mod fixture;
mod judge;
mod minidriver;
mod play;
mod retry_model;
mod steps;
mod surroundings;

use std::time::{Duration, Instant};

use proptest::test_runner::{Config, TestCaseError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};

use common::apart;
use fixture::{Fixture, STEPS};
use play::Play;
use steps::Person;

/// Sequences in each run, and the most steps in one.
const SEQUENCES: u32 = 160;
const LONGEST: usize = 100;
/// What all runs together must come to.
const AT_LEAST: u64 = 100_000;

#[test]
fn no_sequence_spends_a_try_that_nobody_offered() {
    if let Some(part) = apart::part() {
        fixture::is_on(Play::of(&part));
        let until = apart::soak_minutes().map(|minutes| Instant::now() + Duration::from_secs(60 * minutes));
        loop {
            play_sequences();
            if until.is_none_or(|until| Instant::now() >= until) {
                return apart::say_figures(&fixture::counts());
            }
        }
    }
    let names = Play::names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let figures = apart::in_processes("no_sequence_spends_a_try_that_nobody_offered", &names);
    let sum = |column: usize| figures.iter().map(|(_, figures)| figures[column]).sum::<u64>();
    let cards = names.iter().filter(|name| !name.contains(' ')).count();
    apart::say(&format!(
        "PIN property: {} steps on {cards} cards, one of them also with a signature keyset and also remembered; {} of them \
         several things at once; {} secrets offered, {} PIN commands sent, {} faults struck",
        sum(0),
        sum(4),
        sum(1),
        sum(2),
        sum(3)
    ));
    assert!(sum(0) >= AT_LEAST, "{} steps", sum(0));
}

fn play_sequences() {
    let config = Config { cases: SEQUENCES, failure_persistence: None, ..Config::default() };
    let sequences = Person::sequential_strategy(LONGEST / 2..=LONGEST);
    let outcome = TestRunner::new(config.clone()).run(&sequences, |(person, steps, seen)| {
        Fixture::test_sequential(config.clone(), person, steps, seen);
        Ok::<(), TestCaseError>(())
    });
    outcome.unwrap_or_else(|failure| panic!("after {} steps: {failure}", STEPS.now()));
}
