//! Which scenarios are played, on which card, how often.

use anyhow::Result;

use super::bed::{Bed, Showing};
use super::results::{Outcome, Results};
use super::scenario::{Pace, Row, Scenario};
use super::{crowd, firefox, person};
use crate::BenchOptions;

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
pub const CARDS: &[&str] = &["st2021", "idemia2021", crowd::CARD];

/// The set that puts a file where Firefox looks for its administrator's wishes.
pub const FIREFOX: &str = "firefox";
const FIREFOX_SCENARIOS: &[Scenario] = &[Scenario::FirefoxLogin, Scenario::FirefoxCard];

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
        sets.extend(CARDS.iter().map(|card| Set::new("day", card, pace, person::day)));
        sets.push(Set::new("foreign", "emv", pace, person::foreign_card));
        sets.push(Set::new("threads", crowd::CARD, pace, crowd::eight_threads));
        match pace {
            Pace::Contact => {
                sets.push(Set::new("readers", crowd::CARD, pace, crowd::two_readers));
                sets.push(Set::new("start", "st2021", pace, person::start));
            }
            // Where the pace of the card has no part.
            Pace::Instant => {
                sets.push(Set::new("empty", "st2021", pace, person::empty_reader));
                sets.push(Set::new("look", crowd::CARD, pace, crowd::looking));
            }
        }
        if !options.quick {
            let firefox = Set::new(FIREFOX, "st2021", pace, firefox::login);
            let most_rounds = 3;
            sets.push(Set { most_rounds, needs_signature: FIREFOX_SCENARIOS, ..firefox });
        }
    }
    sets
}
