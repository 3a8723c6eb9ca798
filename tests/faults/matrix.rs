//! The matrix: card × scenario × command × incident, each followed by a clean attempt without a restart.

use std::collections::HashMap;
use std::time::Duration;

use virtual_cns::Personality;

use crate::bench::{Bench, PIN, Setting};
use crate::common::apart;
use crate::incidents::{self, Incident};
use crate::permissions::{self, Reason};
use crate::scenarios::{Scenario, clean_attempt, pin_of};
use crate::verdict::Calls;

/// A card that was read as one without certificate, or failed three times, is looked at again after half a second.
const REST: Duration = Duration::from_millis(550);
/// Outside `cargo xtask soak` the first case of each card and reason that wants it waits for that, and then one of so many;
/// in the others, which are known to be of that kind, the card is put in anew.
const ONE_RESTS_OF: u64 = 16;
/// Of so many cases one may want more than another attempt, of so many one the card put in again.
const ONE_IN_MAY_WANT_MORE: u64 = 12;
const ONE_IN_MAY_WANT_THE_CARD_OUT: u64 = 140;
/// A run with more failures than this is not worth finishing.
const ENOUGH_FAILURES: usize = 30;
/// The card that is also issued with a signature keyset.
const WITH_A_SIGNATURE_KEYSET: &str = "st2021";

#[test]
fn every_command_meets_every_incident() {
    if let Some(part) = apart::part() {
        let personality = Personality::by_name(&part).expect("a personality");
        return apart::say_figures(&play(&personality));
    }
    let supported = Personality::all().iter().chain(Personality::further());
    let names: Vec<&str> = supported.map(Personality::name).collect();
    let figures = apart::in_processes("matrix::every_command_meets_every_incident", &names);
    let sum = |column: usize| figures.iter().map(|(_, figures)| figures[column]).sum::<u64>();
    let [cases, rested, not_waited, put_in_again] = [0, 1, 2, 3].map(sum);
    apart::say(&format!(
        "faults: {cases} cases on {} cards; in {} the card wanted to be left alone for half a second ({rested} times it \
         was, and that was enough), in {put_in_again} to be put in again; in the others the next attempt worked",
        figures.len(),
        rested + not_waited,
    ));
    assert!(cases > 10_000, "{cases} cases");
    assert!((rested + not_waited + put_in_again) * ONE_IN_MAY_WANT_MORE <= cases);
    assert!(put_in_again * ONE_IN_MAY_WANT_THE_CARD_OUT <= cases);
}

/// One card's part of it, on all its benches.
fn play(personality: &Personality) -> [u64; 4] {
    let mut settings = vec![Setting::Plain, Setting::Remembering];
    if personality.name() == WITH_A_SIGNATURE_KEYSET {
        settings.push(Setting::SignatureKeyset);
    }
    let figures = settings.into_iter().map(|setting| Matrix::new(personality, setting).run(setting));
    figures.fold([0; 4], |sum, more| [0, 1, 2, 3].map(|column| sum[column] + more[column]))
}

/// What is played on one bench.
struct Matrix {
    bench: Bench,
    cases: u64,
    /// Cases that wanted a rest, by reason.
    tired: HashMap<Reason, u64>,
    rested: u64,
    not_waited: u64,
    put_in_again: u64,
    failures: Vec<String>,
}

impl Matrix {
    fn new(personality: &Personality, setting: Setting) -> Self {
        Self {
            bench: Bench::new(personality, setting),
            cases: 0,
            tired: HashMap::new(),
            rested: 0,
            not_waited: 0,
            put_in_again: 0,
            failures: Vec::new(),
        }
    }

    fn run(mut self, setting: Setting) -> [u64; 4] {
        for scenario in Scenario::of(setting) {
            for incident in incidents::all(&self.bench.other) {
                self.strike_every_command(*scenario, &incident, false);
                if incident.may_be_executed {
                    self.strike_every_command(*scenario, &incident, true);
                }
            }
        }
        assert!(self.failures.is_empty(), "{}", self.failures.join("\n"));
        [self.cases, self.rested, self.not_waited, self.put_in_again]
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
            let asked = bench.stage.commands();
            assert!(scenario.is_what_it_says(&asked), "{scenario:?}, undisturbed: {asked:?}");
            return false;
        }
        judge(bench, scenario, &calls);
        session.into_iter().for_each(|session| calls.close(session));
        let asked = bench.stage.commands();
        bench.mend();
        let clean = self.next_attempt(scenario, incident);
        calls.expect(clean.is_ok(), || format!("then: {}", clean.unwrap_err()));
        if let Some(complaints) = calls.complaints() {
            let executed = if executed { ", executed" } else { "" };
            let case = format!("{scenario:?}, {} at command {command}{executed}", incident.name);
            self.failures.push(format!("{case}: {complaints}; the card was asked {asked:?}"));
        }
        true
    }

    /// The next clean attempt, in the same process. Only where there is a reason for it that is written down, and only in
    /// the way in which that shows, the card may want a moment or the person's hand.
    fn next_attempt(&mut self, scenario: Scenario, incident: &Incident) -> Result<(), String> {
        let pin = pin_of(&self.bench);
        let Err(failed) = clean_attempt(&self.bench, pin) else { return Ok(()) };
        let Some(reason) = permissions::reason(&self.bench, scenario, incident, &failed) else {
            return Err(format!("{failed}, for no reason that is known"));
        };
        if reason.wants_the_card_out() {
            self.put_in_again += 1;
            self.bench.put_in_again();
        } else {
            let before = self.tired.entry(reason).or_default();
            let waits = apart::is_soak() || *before % ONE_RESTS_OF == 0;
            *before += 1;
            if waits {
                self.rested += 1;
                std::thread::sleep(REST);
            } else {
                self.not_waited += 1;
                self.bench.put_in_again();
            }
        }
        clean_attempt(&self.bench, pin).map_err(|still| format!("{failed} ({reason:?}), and then {still}"))
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
    let is_still_blocked = bench.stage.card().tries_left(PIN) == Some(0);
    let blocked_before = |number: &u8| scenario == Scenario::Unblock && *number == PIN && is_still_blocked;
    let spent: Vec<u8> = bench.spent().into_iter().filter(|number| !blocked_before(number)).collect();
    calls.expect(spent.is_empty(), || format!("tries are gone of the PINs or PUKs {spent:02X?}"));
}
