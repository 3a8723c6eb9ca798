//! Failures of many cases as few lines: what is wrong, in which scenario and at which function is one row; errors, reaches
//! and cards are gathered in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::disturbance::Reach;

/// What begins the line of a failure, from the process that plays a card to the one that gathers.
const FAILURE: &str = "failure\t";
/// Errors that are named in a row.
const NAMED: usize = 5;

/// A failed case.
pub(crate) struct Failure<'a> {
    pub(crate) complaint: &'a str,
    pub(crate) scenario: String,
    pub(crate) function: String,
    pub(crate) when: String,
    pub(crate) reach: String,
    pub(crate) error: String,
}

impl Failure<'_> {
    pub(crate) fn line(&self) -> String {
        let Self { complaint, scenario, function, when, reach, error } = self;
        format!("{FAILURE}{complaint}\t{scenario}\t{function}\t{when}\t{reach}\t{error}")
    }
}

#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<[String; 3], Row>,
    failures: usize,
}

#[derive(Default)]
struct Row {
    cases: usize,
    reaches: BTreeMap<String, BTreeSet<String>>,
    errors: BTreeSet<String>,
    cards: BTreeSet<String>,
}

impl Table {
    /// Takes in what one card's process said.
    pub(crate) fn add(&mut self, card: &str, said: &str) {
        for failure in said.lines().filter_map(|line| line.strip_prefix(FAILURE)) {
            let fields: Vec<&str> = failure.split('\t').collect();
            let [complaint, scenario, function, when, reach, error] = fields[..] else { panic!("{failure}") };
            let row = self.rows.entry([complaint, scenario, function].map(str::to_owned)).or_default();
            row.cases += 1;
            row.reaches.entry(when.to_owned()).or_default().insert(reach.to_owned());
            row.errors.insert(error.to_owned());
            row.cards.insert(card.to_owned());
            self.failures += 1;
        }
    }

    pub(crate) fn failures(&self) -> usize {
        self.failures
    }

    /// The rows, below what is wrong in them.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut last = "";
        for ([complaint, scenario, function], row) in &self.rows {
            if complaint != last {
                text += &format!("{complaint}\n");
                last = complaint;
            }
            text += &format!(
                "  {:5} × {scenario} | {function} | {} | {} | {}\n",
                row.cases,
                reached(&row.reaches),
                joined(&row.errors, NAMED),
                joined(&row.cards, usize::MAX)
            );
        }
        text
    }
}

fn reached(reaches: &BTreeMap<String, BTreeSet<String>>) -> String {
    let all = Reach::all().count();
    let each = reaches.iter().map(|(when, reaches)| match reaches.len() == all {
        true => format!("{when}: any"),
        false => format!("{when}: {}", joined(reaches, usize::MAX)),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn joined(words: &BTreeSet<String>, named: usize) -> String {
    let first: Vec<&str> = words.iter().take(named).map(String::as_str).collect();
    let more = words.len().saturating_sub(named);
    if more > 0 { format!("{} and {more} more", first.join(" ")) } else { first.join(" ") }
}
