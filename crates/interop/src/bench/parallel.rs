//! Many at once: threads on one card, cards in two readers, a thread that only looks while another one signs.

use std::time::Duration;

use anyhow::Result;
use virtual_cns::Latency;

use super::fixture::{Fixture, ScenarioRun, milliseconds};
use super::scenario::Scenario;
use super::workload::Workload;

/// A card on which both modules can sign as they come: no extended commands are needed.
pub const CARD: &str = "oberthur";

/// How long the card takes for a command while somebody looks.
const SLOW: Duration = Duration::from_millis(500);

/// A process that is logged in and has signed once.
fn signing<'f>(fixture: &'f Fixture<'_>, login: &str) -> Result<(ScenarioRun, Workload<'f>)> {
    let (mut run, mut workload) = (ScenarioRun::default(), fixture.process()?);
    for step in ["initialize", &format!("{login} {}", fixture.testbed.client.pin), "sign 1"] {
        run.prepare(&mut workload, step)?;
    }
    Ok((run, workload))
}

/// One signature in each of eight threads, on one card.
pub fn eight_threads(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    let (mut run, mut workload) = signing(fixture, "login")?;
    run.take(Scenario::EightThreads, &mut workload, &["sign-threads 8"], milliseconds)?;
    workload.end()?;
    Ok(run)
}

/// Five signatures on the card of each reader at once, by the time of five on one.
pub fn two_readers(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    fixture.second_card(CARD)?;
    let (mut run, mut workload) = signing(fixture, "login-all")?;
    run.take(Scenario::TwoReaders, &mut workload, &["sign 5"], milliseconds)?;
    let alone = run.outcomes.pop();
    run.take(Scenario::TwoReaders, &mut workload, &["sign-each 5"], milliseconds)?;
    if let (Some((_, Ok(alone))), Some((_, Ok(both)))) = (alone, run.outcomes.last_mut()) {
        both.value /= alone.value;
    }
    workload.end()?;
    Ok(run)
}

/// `C_GetSlotInfo`, the presence poll of every program, while another thread waits for a very slow card.
pub fn slot_info_while_signing(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    let (mut run, mut workload) = signing(fixture, "login")?;
    fixture.testbed.card.set_latency(Latency { per_command: SLOW, ..Latency::default() });
    let taken =
        run.take(Scenario::LookWhileSigning, &mut workload, &["look 2"], |step| step.number("p99_ms"));
    fixture.testbed.card.set_latency(fixture.pace.latency());
    taken?;
    workload.end()?;
    Ok(run)
}
