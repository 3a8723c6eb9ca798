//! A card that takes nearly as long as anybody waits for it, asking its reader for more time again and again: it is waited
//! for, and nothing is sent twice. Few cases, because they take the time they are about.

use std::time::{Duration, Instant};

use virtual_cns::faults::When;
use virtual_cns::{Fault, Personality};

use crate::bench::{Bench, Setting};
use crate::common::apart;
use crate::incidents;
use crate::scenarios::{Scenario, clean_attempt, pin_of};
use crate::verdict::Calls;

/// A second less than a person waits at most (`verdict`); a card's command takes a tenth of it.
const DELAY: Duration = Duration::from_secs(4);

/// The scenario, and the instruction whose answer is late: READ BINARY, VERIFY, PSO.
const CASES: [(Scenario, u8); 3] = [(Scenario::List, 0xB0), (Scenario::Login, 0x20), (Scenario::Sign, 0x2A)];

#[test]
fn a_late_answer_is_waited_for_and_nothing_is_sent_twice() {
    let bench = Bench::new(&Personality::st2021(), Setting::Plain);
    let incident = incidents::late(DELAY);
    for (scenario, instruction) in CASES {
        let undisturbed = played(&bench, scenario, None);
        let started = Instant::now();
        let late = played(
            &bench,
            scenario,
            Some(Fault::new(When::Instruction(instruction), incident.effect.clone())),
        );
        assert!(started.elapsed() >= DELAY, "{scenario:?}: nothing was late");
        assert_eq!(late, undisturbed, "{scenario:?}: the same commands");
        assert_eq!(clean_attempt(&bench, pin_of(&bench)), Ok(()), "{scenario:?}");
    }
    apart::say(&format!("faults: {} answers {} s late, no command sent twice", CASES.len(), DELAY.as_secs()));
}

/// Plays it with this fault; the commands the card got.
fn played(bench: &Bench, scenario: Scenario, fault: Option<Fault>) -> Vec<String> {
    bench.begin_anew();
    let session = scenario.prepare(bench);
    bench.forget_commands();
    if let Some(fault) = fault {
        bench.stage.card().faults().plan(fault);
    }
    let calls = Calls::default();
    scenario.attempt(bench, session.as_ref(), &incidents::late(DELAY), &calls);
    let asked = bench.stage.commands();
    if let Some(session) = session {
        calls.close(session);
    }
    assert_eq!(calls.complaints(), None, "{scenario:?}");
    asked
}
