//! What `cns setup --json` writes.

use serde::Serialize;

use super::messages;
use crate::console::Verdict;
use crate::programs::{Outcome, Program, SetupResult};
use crate::text::Language;

/// The result as JSON has it.
#[derive(Serialize)]
pub(super) struct SetupDocument<'a> {
    pub(super) scope: &'static str,
    pub(super) remove: bool,
    pub(super) dry_run: bool,
    pub(super) programs: Vec<ProgramReport<'a>>,
    pub(super) next: &'a [String],
}

/// What became of one file or program.
#[derive(Serialize)]
pub(super) struct ProgramReport<'a> {
    program: &'static dyn Program,
    path: Option<&'a str>,
    #[serde(flatten)]
    outcome: &'a Outcome,
    verdict: Verdict,
    /// The file as it was before.
    backup: Option<&'a str>,
    explanation: String,
}

impl<'a> ProgramReport<'a> {
    pub(super) fn of(result: &'a SetupResult, language: Language) -> Self {
        Self {
            program: result.program,
            path: Some(result.path.as_str()).filter(|path| !path.is_empty()),
            outcome: &result.outcome,
            verdict: result.outcome.verdict(),
            backup: match &result.outcome {
                Outcome::Registered(backup) => backup.as_deref(),
                _ => None,
            },
            explanation: messages::result(language, result),
        }
    }
}
