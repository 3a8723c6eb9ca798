//! What was measured, round by round, and its medians.

use std::collections::BTreeMap;

use virtual_cns::Traffic;

use super::scenario::{Pace, Row, Scenario};
use super::workload::Step;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    pub commands: f64,
    pub bytes: f64,
    /// In the unit of its scenario.
    pub value: f64,
    /// Milliseconds that the card was busy.
    pub busy: f64,
}

impl Figure {
    /// What a step sent, with this figure; what one of its rounds sent, where it says how many there were.
    pub fn of(step: &Step, value: f64) -> Self {
        let rounds = step.number("rounds").unwrap_or(1.0);
        Self { value, ..Self::crossed(step.traffic, rounds) }
    }

    /// What crossed in so many rounds, by round.
    pub fn crossed(traffic: Traffic, rounds: f64) -> Self {
        let busy = traffic.busy.as_secs_f64() * 1000.0 / rounds;
        Self {
            commands: count(traffic.commands) / rounds,
            bytes: count(traffic.bytes) / rounds,
            value: busy,
            busy,
        }
    }

    /// Several steps together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            commands: self.commands + other.commands,
            bytes: self.bytes + other.bytes,
            value: self.value + other.value,
            busy: self.busy + other.busy,
        }
    }
}

/// A measurement, or the module's own word why there is none.
pub type Measurement = Result<Figure, String>;

/// All of them, by line and module.
#[derive(Debug, Default)]
pub struct Results {
    rows: BTreeMap<Row, BTreeMap<usize, Vec<Measurement>>>,
}

impl Results {
    pub fn add(&mut self, row: Row, module: usize, outcome: Measurement) {
        self.rows.entry(row).or_default().entry(module).or_default().push(outcome);
    }

    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows.keys().copied()
    }

    /// Of `whole`, played at both paces: what the pace of a contact card adds for each module, by the medians.
    pub fn add_waiting_time(&mut self, whole: Scenario, wait: Scenario) {
        let slow: Vec<Row> =
            self.rows().filter(|row| row.scenario == whole && row.pace == Pace::Contact).collect();
        for row in slow {
            let modules: Vec<usize> = self.rows[&row].keys().copied().collect();
            for module in modules {
                let fast = self.median(Row { pace: Pace::Instant, ..row }, module);
                let added = match (self.median(row, module), fast) {
                    (Some(Ok(slow)), Some(Ok(fast))) => Ok(Figure { value: slow.value - fast.value, ..slow }),
                    (Some(Err(failure)), _) | (_, Some(Err(failure))) => Err(failure),
                    _ => continue,
                };
                self.add(Row { scenario: wait, ..row }, module, added);
            }
        }
    }

    /// The medians of all rounds, or the failure of one; None where it did not run.
    pub fn median(&self, row: Row, module: usize) -> Option<Measurement> {
        let outcomes = self.rows.get(&row)?.get(&module)?;
        if let Some(Err(failure)) = outcomes.iter().find(|outcome| outcome.is_err()) {
            return Some(Err(failure.clone()));
        }
        let of = |part: fn(&Figure) -> f64| median(outcomes.iter().flatten().map(part).collect());
        Some(Ok(Figure {
            commands: of(|figure| figure.commands),
            bytes: of(|figure| figure.bytes),
            value: of(|figure| figure.value),
            busy: of(|figure| figure.busy),
        }))
    }
}

/// The middle one; of an even number the lower of the two, so that a count stays one that was seen.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}

/// A count as a number to reckon with.
#[allow(clippy::cast_precision_loss, reason = "no count here comes near 2^52")]
pub fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: Row = Row { pace: Pace::Instant, scenario: Scenario::ColdList, card: "st2021" };

    fn figure(value: f64) -> Measurement {
        Ok(Figure { commands: value, bytes: value, value, busy: value })
    }

    #[test]
    fn a_median_was_seen() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), 2.0);
    }

    #[test]
    fn what_the_pace_adds() {
        let (whole, wait) = (Scenario::FirefoxLogin, Scenario::FirefoxLoginWait);
        let row = |pace, scenario| Row { pace, scenario, card: "st2021" };
        let mut results = Results::default();
        for (pace, value) in [(Pace::Contact, 5.0), (Pace::Instant, 3.0)] {
            results.add(row(pace, whole), 0, figure(value));
        }
        results.add(row(Pace::Contact, whole), 1, Err("CKR_DEVICE_ERROR".into()));
        results.add(row(Pace::Contact, whole), 2, figure(5.0));
        results.add_waiting_time(whole, wait);
        let added = |module| results.median(row(Pace::Contact, wait), module);
        assert_eq!(
            added(0).map(|figure| figure.map(|figure| (figure.value, figure.commands))),
            Some(Ok((2.0, 5.0)))
        );
        assert_eq!(added(1), Some(Err("CKR_DEVICE_ERROR".into())));
        assert_eq!(added(2), None, "one pace tells nothing");
    }

    #[test]
    fn one_failure_is_no_number() {
        let mut results = Results::default();
        results.add(ROW, 0, figure(1.0));
        results.add(ROW, 1, figure(1.0));
        results.add(ROW, 1, Err("CKR_DEVICE_ERROR".into()));
        assert_eq!(results.median(ROW, 0), Some(figure(1.0)));
        assert_eq!(results.median(ROW, 1), Some(Err("CKR_DEVICE_ERROR".into())));
        assert_eq!(results.median(ROW, 2), None);
    }
}
