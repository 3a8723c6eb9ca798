//! What each module under test runs on: a pcscd, a reader, a card at its pace. Every module gets the same ones, one after
//! the other, and each time a new client environment.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::module_under_test::ModuleUnderTest;
use super::results::{Figure, Measurement};
use super::scenario::{Pace, Scenario};
use super::workload::{Step, StepError, Workload};
use crate::testbed::Testbed;
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;

/// The length of the certificates: a common one, and the one that the figures of other modules were taken with.
pub const CERTIFICATE: usize = 1885;

/// A reader with a card, and the environment of the module under test.
#[derive(Debug)]
pub struct Fixture<'a> {
    pub testbed: &'a mut Testbed,
    pub pace: Pace,
    /// In the second reader, where a scenario has two.
    second: Option<InsertedCard>,
    program: PathBuf,
    folder: PathBuf,
    environments: usize,
}

impl<'a> Fixture<'a> {
    /// Over a testbed whose card keeps this pace from now on; environments are made in `folder`, and `program` is the workload.
    pub fn new(testbed: &'a mut Testbed, folder: PathBuf, program: PathBuf, pace: Pace) -> Self {
        testbed.card.set_latency(pace.latency());
        Self { testbed, pace, second: None, program, folder, environments: 0 }
    }

    /// Puts another card of this kind into the second reader, unless it is there.
    pub fn second_card(&mut self, card: &str) -> Result<()> {
        if self.second.is_none() {
            let mut card = InsertedCard::with_certificate_length(card, CERTIFICATE)?;
            card.set_latency(self.pace.latency());
            card.insert(&self.testbed.pcscd, Reader::Second)?;
            self.second = Some(card);
        }
        Ok(())
    }

    /// Takes the card out, unless it is out.
    pub fn remove_card(&mut self) -> Result<()> {
        if self.testbed.card.is_inserted() {
            self.testbed.card.remove(&self.testbed.pcscd)?;
        }
        Ok(())
    }

    /// The module's turn: a home, a cache, a runtime directory without a trace of anybody.
    pub fn set_up(&mut self, module: &ModuleUnderTest) -> Result<()> {
        self.environments += 1;
        self.testbed.replace_environment(&self.folder.join(format!("environment-{}", self.environments)))?;
        module.configure(&mut self.testbed.client);
        Ok(())
    }

    /// A new process with the module's module in it.
    pub fn process(&self) -> Result<Workload<'_>> {
        let mut workload = Workload::start(&self.program, self.testbed)?;
        workload.step("load").context("the module cannot be loaded")?;
        Ok(workload)
    }
}

/// What one module showed, scenario by scenario. Once it has failed, what builds on that fails with the same word.
#[derive(Debug, Default)]
pub struct ScenarioRun {
    pub outcomes: Vec<(Scenario, Measurement)>,
    failure: Option<String>,
}

impl ScenarioRun {
    /// Takes steps one after the other; together, with the figure that `value` makes of each, they are the scenario.
    pub fn take(
        &mut self,
        scenario: Scenario,
        workload: &mut Workload<'_>,
        steps: &[&str],
        value: impl Fn(&Step) -> Result<f64>,
    ) -> Result<()> {
        if let Some(failure) = &self.failure {
            self.outcomes.push((scenario, Err(failure.clone())));
            return Ok(());
        }
        let figures: Result<Vec<Figure>> = steps
            .iter()
            .map(|step| {
                let step = workload.step(step)?;
                Ok(Figure::of(&step, value(&step)?))
            })
            .collect();
        let outcome = match figures {
            Ok(figures) => Ok(figures.into_iter().reduce(Figure::plus).context("a scenario has steps")?),
            Err(error) => Err(error.downcast::<StepError>()?.code),
        };
        self.failure = outcome.as_ref().err().cloned();
        self.outcomes.push((scenario, outcome));
        Ok(())
    }

    /// A step that is no scenario of its own, but must have gone well for what follows.
    pub fn prepare(&mut self, workload: &mut Workload<'_>, step: &str) -> Result<()> {
        if self.failure.is_none() {
            if let Err(error) = workload.step(step) {
                self.failure = Some(error.downcast::<StepError>()?.code);
            }
        }
        Ok(())
    }
}

/// The wall time of a step.
pub fn milliseconds(step: &Step) -> Result<f64> {
    step.number("ms")
}
