//! `cns doctor`.

use crate::commands::doctor::{Area, Finding};

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingText {
    /// What was found: one or two sentences.
    pub what: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl FindingText {
    pub(crate) fn fact(what: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: None }
    }

    pub(crate) fn with_remedy(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: Some(remedy.into()) }
    }
}

/// Messages of `cns doctor`.
pub trait DoctorText {
    /// What the subcommand does: one line.
    fn doctor_about(&self) -> &'static str;
    /// What `--report` does.
    fn doctor_report_option(&self) -> &'static str;
    /// What `--module` does.
    fn doctor_module_option(&self) -> &'static str;
    /// Shown while it looks.
    fn examining(&self) -> &'static str;
    /// Over the findings of an area.
    fn area(&self, area: Area) -> &'static str;
    /// A finding.
    fn doctor_finding(&self, finding: &Finding) -> FindingText;
    /// In front of a remedy.
    fn remedy(&self) -> &'static str;
    /// The last line.
    fn doctor_summary(&self, problems: usize, warnings: usize) -> String;
    /// What is in the report, and what is not.
    fn about_the_support_report(&self) -> &'static str;
}
