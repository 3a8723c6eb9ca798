//! Which scenarios are played, on which card, how often.

use anyhow::Result;

use super::BenchOptions;
use super::fixture::{Bed, Showing};
use super::results::{Outcome, Results};
use super::scenario::{Pace, Row, Scenario};
use super::{firefox, parallel, user_day};

/// Scenarios that are played together, before one reader.
#[derive(Debug, Clone, Copy)]
pub struct Set {
    pub name: &'static str,
    pub card: &'static str,
    pub pace: Pace,
    pub play: fn(&mut Bed<'_>) -> Result<Showing>,
    pub most_rounds: usize,
    /// What it measures only of a module that can sign on this card: a browser would wait a minute for nothing.
    needs_signature: &'static [Scenario],
}

/// Classic 2048, IDEMIA 2048, classic 1024.
pub const CARDS: &[&str] = &["st2021", "idemia2021", parallel::CARD];

/// The set with the first signature.
const DAY: &str = "day";

/// The sets that put a file where Firefox looks for its administrator's wishes.
pub const FIREFOX: &[&str] = &["firefox", "firefox-thrice"];

impl Set {
    const fn new(
        name: &'static str,
        card: &'static str,
        pace: Pace,
        play: fn(&mut Bed<'_>) -> Result<Showing>,
    ) -> Self {
        Self { name, card, pace, play, most_rounds: usize::MAX, needs_signature: &[] }
    }

    pub fn row(&self, scenario: Scenario) -> Row {
        Row { pace: self.pace, scenario, card: self.card }
    }

    /// Does another set of the same card and pace tell who cannot sign?
    fn relies_on(&self, other: &Self) -> bool {
        let same = (self.card, self.pace) == (other.card, other.pace);
        same && other.name == DAY && !self.needs_signature.is_empty()
    }

    /// What a contender that is known not to sign need not try: all of it fails with the same word.
    pub fn known_failure(&self, results: &Results, contender: usize) -> Vec<(Scenario, Outcome)> {
        let first_signature = results.median(self.row(Scenario::FirstSignature), contender);
        match first_signature {
            Some(Err(failure)) => {
                self.needs_signature.iter().map(|scenario| (*scenario, Err(failure.clone()))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// What this run plays.
pub fn chosen(options: &BenchOptions) -> Vec<Set> {
    let paces = match options.latency {
        Some(pace) => vec![pace],
        None => vec![Pace::Contact, Pace::Instant],
    };
    let mut sets = Vec::new();
    for pace in paces {
        sets.extend(CARDS.iter().map(|card| Set::new(DAY, card, pace, user_day::day)));
        sets.push(Set::new("foreign", "emv", pace, user_day::foreign_card));
        sets.push(Set::new("threads", parallel::CARD, pace, parallel::eight_threads));
        match pace {
            Pace::Contact => {
                sets.push(Set::new("readers", parallel::CARD, pace, parallel::two_readers));
                sets.push(Set::new("start", "st2021", pace, user_day::start));
            }
            // Where the pace of the card has no part.
            Pace::Instant => {
                sets.push(Set::new("empty", "st2021", pace, user_day::empty_reader));
                sets.push(Set::new("look", parallel::CARD, pace, parallel::looking));
            }
        }
        if !options.quick {
            let firefox = |name, play| Set { most_rounds: 3, ..Set::new(name, "st2021", pace, play) };
            sets.push(Set {
                needs_signature: &[Scenario::FirefoxLogin, Scenario::FirefoxLoginCard],
                ..firefox(FIREFOX[0], firefox::login)
            });
            sets.push(Set {
                needs_signature: &[Scenario::FirefoxThrice, Scenario::FirefoxThriceCard],
                ..firefox(FIREFOX[1], firefox::three_times)
            });
        }
    }
    match &options.only {
        Some(name) => named(&sets, name),
        None => sets,
    }
}

/// Those of this name, and what tells for them which contender cannot sign.
fn named(sets: &[Set], name: &str) -> Vec<Set> {
    let wanted = |set: &&Set| set.name.contains(name);
    let asks = |set: &&Set| sets.iter().filter(wanted).any(|other| other.relies_on(set));
    sets.iter().filter(|set| wanted(set) || asks(set)).copied().collect()
}
