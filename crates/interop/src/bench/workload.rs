//! The workload: a small process that loads the module under test and takes steps with it (crate `pkcs11-workload`).
//!
//! Between two steps it waits, and the virtual card lies in this process: so what each step sent is the difference of
//! the card's own count.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use virtual_cns::Traffic;

use crate::cargo;
use crate::process::InteractiveProcess;
use crate::testbed::Testbed;

/// The name of the package and of its program.
pub const PROGRAM: &str = "pkcs11-workload";

/// A step that takes longer hangs: a module may read a slow card for a minute.
const LIMIT: Duration = Duration::from_secs(120);

/// Builds the workload as fast as it can be and answers where it is.
pub fn build() -> Result<PathBuf> {
    cargo::cargo(&["build", "--release", "--package", PROGRAM])?;
    path()
}

/// Where [`build`] puts it.
pub fn path() -> Result<PathBuf> {
    let path = cargo::target().join("release").join(PROGRAM);
    path.canonicalize().with_context(|| format!("the workload was not built: {}", path.display()))
}

/// What a step took, and what the workload told.
#[derive(Debug, Clone)]
pub struct Step {
    /// At the card.
    pub traffic: Traffic,
    pub answer: Value,
}

impl Step {
    /// A number the workload told.
    pub fn number(&self, name: &str) -> Result<f64> {
        self.answer[name].as_f64().with_context(|| format!("the workload tells no {name}: {}", self.answer))
    }

    /// A text the workload told.
    pub fn text(&self, name: &str) -> &str {
        self.answer[name].as_str().unwrap_or_default()
    }
}

/// What a module answered instead of doing its work, and what it took to say so.
#[derive(Debug, thiserror::Error)]
#[error("{code}")]
pub struct StepError {
    /// `CKR_…`
    pub code: String,
    pub step: Step,
}

/// A running workload.
pub struct Workload<'a> {
    dialogue: InteractiveProcess,
    testbed: &'a Testbed,
}

impl<'a> Workload<'a> {
    /// Starts the workload in the testbed's environment, with its module.
    pub fn start(program: &Path, testbed: &'a Testbed) -> Result<Self> {
        let mut command = testbed.client.command(program.to_str().context("the workload's path")?);
        command.arg(&testbed.client.module);
        Ok(Self { dialogue: InteractiveProcess::start(command)?, testbed })
    }

    /// Takes a step; [`StepError`] is the error when the module answers one.
    pub fn step(&mut self, step: &str) -> Result<Step> {
        let before = self.testbed.card.traffic();
        self.dialogue.send(step)?;
        // Libraries may write to standard error: what counts is one line of JSON.
        let line = loop {
            let said = self.dialogue.expect("\n", LIMIT).with_context(|| format!("at the step {step:?}"))?;
            if said.starts_with('{') {
                break said;
            }
        };
        let traffic = self.testbed.card.traffic() - before;
        let answer: Value = serde_json::from_str(&line)?;
        match answer["error"].as_str().map(str::to_owned) {
            Some(code) => bail!(StepError { code, step: Step { traffic, answer } }),
            None => Ok(Step { traffic, answer }),
        }
    }

    /// Ends the workload as a program ends.
    pub fn end(self) -> Result<()> {
        self.dialogue.finish(LIMIT)?.succeed()?;
        Ok(())
    }
}
