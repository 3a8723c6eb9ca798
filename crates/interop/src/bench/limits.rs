//! The figures this module is to meet, in one place: the bench prints them beside what it measured, and the client
//! check "bench: counts" fails when the commands of one are more.

use super::fixture::CERTIFICATE;
use super::results::{Figure, count};
use super::scenario::{Row, Scenario};

/// Two modules that send the same commands differ by as much.
const NOISE: f64 = 1.02;

/// What a line is to meet; None for what is not promised.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// Commands to the card, at most.
    pub commands: Option<usize>,
    /// Bytes to and from the card, at most.
    pub bytes: Option<f64>,
    /// The figure of the scenario, in its unit.
    pub value: Option<f64>,
    /// The time by that of OpenSC.
    pub ratio: Option<f64>,
}

/// What the figure of a line is to be. Of login and first signature no time by OpenSC's is promised, and five commands, on
/// IDEMIA six for the DF of its key: one of them makes sure that VERIFY means the card's PIN (decision 0019).
pub fn of(row: Row) -> Limits {
    let idemia = row.card == "idemia2021";
    let commands = |commands| Limits { commands: Some(commands), ..Limits::default() };
    let value = |value| Limits { value: Some(value), ..Limits::default() };
    match row.scenario {
        Scenario::ColdList => Limits {
            commands: Some(if idemia { 13 } else { 10 }),
            bytes: Some(1.15 * count(CERTIFICATE)),
            ratio: Some(0.25),
            value: None,
        },
        Scenario::SecondList => Limits { ratio: Some(1.0 / 15.0), ..commands(3) },
        Scenario::FirstSignature => commands(if idemia { 6 } else { 5 }),
        Scenario::LaterSignature => commands(2),
        Scenario::TenSignatures => commands(20),
        Scenario::EightThreads => commands(16),
        Scenario::FirefoxLogin => Limits { ratio: Some(1.0 / 3.0), ..commands(25) },
        Scenario::Foreign => commands(3),
        Scenario::StartWithCard | Scenario::StartWithoutCard => commands(0),
        Scenario::LookWhileSigning => value(1.0),
        Scenario::SigningProcessor => value(0.5),
        Scenario::Find => Limits { value: Some(5.0), ..commands(0) },
        _ => Limits::default(),
    }
}

/// What a line may send at most, on any machine: commands and bytes.
pub fn counts_only(row: Row) -> Limits {
    Limits { value: None, ratio: None, ..of(row) }
}

impl Limits {
    /// What of it a figure misses, in words; `by_other` is the figure's time by OpenSC's.
    pub fn missed(&self, figure: &Figure, by_other: Option<f64>) -> Vec<String> {
        let mut missed = Vec::new();
        let mut hold = |what: &str, is: f64, limit: Option<f64>| {
            if let Some(limit) = limit.filter(|limit| is > *limit) {
                missed.push(format!("{what}: {is:.3}, to meet {limit:.3}"));
            }
        };
        hold("commands", figure.commands, self.commands.map(count));
        hold("bytes", figure.bytes, self.bytes);
        hold("figure", figure.value, self.value);
        if let Some(by_other) = by_other {
            hold("time by OpenSC's", by_other, self.ratio.map(|ratio| ratio * NOISE));
        }
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::scenario::Pace;

    #[test]
    fn one_command_more_is_a_miss() {
        let row = Row { pace: Pace::Contact, scenario: Scenario::SecondList, card: "st2021" };
        let figure = |commands| Figure { commands, bytes: 0.0, value: 0.0, busy: 0.0 };
        assert!(of(row).missed(&figure(3.0), Some(0.05)).is_empty());
        assert_eq!(of(row).missed(&figure(4.0), None), ["commands: 4.000, to meet 3.000"]);
        assert_eq!(of(row).missed(&figure(4.0), Some(0.07)).len(), 2);
    }

    #[test]
    fn no_time_is_held_on_any_machine() {
        let row = Row { pace: Pace::Contact, scenario: Scenario::SecondList, card: "st2021" };
        assert!(of(row).ratio.is_some());
        assert_eq!(counts_only(row), Limits { commands: Some(3), ..Limits::default() });
        for (card, most) in [("st2021", 5), ("oberthur", 5), ("idemia2021", 6)] {
            let first = Row { scenario: Scenario::FirstSignature, card, ..row };
            assert_eq!(of(first), Limits { commands: Some(most), ..Limits::default() });
        }
    }
}
