//! A finding as text.

/// A finding in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindingText {
    /// What was found: one or two sentences.
    pub(crate) what: String,
    /// What to do about it.
    pub(crate) remedy: Option<String>,
}

impl FindingText {
    pub(crate) fn fact(what: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: None }
    }

    pub(crate) fn with_remedy(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: Some(remedy.into()) }
    }
}
