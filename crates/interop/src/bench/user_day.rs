//! What a person waits for: the card shown, the first login, the next signatures, a card that is none of ours.

use anyhow::{Result, bail, ensure};

use super::fixture::{Bed, Showing, milliseconds};
use super::player::{Refused, Step};
use super::results::Figure;
use super::scenario::{Pace, Scenario};

/// From a program's start to the certificate shown: some modules read the card when they are asked for the slots.
const LIST: &[&str] = &["initialize", "list"];

/// A program lists the card and ends. Another one lists it, logs in and signs.
pub fn day(bed: &mut Bed<'_>) -> Result<Showing> {
    let mut showing = Showing::default();
    // These have nothing to do with the pace of the card.
    let inside = bed.pace == Pace::Instant;
    let certificate = hexadecimal(&bed.stack.desk.certificate);
    let listed = |step: &Step| {
        ensure!(["", &certificate].contains(&step.text("certificate")), "not the certificate in the card");
        milliseconds(step)
    };

    let mut first = bed.process()?;
    showing.take(Scenario::ColdList, &mut first, LIST, listed)?;
    if inside {
        showing.take(Scenario::Memory, &mut first, &["memory"], |step| step.number("resident_kb"))?;
        showing.take(Scenario::Library, &mut first, &["memory"], |step| step.number("libraries_kb"))?;
    }
    first.end()?;

    let mut second = bed.process()?;
    showing.take(Scenario::SecondList, &mut second, LIST, listed)?;
    if inside {
        let microseconds = |step: &Step| Ok(step.number("ms")? * 1000.0 / step.number("rounds")?);
        showing.take(Scenario::Find, &mut second, &["find 20000"], microseconds)?;
    }
    let login = format!("login {}", bed.stack.desk.pin);
    showing.take(Scenario::FirstSignature, &mut second, &[&login, "sign 1"], milliseconds)?;
    showing.take(Scenario::LaterSignature, &mut second, &["sign 1"], milliseconds)?;
    showing.take(Scenario::TenSignatures, &mut second, &["sign 10"], milliseconds)?;
    if inside {
        let each = |step: &Step| Ok(step.number("cpu_ms")? / 50.0);
        showing.take(Scenario::SigningProcessor, &mut second, &["sign 50"], each)?;
    }
    second.end()?;
    Ok(showing)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A payment card in the reader: how long until a module says that it is none.
pub fn foreign_card(bed: &mut Bed<'_>) -> Result<Showing> {
    let mut showing = Showing::default();
    let mut player = bed.process()?;
    let looked = player.step("initialize")?;
    let Err(refused) = player.step("list") else { bail!("a payment card is listed as a CNS") };
    let listed = refused.downcast::<Refused>()?.step;
    let [looked, listed] = [&looked, &listed].map(|step| anyhow::Ok(Figure::of(step, milliseconds(step)?)));
    showing.outcomes.push((Scenario::Foreign, Ok(looked?.plus(listed?))));
    player.end()?;
    Ok(showing)
}

/// What every start of a program costs whoever has the module installed and a card in the reader.
pub fn start(bed: &mut Bed<'_>) -> Result<Showing> {
    initialize(bed, Scenario::StartWithCard)
}

/// The same without a card.
pub fn empty_reader(bed: &mut Bed<'_>) -> Result<Showing> {
    bed.no_card()?;
    initialize(bed, Scenario::StartWithoutCard)
}

fn initialize(bed: &Bed<'_>, scenario: Scenario) -> Result<Showing> {
    let mut showing = Showing::default();
    let mut player = bed.process()?;
    showing.take(scenario, &mut player, &["initialize"], milliseconds)?;
    player.end()?;
    Ok(showing)
}
