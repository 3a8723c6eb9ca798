//! Checks everything that may keep a card from working: service, readers, card, module, programs.
//!
//! The result is facts with a verdict; their sentences are in `messages`. It sends no PIN command, changes nothing, and
//! records nothing about the card's holder.

use time::OffsetDateTime;

use super::finding::Finding;
use super::{card, module, other_modules, readers, registrations};
use crate::host::Host;

/// What is to be examined, and with what.
pub struct Examination<'a> {
    /// The computer and its user.
    pub host: &'a Host,
    /// Readers and cards.
    pub transport: &'a dyn cns_card::Transport,
    /// What time it is.
    pub now: OffsetDateTime,
    /// The module that programs should use, as a path of the computer; `None` where none is installed.
    pub module: Option<String>,
}

/// Looks at everything, from the service to the browsers.
#[must_use]
pub fn examine(examination: &Examination<'_>) -> Vec<Finding> {
    let host = examination.host;
    let mut findings = readers::examine(host, examination.transport);
    for reader in readers::occupied(examination.transport) {
        findings.extend(card::examine(examination, &reader));
    }
    findings.push(module::examine(host, examination.module.as_deref()));
    findings.extend(registrations::examine(host, examination.module.as_deref()));
    findings.extend(other_modules::examine(host));
    findings
}
