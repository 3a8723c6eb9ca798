//! What a person waits for: the card shown, the first login, the next signatures, a card that is none of ours.

use anyhow::{Result, bail, ensure};

use super::fixture::{Fixture, ScenarioRun, milliseconds};
use super::results::Figure;
use super::scenario::{Pace, Scenario};
use super::workload::{Step, StepError};

/// From a program's start to the certificate shown: some modules read the card when they are asked for the slots.
const LIST: &[&str] = &["initialize", "list"];

/// A program lists the card and ends. Another one lists it, logs in and signs.
pub fn day(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    let mut run = ScenarioRun::default();
    // These have nothing to do with the pace of the card.
    let inside = fixture.pace == Pace::Instant;
    let certificate = hexadecimal(&fixture.testbed.client.certificate);
    let listed = |step: &Step| {
        ensure!(["", &certificate].contains(&step.text("certificate")), "not the certificate in the card");
        milliseconds(step)
    };

    let mut first = fixture.process()?;
    run.take(Scenario::ColdList, &mut first, LIST, listed)?;
    if inside {
        run.take(Scenario::Memory, &mut first, &["memory"], |step| step.number("resident_kb"))?;
        run.take(Scenario::Library, &mut first, &["memory"], |step| step.number("libraries_kb"))?;
    }
    first.end()?;

    let mut second = fixture.process()?;
    run.take(Scenario::SecondList, &mut second, LIST, listed)?;
    if inside {
        let microseconds = |step: &Step| Ok(step.number("ms")? * 1000.0 / step.number("rounds")?);
        run.take(Scenario::Find, &mut second, &["find 20000"], microseconds)?;
    }
    let login = format!("login {}", fixture.testbed.client.pin);
    run.take(Scenario::FirstSignature, &mut second, &[&login, "sign 1"], milliseconds)?;
    run.take(Scenario::LaterSignature, &mut second, &["sign 1"], milliseconds)?;
    run.take(Scenario::TenSignatures, &mut second, &["sign 10"], milliseconds)?;
    if inside {
        let each = |step: &Step| Ok(step.number("cpu_ms")? / 50.0);
        run.take(Scenario::SigningProcessor, &mut second, &["sign 50"], each)?;
    }
    second.end()?;
    Ok(run)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A payment card in the reader: how long until a module says that it is none.
pub fn foreign_card(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    let mut run = ScenarioRun::default();
    let mut workload = fixture.process()?;
    let looked = workload.step("initialize")?;
    let Err(refused) = workload.step("list") else { bail!("a payment card is listed as a CNS") };
    let listed = refused.downcast::<StepError>()?.step;
    let [looked, listed] = [&looked, &listed].map(|step| anyhow::Ok(Figure::of(step, milliseconds(step)?)));
    run.outcomes.push((Scenario::Foreign, Ok(looked?.plus(listed?))));
    workload.end()?;
    Ok(run)
}

/// What every start of a program costs whoever has the module installed and a card in the reader.
pub fn start(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    initialize(fixture, Scenario::StartWithCard)
}

/// The same without a card.
pub fn empty_reader(fixture: &mut Fixture<'_>) -> Result<ScenarioRun> {
    fixture.remove_card()?;
    initialize(fixture, Scenario::StartWithoutCard)
}

fn initialize(fixture: &Fixture<'_>, scenario: Scenario) -> Result<ScenarioRun> {
    let mut run = ScenarioRun::default();
    let mut workload = fixture.process()?;
    run.take(scenario, &mut workload, &["initialize"], milliseconds)?;
    workload.end()?;
    Ok(run)
}
