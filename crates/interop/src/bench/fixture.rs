//! Where contenders play: a pcscd, a reader, a card at its pace. Every contender gets the same ones, one after the
//! other, and each time a desk where nobody has sat before.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::contender::Contender;
use super::player::{Player, Refused, Step};
use super::results::{Figure, Outcome};
use super::scenario::{Pace, Scenario};
use crate::testbed::Stack;
use crate::testbed::card::InsertedCard;
use crate::testbed::pcscd::Reader;

/// The length of the certificates: a common one, and the one that the figures of other modules were taken with.
pub const CERTIFICATE: usize = 1885;

/// A reader with a card, and who sits before it now.
#[derive(Debug)]
pub struct Bed<'a> {
    pub stack: &'a mut Stack,
    pub pace: Pace,
    /// In the second reader, where a scenario has two.
    second: Option<InsertedCard>,
    program: PathBuf,
    folder: PathBuf,
    guests: usize,
}

impl<'a> Bed<'a> {
    /// Over a stack whose card keeps this pace from now on; desks are made in `folder`, and `program` is the player.
    pub fn new(stack: &'a mut Stack, folder: PathBuf, program: PathBuf, pace: Pace) -> Self {
        stack.card.set_latency(pace.latency());
        Self { stack, pace, second: None, program, folder, guests: 0 }
    }

    /// Puts another card of this kind into the second reader, unless it is there.
    pub fn second_card(&mut self, card: &str) -> Result<()> {
        if self.second.is_none() {
            let mut card = InsertedCard::with_certificate_length(card, CERTIFICATE)?;
            card.set_latency(self.pace.latency());
            card.insert(&self.stack.pcscd, Reader::Second)?;
            self.second = Some(card);
        }
        Ok(())
    }

    /// Takes the card out, unless it is out.
    pub fn no_card(&mut self) -> Result<()> {
        if self.stack.card.is_inserted() {
            self.stack.card.remove(&self.stack.pcscd)?;
        }
        Ok(())
    }

    /// The contender's turn: a home, a cache, a runtime directory without a trace of anybody.
    pub fn receive(&mut self, contender: &Contender) -> Result<()> {
        self.guests += 1;
        self.stack.sit_elsewhere(&self.folder.join(format!("guest-{}", self.guests)))?;
        contender.sit_down(&mut self.stack.desk);
        Ok(())
    }

    /// A new process with the contender's module in it.
    pub fn process(&self) -> Result<Player<'_>> {
        let mut player = Player::start(&self.program, self.stack)?;
        player.step("load").context("the module cannot be loaded")?;
        Ok(player)
    }
}

/// What one contender showed, scenario by scenario. Once it has failed, what builds on that fails with the same word.
#[derive(Debug, Default)]
pub struct Showing {
    pub outcomes: Vec<(Scenario, Outcome)>,
    failure: Option<String>,
}

impl Showing {
    /// Takes steps one after the other; together, with the figure that `value` makes of each, they are the scenario.
    pub fn take(
        &mut self,
        scenario: Scenario,
        player: &mut Player<'_>,
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
                let step = player.step(step)?;
                Ok(Figure::of(&step, value(&step)?))
            })
            .collect();
        let outcome = match figures {
            Ok(figures) => Ok(figures.into_iter().reduce(Figure::plus).context("a scenario has steps")?),
            Err(error) => Err(error.downcast::<Refused>()?.code),
        };
        self.failure = outcome.as_ref().err().cloned();
        self.outcomes.push((scenario, outcome));
        Ok(())
    }

    /// A step that is no scenario of its own, but must have gone well for what follows.
    pub fn prepare(&mut self, player: &mut Player<'_>, step: &str) -> Result<()> {
        if self.failure.is_none()
            && let Err(error) = player.step(step)
        {
            self.failure = Some(error.downcast::<Refused>()?.code);
        }
        Ok(())
    }
}

/// The wall time of a step.
pub fn milliseconds(step: &Step) -> Result<f64> {
    step.number("ms")
}
