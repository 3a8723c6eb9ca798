//! A program, the checks it must pass, and how a check is written.

use anyhow::{Result, ensure};

use crate::process::ProgramOutput;
use crate::report::StepOutcome;
use crate::testbed::{Testbed, card};

/// A program, where it comes from and what it must do.
#[derive(Debug)]
pub struct Client {
    pub name: &'static str,
    /// The Debian packages that tell its version.
    pub programs: &'static [&'static str],
    /// All Debian packages that its checks need.
    pub packages: &'static [&'static str],
    pub checks: fn() -> Vec<Check>,
}

impl Client {
    pub const fn new(
        name: &'static str,
        programs: &'static [&'static str],
        packages: &'static [&'static str],
        checks: fn() -> Vec<Check>,
    ) -> Self {
        Self { name, programs, packages, checks }
    }
}

/// One thing that one program must be able to do with one kind of card.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What its line begins with: the program, then what it does.
    pub name: &'static str,
    /// The kind of card in the reader.
    pub personality: &'static str,
    pub run: fn(&mut Testbed) -> Result<StepOutcome>,
}

impl Check {
    pub fn title(&self) -> String {
        format!("{} [{}]", self.name, self.personality)
    }
}

/// The same check for several kinds of card.
pub fn on_each(
    personalities: &[&'static str],
    name: &'static str,
    run: fn(&mut Testbed) -> Result<StepOutcome>,
) -> Vec<Check> {
    personalities.iter().map(|personality| Check { name, personality, run }).collect()
}

/// Passed, with one line on what was shown.
pub fn pass(what: impl Into<String>) -> Result<StepOutcome> {
    Ok(StepOutcome::Passed(what.into()))
}

/// What holders type by mistake: a PIN as long as theirs.
pub const WRONG_PIN: &str = "11111111";

/// A program that is given a wrong PIN fails, and that costs exactly one try.
pub fn wrong_pin(testbed: &Testbed, program: impl FnOnce(&str) -> Result<ProgramOutput>) -> Result<()> {
    let card = &testbed.card;
    let before = (card.verify_count(), card.pin_tries_left(), card.signature_count());
    let said = program(WRONG_PIN)?;
    let failed = said.status.is_some_and(|status| !status.success());
    ensure!(failed, "{}", said.report("took a wrong PIN, or did not end"));
    let after = (card.verify_count(), card.pin_tries_left(), card.signature_count());
    let expected = (before.0 + 1, before.1 - 1, before.2);
    ensure!(after == expected, "VERIFY, tries and signatures: {after:?}, not {expected:?}");
    Ok(())
}

/// The names of all supported kinds of card, families D to H included.
pub fn every_supported_card() -> Vec<&'static str> {
    card::supported()
}

/// Every kind of card, for checks that must hold on all.
pub fn every_card() -> Vec<&'static str> {
    card::personalities()
}
