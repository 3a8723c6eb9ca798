//! One line per step, and the closing lines.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::Result;

/// How a step that did not fail ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// It passed, and this is what it showed (may be empty).
    Passed(String),
    /// It could not run here, for this reason. Never counted as passed.
    Skipped(String),
}

/// A step that passed and has nothing to show.
impl From<()> for StepOutcome {
    fn from((): ()) -> Self {
        Self::Passed(String::new())
    }
}

/// Counts and times steps.
#[derive(Debug, Default)]
pub struct Report {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Report {
    /// Runs a step that says much itself: its name comes first, its verdict after all its output.
    pub fn step<O: Into<StepOutcome>>(&mut self, name: &str, step: impl FnOnce() -> Result<O>) {
        println!("==> {name}");
        let start = Instant::now();
        let outcome = step().map(Into::into);
        self.line(name, start.elapsed(), outcome);
    }

    /// Prints the one line of a step that is over.
    pub fn line(&mut self, name: &str, duration: Duration, outcome: Result<StepOutcome>) {
        let duration = seconds(duration);
        match outcome {
            Ok(StepOutcome::Passed(shown)) => {
                self.passed += 1;
                let shown = if shown.is_empty() { shown } else { format!(": {shown}") };
                println!("{} {name} ({duration}){shown}", paint("ok     ", "32"));
            }
            Ok(StepOutcome::Skipped(reason)) => {
                println!("{}: {name}: {reason}", paint("skipped", "33"));
                self.skipped.push(name.to_owned());
            }
            Err(error) => {
                println!("{} {name} ({duration})\n{error:#}\n", paint("FAILED ", "31"));
                self.failed.push(name.to_owned());
            }
        }
        let _ = io::stdout().flush();
    }

    /// Names what failed or was skipped, then the counts on a line of their own, which other programs read.
    pub fn close(&self, what: &str) -> u8 {
        println!();
        for name in &self.skipped {
            println!("skipped: {name}");
        }
        for name in &self.failed {
            println!("failed: {name}");
        }
        println!(
            "{what}: {} passed, {} failed, {} skipped",
            self.passed,
            self.failed.len(),
            self.skipped.len()
        );
        u8::from(!self.failed.is_empty())
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Colours a word on a terminal, and only there.
fn paint(word: &str, colour: &str) -> String {
    if io::stdout().is_terminal() { format!("\x1b[{colour}m{word}\x1b[0m") } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn only_a_failure_fails() {
        let mut report = Report::default();
        report.step("passing", || Ok(()));
        report.step("skipping", || Ok(StepOutcome::Skipped("not here".into())));
        assert_eq!(report.close("tests"), 0);
        report.step("failing", || -> Result<()> { bail!("oh") });
        assert_eq!(report.close("tests"), 1);
        assert_eq!((report.passed, report.failed.len(), report.skipped.len()), (1, 1, 1));
    }
}
