//! The matrix: card × scenario × command × incident, each followed by a clean attempt without a restart.

use std::time::Duration;

use virtual_cns::Personality;

use crate::bench::Bench;
use crate::common::apart;
use crate::incidents::{self, Incident};
use crate::scenarios::{Scenario, clean_attempt, pin_of};
use crate::verdict::Calls;

/// A card that was read as one without certificate, or failed three times, is looked at again after half a second.
const REST: Duration = Duration::from_millis(550);
/// Outside `cargo xtask soak` only every so many cases that want it wait for that; in the others the card is put in anew.
const ONE_RESTS_OF: u64 = 16;
/// A run with more failures than this is not worth finishing.
const ENOUGH_FAILURES: usize = 30;

#[test]
fn every_command_meets_every_incident() {
    if let Some(part) = apart::part() {
        let personality = Personality::by_name(&part).expect("a personality");
        return apart::say_figures(&Matrix::new(&personality).run());
    }
    let supported = Personality::all().iter().chain(Personality::further());
    let names: Vec<&str> = supported.map(Personality::name).collect();
    let figures = apart::in_processes("matrix::every_command_meets_every_incident", &names);
    let sum = |column: usize| figures.iter().map(|(_, figures)| figures[column]).sum::<u64>();
    apart::say(&format!(
        "faults: {} cases on {} cards; after {} the card was left alone for half a second, after {} it was put in again",
        sum(0),
        figures.len(),
        sum(1),
        sum(2)
    ));
    assert!(sum(0) > 10_000, "{} cases", sum(0));
}

/// One card's part of it.
struct Matrix {
    bench: Bench,
    cases: u64,
    rested: u64,
    put_in_again: u64,
    failures: Vec<String>,
}

impl Matrix {
    fn new(personality: &Personality) -> Self {
        Self { bench: Bench::new(personality), cases: 0, rested: 0, put_in_again: 0, failures: Vec::new() }
    }

    fn run(mut self) -> [u64; 3] {
        for scenario in Scenario::ALL {
            for incident in incidents::all(&self.bench.other) {
                self.strike_every_command(scenario, &incident, false);
                if incident.may_be_executed {
                    self.strike_every_command(scenario, &incident, true);
                }
            }
        }
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
        [self.cases, self.rested, self.put_in_again]
    }

    fn strike_every_command(&mut self, scenario: Scenario, incident: &Incident, executed: bool) {
        for command in 0.. {
            if self.failures.len() > ENOUGH_FAILURES || !self.strike(scenario, incident, command, executed) {
                return;
            }
            self.cases += 1;
        }
    }

    /// One case; whether the scenario has so many commands.
    fn strike(&mut self, scenario: Scenario, incident: &Incident, command: usize, executed: bool) -> bool {
        let bench = &self.bench;
        bench.begin_anew();
        let session = scenario.prepare(bench);
        bench.forget_commands();
        bench.stage.card().faults().restart_count();
        bench.stage.card().faults().plan(incident.fault(command, executed));
        let calls = Calls::default();
        scenario.attempt(bench, session.as_ref(), incident, &calls);
        if bench.stage.card().faults().count() <= command {
            return false;
        }
        judge(bench, scenario, &calls);
        drop(session);
        let asked = bench.stage.commands();
        bench.mend();
        let clean = self.next_attempt();
        calls.expect(clean.is_ok(), || format!("then: {}", clean.unwrap_err()));
        if let Some(complaints) = calls.complaints() {
            let executed = if executed { ", executed" } else { "" };
            let case = format!("{scenario:?}, {} at command {command}{executed}", incident.name);
            self.failures.push(format!("{case}: {complaints}; the card was asked {asked:?}"));
        }
        true
    }

    /// The next clean attempt, in the same process. Where the module may want a moment or the card in the hand (a card
    /// that lied about its tries, or about being a CNS), that is given and counted.
    fn next_attempt(&mut self) -> Result<(), String> {
        let pin = pin_of(&self.bench);
        if clean_attempt(&self.bench, pin).is_ok() {
            return Ok(());
        }
        if apart::is_soak() || self.cases.is_multiple_of(ONE_RESTS_OF) {
            std::thread::sleep(REST);
            if clean_attempt(&self.bench, pin).is_ok() {
                self.rested += 1;
                return Ok(());
            }
        }
        self.put_in_again += 1;
        self.bench.put_in_again();
        clean_attempt(&self.bench, pin)
    }
}

/// What must hold of both cards' PINs after the disturbed calls.
fn judge(bench: &Bench, scenario: Scenario, calls: &Calls) {
    let sent = bench.pin_commands(None);
    let asked_for = scenario.pin_instruction().map_or(0, |instruction| bench.pin_commands(Some(instruction)));
    calls
        .expect(sent <= usize::from(scenario.pin_instruction().is_some()), || format!("{sent} PIN commands"));
    calls.expect(sent == asked_for, || "a PIN command that was not asked for".to_owned());
    calls.expect(bench.pin_commands_to_the_other() == 0, || "a PIN command went to another card".to_owned());
    let card = bench.stage.card();
    let left = card.pin_tries_left();
    let untouched = left == bench.full || scenario == Scenario::Unblock && left == 0;
    calls.expect(untouched, || format!("{left} tries of the PIN are left"));
    calls.expect(card.puk_tries_left() == bench.full_puk, || "a try of the PUK is gone".to_owned());
}
