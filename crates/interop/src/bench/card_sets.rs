//! Which scenarios are played, on which card, how often.

use anyhow::Result;

use super::fixture::{Fixture, ScenarioRun};
use super::options::BenchOptions;
use super::results::{Measurement, Results};
use super::scenario::{Pace, Row, Scenario};
use super::{firefox, parallel, user_day};

/// Scenarios that are played together, before one reader.
#[derive(Debug, Clone, Copy)]
pub struct CardSet {
    pub name: &'static str,
    pub card: &'static str,
    pub pace: Pace,
    pub play: fn(&mut Fixture<'_>) -> Result<ScenarioRun>,
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

impl CardSet {
    const fn new(
        name: &'static str,
        card: &'static str,
        pace: Pace,
        play: fn(&mut Fixture<'_>) -> Result<ScenarioRun>,
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

    /// What a module that is known not to sign need not try: all of it fails with the same word.
    pub fn known_failure(&self, results: &Results, module: usize) -> Vec<(Scenario, Measurement)> {
        let first_signature = results.median(self.row(Scenario::FirstSignature), module);
        match first_signature {
            Some(Err(failure)) => {
                self.needs_signature.iter().map(|scenario| (*scenario, Err(failure.clone()))).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The sets of this run.
pub fn select(options: &BenchOptions) -> Vec<CardSet> {
    let paces = match options.latency {
        Some(pace) => vec![pace],
        None => vec![Pace::Contact, Pace::Instant],
    };
    let mut card_sets = Vec::new();
    for pace in paces {
        card_sets.extend(CARDS.iter().map(|card| CardSet::new(DAY, card, pace, user_day::day)));
        card_sets.push(CardSet::new("foreign", "emv", pace, user_day::foreign_card));
        card_sets.push(CardSet::new("threads", parallel::CARD, pace, parallel::eight_threads));
        match pace {
            Pace::Contact => {
                card_sets.push(CardSet::new("readers", parallel::CARD, pace, parallel::two_readers));
                card_sets.push(CardSet::new("start", "st2021", pace, user_day::start));
            }
            // Where the pace of the card has no part.
            Pace::Instant => {
                card_sets.push(CardSet::new("empty", "st2021", pace, user_day::empty_reader));
                card_sets.push(CardSet::new("look", parallel::CARD, pace, parallel::slot_info_while_signing));
            }
        }
        if !options.quick {
            let firefox = |name, play| CardSet { most_rounds: 3, ..CardSet::new(name, "st2021", pace, play) };
            card_sets.push(CardSet {
                needs_signature: &[Scenario::FirefoxLogin, Scenario::FirefoxLoginCard],
                ..firefox(FIREFOX[0], firefox::login)
            });
            card_sets.push(CardSet {
                needs_signature: &[Scenario::FirefoxThrice, Scenario::FirefoxThriceCard],
                ..firefox(FIREFOX[1], firefox::three_times)
            });
        }
    }
    match &options.only {
        Some(name) => named(&card_sets, name),
        None => card_sets,
    }
}

/// Those of this name, and what tells for them which module cannot sign.
fn named(card_sets: &[CardSet], name: &str) -> Vec<CardSet> {
    let wanted = |set: &&CardSet| set.name.contains(name);
    let asks = |set: &&CardSet| card_sets.iter().filter(wanted).any(|other| other.relies_on(set));
    card_sets.iter().filter(|set| wanted(set) || asks(set)).copied().collect()
}
