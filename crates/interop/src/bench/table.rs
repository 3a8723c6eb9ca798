//! The results as a Markdown table, which a terminal shows as well.

use super::limits::{self, Limits};
use super::lower_bound;
use super::module_under_test::ModuleUnderTest;
use super::results::{Figure, Measurement, Results};
use super::scenario::{Pace, Row, Unit};

/// What was measured, and of whom.
#[derive(Debug)]
pub struct Comparison<'a> {
    pub results: &'a Results,
    /// The first is this module, the second OpenSC.
    pub modules: &'a [ModuleUnderTest],
}

impl Comparison<'_> {
    /// The median of a line for us.
    pub fn own(&self, row: Row) -> Option<Figure> {
        self.results.median(row, 0).and_then(Result::ok)
    }

    /// OpenSC's median; where it fails, that of who stands in for it.
    pub fn other(&self, row: Row) -> Option<Figure> {
        let is_opensc = |number: &usize| *number == 1 || self.modules[*number].stands_in_for == Some(1);
        let opensc = (1..self.modules.len()).filter(is_opensc);
        opensc.filter_map(|number| self.results.median(row, number)?.ok()).next()
    }

    /// Our time by OpenSC's.
    pub fn ratio(&self, row: Row) -> Option<f64> {
        Some(self.own(row)?.value / self.other(row)?.value)
    }

    /// The card's own time, ours, by what it is at least; only at the pace of a contact card, where it counts.
    fn card_time_by_limit(&self, row: Row, bound: Option<Figure>) -> Option<f64> {
        let bound = bound.filter(|bound| row.pace == Pace::Contact && bound.busy > 0.0)?;
        Some(self.own(row)?.busy / bound.busy)
    }

    /// Everything promised that was missed, line by line.
    pub fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        for row in self.results.rows() {
            let line = format!("{} [{}, {}]", row.scenario.title(), row.card, row.pace.name());
            let Some(own) = self.own(row) else {
                missed.push(format!("{line}: no figure"));
                continue;
            };
            // Commands are the same at any pace; times are promised at the pace of a contact card.
            let ratio = self.ratio(row).filter(|_| row.pace == Pace::Contact);
            for what in limits::of(row).missed(&own, ratio) {
                missed.push(format!("{line}: {what}"));
            }
        }
        missed
    }

    /// The lines where the card is waited for, at this pace.
    pub fn card_table(&self, pace: Pace) -> String {
        let rows = self.rows(|row| row.pace == pace && row.scenario.unit() == Unit::CardMilliseconds);
        let mut table = self.head("| scenario | card | limit | card time / limit |");
        for row in rows {
            let bound = lower_bound::of(row, self.results);
            let limit = bound.map_or("–".to_owned(), |figure| costs(&figure));
            let by_limit =
                self.card_time_by_limit(row, bound).map_or("–".to_owned(), |ratio| format!("{ratio:.2}"));
            let cells = self.cells(row, costs);
            table += &format!("| {} | {} | {limit} | {by_limit} |{cells}\n", row.scenario.title(), row.card);
        }
        table
    }

    /// The lines where only this computer counts.
    pub fn inside_table(&self) -> String {
        let mut table = self.head("| scenario | card |");
        for row in self.rows(|row| row.scenario.unit() != Unit::CardMilliseconds) {
            let unit = row.scenario.unit();
            let cells = self.cells(row, |figure| amount(figure, unit));
            table += &format!("| {} | {} |{cells}\n", row.scenario.title(), row.card);
        }
        table
    }

    fn rows(&self, wanted: impl Fn(&Row) -> bool) -> Vec<Row> {
        self.results.rows().filter(wanted).collect()
    }

    fn head(&self, first: &str) -> String {
        let names: Vec<&str> = self.modules.iter().map(|module| module.name.as_str()).collect();
        let head = format!("{first} {} | ratio | to meet |", names.join(" | "));
        let rule = "|---".repeat(head.matches('|').count() - 1);
        format!("{head}\n{rule}|\n")
    }

    /// A cell for each module, the ratio, and what is to be met.
    fn cells(&self, row: Row, shown: impl Fn(&Figure) -> String) -> String {
        let mut cells = String::new();
        for number in 0..self.modules.len() {
            let cell = match self.results.median(row, number) {
                None => "–".to_owned(),
                Some(Err(failure)) => format!("fails: {failure}"),
                Some(Ok(figure)) => shown(&figure),
            };
            cells += &format!(" {cell} |");
        }
        let ratio = self.ratio(row);
        cells += &format!(" {} |", ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.2}")));
        cells + &format!(" {} |", self.verdict(row, ratio))
    }

    fn verdict(&self, row: Row, ratio: Option<f64>) -> String {
        let mut limits = limits::of(row);
        if row.pace != Pace::Contact {
            limits.ratio = None;
        }
        let words = words(&limits, row.scenario.unit());
        let Some(own) = self.own(row).filter(|_| !words.is_empty()) else { return words };
        let met = limits.missed(&own, ratio.filter(|_| row.pace == Pace::Contact)).is_empty();
        format!("{words} {}", if met { "✓" } else { "**missed**" })
    }
}

/// What a median costs at the card.
fn costs(figure: &Figure) -> String {
    format!("{:.0} commands, {:.0} bytes, {} ms", figure.commands, figure.bytes, rounded(figure.value))
}

fn amount(figure: &Figure, unit: Unit) -> String {
    let value = rounded(figure.value);
    match unit {
        Unit::Milliseconds | Unit::CardMilliseconds => format!("{value} ms"),
        Unit::Microseconds => format!("{value} µs, {:.0} commands", figure.commands),
        Unit::Kilobytes => format!("{value} KB"),
        Unit::Times => format!("{value} ×"),
    }
}

/// Three digits that mean something.
fn rounded(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        medium if medium >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn words(limits: &Limits, unit: Unit) -> String {
    let value_unit = if unit == Unit::Microseconds { "µs" } else { "ms" };
    let words = [
        limits.commands.map(|commands| format!("≤ {commands} commands")),
        limits.bytes.map(|bytes| format!("≤ {bytes:.0} bytes")),
        limits.value.map(|value| format!("≤ {value} {value_unit}")),
        limits.ratio.map(|ratio| format!("ratio ≤ {ratio:.2}")),
    ];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The outcome of a line as one word, for who follows the rounds.
pub fn brief(outcome: &Measurement, unit: Unit) -> String {
    match outcome {
        Err(failure) => format!("fails: {failure}"),
        Ok(figure) if unit == Unit::CardMilliseconds => costs(figure),
        Ok(figure) => amount(figure, unit),
    }
}
