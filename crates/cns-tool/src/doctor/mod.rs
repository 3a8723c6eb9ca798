//! What may keep a card from working, looked at one after the other.
//!
//! What this room is for: facts about the machine, the card and the programs, each with its verdict; the sentences and
//! remedies are in `text`. It must never send a PIN command, change anything, or take down whose card it is.

mod card;
mod finding;
mod module;
mod other_modules;
mod private;
mod readers;
mod registrations;
mod report;
mod usb;

pub use finding::{Area, Finding};
pub use module::{Loaded, load};
pub use report::report;

use time::OffsetDateTime;

use crate::machine::Machine;

/// What is to be examined, and with what.
pub struct Examination<'a> {
    /// The machine and its user.
    pub machine: &'a Machine,
    /// Readers and cards.
    pub transport: &'a dyn cns_card::Transport,
    /// What time it is.
    pub now: OffsetDateTime,
    /// The module that programs should use, as a path of the machine; `None` where none is installed.
    pub module: Option<String>,
}

/// Looks at everything, from the service to the browsers.
#[must_use]
pub fn examine(examination: &Examination<'_>) -> Vec<Finding> {
    let machine = examination.machine;
    let mut findings = readers::examine(machine, examination.transport);
    for reader in readers::occupied(examination.transport) {
        findings.extend(card::examine(examination, &reader));
    }
    findings.push(module::examine(machine, examination.module.as_deref()));
    findings.extend(registrations::examine(machine, examination.module.as_deref()));
    findings.extend(other_modules::examine(machine));
    findings
}
