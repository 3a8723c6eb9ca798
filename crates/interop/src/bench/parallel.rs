//! Many at once: threads on one card, cards in two readers, a thread that only looks while another one signs.

use std::time::Duration;

use anyhow::Result;
use virtual_cns::Latency;

use super::fixture::{Bed, Showing, milliseconds};
use super::scenario::Scenario;

/// A card on which both modules can sign as they come: no extended commands are needed.
pub const CARD: &str = "oberthur";

/// How long the card takes for a command while somebody looks.
const SLOW: Duration = Duration::from_millis(500);

/// One signature in each of eight threads, on one card.
pub fn eight_threads(bed: &mut Bed<'_>) -> Result<Showing> {
    let mut showing = Showing::default();
    let mut player = bed.process()?;
    showing.prepare(&mut player, "initialize")?;
    showing.prepare(&mut player, &format!("login {}", bed.stack.desk.pin))?;
    showing.prepare(&mut player, "sign 1")?;
    showing.take(Scenario::EightThreads, &mut player, &["sign-threads 8"], milliseconds)?;
    player.end()?;
    Ok(showing)
}

/// Five signatures on the card of each reader at once, by the time of five on one.
pub fn two_readers(bed: &mut Bed<'_>) -> Result<Showing> {
    bed.second_card(CARD)?;
    let mut showing = Showing::default();
    let mut player = bed.process()?;
    showing.prepare(&mut player, "initialize")?;
    showing.prepare(&mut player, &format!("login-all {}", bed.stack.desk.pin))?;
    showing.prepare(&mut player, "sign 1")?;
    showing.take(Scenario::TwoReaders, &mut player, &["sign 5"], milliseconds)?;
    let alone = showing.outcomes.pop();
    showing.take(Scenario::TwoReaders, &mut player, &["sign-each 5"], milliseconds)?;
    if let (Some((_, Ok(alone))), Some((_, Ok(both)))) = (alone, showing.outcomes.last_mut()) {
        both.value /= alone.value;
    }
    player.end()?;
    Ok(showing)
}

/// `C_GetSlotInfo`, the presence poll of every program, while another thread waits for a very slow card.
pub fn looking(bed: &mut Bed<'_>) -> Result<Showing> {
    let mut showing = Showing::default();
    let mut player = bed.process()?;
    showing.prepare(&mut player, "initialize")?;
    showing.prepare(&mut player, &format!("login {}", bed.stack.desk.pin))?;
    showing.prepare(&mut player, "sign 1")?;
    bed.stack.card.set_latency(Latency { per_command: SLOW, ..Latency::default() });
    let taken =
        showing.take(Scenario::LookWhileSigning, &mut player, &["look 2"], |step| step.number("p99_ms"));
    bed.stack.card.set_latency(bed.pace.latency());
    taken?;
    player.end()?;
    Ok(showing)
}
