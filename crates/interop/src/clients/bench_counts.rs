//! What the bench counts, without its clock: the commands and bytes of each scenario are no more than promised.
//!
//! The figures to meet are in `bench/limits.rs`, and only there. The count itself is compared with the card's transcript.

use std::path::Path;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::check::{Check, on_each, pass};
use super::examples::prepared;
use crate::bench::fixture::{CERTIFICATE, Fixture, ScenarioRun};
use crate::bench::module_under_test::ModuleUnderTest;
use crate::bench::scenario::{Pace, Row};
use crate::bench::{card_sets, limits, user_day, workload};
use crate::cargo;
use crate::report::StepOutcome;
use crate::testbed::Testbed;
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;

const FOREIGN: &[&str] = &["emv"];

pub fn checks() -> Vec<Check> {
    [
        on_each(card_sets::CARDS, "bench: counts: list, login, signatures", |testbed| {
            counts(testbed, user_day::day)
        }),
        on_each(card_sets::CARDS, "bench: counts: a program's start", |testbed| {
            counts(testbed, user_day::start)
        }),
        on_each(FOREIGN, "bench: counts: a card that is none of ours", |testbed| {
            counts(testbed, user_day::foreign_card)
        }),
    ]
    .concat()
}

/// Builds the workload into the run's folder, where one of these is among the chosen checks.
pub fn prepare(folder: &Path, chosen: &[Check]) {
    if !chosen.iter().any(|check| check.name.starts_with("bench:")) {
        return;
    }
    let program = cargo::target().join("debug").join(workload::PROGRAM);
    let built = cargo::cargo(&["build", "--package", workload::PROGRAM])
        .and_then(|()| Ok(fs::copy(program, folder.join(workload::PROGRAM))?));
    if let Err(error) = built {
        println!("{}: {error:#}", workload::PROGRAM);
    }
}

fn counts(testbed: &mut Testbed, play: fn(&mut Fixture<'_>) -> Result<ScenarioRun>) -> Result<StepOutcome> {
    let program = prepared(&testbed.client, workload::PROGRAM);
    ensure!(program.exists(), "`cargo build --package {}` failed, see above", workload::PROGRAM);
    let kind = testbed.card.kind();
    testbed.card.remove(&testbed.pcscd)?;
    testbed.card = InsertedCard::with_certificate_length(kind, CERTIFICATE)?;
    testbed.card.insert(&testbed.pcscd, Reader::First)?;

    let module = ModuleUnderTest::new("cns-pkcs11", &testbed.client.module)?;
    let folder = testbed.client.file("bench");
    let mut fixture = Fixture::new(testbed, folder, program, Pace::Instant);
    fixture.set_up(&module)?;
    let run = play(&mut fixture)?;
    ensure!(
        testbed.card.traffic().commands == testbed.card.transcript().len(),
        "counted {}, written down {}",
        testbed.card.traffic().commands,
        testbed.card.transcript().len()
    );

    let (mut counted, mut missed) = (Vec::new(), Vec::new());
    for (scenario, outcome) in run.outcomes {
        let title = scenario.title();
        let limits = limits::counts_only(Row { pace: Pace::Instant, scenario, card: kind });
        match outcome {
            Err(code) => missed.push(format!("{title}: {code}")),
            Ok(figure) => {
                missed.extend(limits.missed(&figure, None).iter().map(|what| format!("{title}: {what}")));
                if limits.commands.is_some() {
                    counted.push(format!("{title} {:.0}", figure.commands));
                }
            }
        }
    }
    ensure!(missed.is_empty(), "{}", missed.join("\n"));
    pass(counted.join(", "))
}
