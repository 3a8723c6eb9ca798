//! What the bench counts, without its clock: the commands and bytes of each scenario are no more than promised.
//!
//! The figures to meet are in `bench/goal.rs`, and only there. The count itself is held against the card's transcript.

use std::path::Path;

use anyhow::{Result, ensure};
use fs_err as fs;

use super::examples::prepared;
use super::{Check, on_each, shown};
use crate::bench::contender::Contender;
use crate::bench::fixture::{Bed, CERTIFICATE, Showing};
use crate::bench::scenario::{Pace, Row};
use crate::bench::{goal, player, sets, user_day};
use crate::cargo;
use crate::report::Outcome;
use crate::testbed::Stack;
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;

const FOREIGN: &[&str] = &["emv"];

pub fn checks() -> Vec<Check> {
    [
        on_each(sets::CARDS, "bench: counts: list, login, signatures", |stack| counts(stack, user_day::day)),
        on_each(sets::CARDS, "bench: counts: a program's start", |stack| counts(stack, user_day::start)),
        on_each(FOREIGN, "bench: counts: a card that is none of ours", |stack| {
            counts(stack, user_day::foreign_card)
        }),
    ]
    .concat()
}

/// Builds the player into the run's folder, where one of these is among the chosen checks.
pub fn prepare(folder: &Path, chosen: &[Check]) {
    if !chosen.iter().any(|check| check.name.starts_with("bench:")) {
        return;
    }
    let program = cargo::target().join("debug").join(player::PROGRAM);
    let built = cargo::cargo(&["build", "--package", player::PROGRAM])
        .and_then(|()| Ok(fs::copy(program, folder.join(player::PROGRAM))?));
    if let Err(error) = built {
        println!("{}: {error:#}", player::PROGRAM);
    }
}

fn counts(stack: &mut Stack, play: fn(&mut Bed<'_>) -> Result<Showing>) -> Result<Outcome> {
    let program = prepared(&stack.desk, player::PROGRAM);
    ensure!(program.exists(), "`cargo build --package {}` failed, see above", player::PROGRAM);
    let kind = stack.card.kind();
    stack.card.remove(&stack.pcscd)?;
    stack.card = InsertedCard::with_certificate_length(kind, CERTIFICATE)?;
    stack.card.insert(&stack.pcscd, Reader::First)?;

    let module = Contender::new("cns-pkcs11", &stack.desk.module)?;
    let folder = stack.desk.file("bench");
    let mut bed = Bed::new(stack, folder, program, Pace::Instant);
    bed.receive(&module)?;
    let showing = play(&mut bed)?;
    ensure!(
        stack.card.traffic().commands == stack.card.transcript().len(),
        "counted {}, written down {}",
        stack.card.traffic().commands,
        stack.card.transcript().len()
    );

    let (mut counted, mut missed) = (Vec::new(), Vec::new());
    for (scenario, outcome) in showing.outcomes {
        let title = scenario.title();
        let goal = goal::held(Row { pace: Pace::Instant, scenario, card: kind });
        match outcome {
            Err(code) => missed.push(format!("{title}: {code}")),
            Ok(figure) => {
                missed.extend(goal.missed(&figure, None).iter().map(|what| format!("{title}: {what}")));
                if goal.commands.is_some() {
                    counted.push(format!("{title} {:.0}", figure.commands));
                }
            }
        }
    }
    ensure!(missed.is_empty(), "{}", missed.join("\n"));
    shown(counted.join(", "))
}
