//! What every command says: labels of errors, and why a card cannot be worked with.

use cns_card::{CardError, CertificateProblem};
use time::Date;

/// What, why, what next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureText {
    /// What happened.
    pub what: String,
    /// Why; empty when that is said.
    pub why: &'static str,
    /// What to do next; empty when there is nothing.
    pub next: &'static str,
}

/// Messages of every command.
pub trait CommonText {
    /// In front of an error.
    fn error(&self) -> &'static str;
    /// In front of its reason.
    fn why(&self) -> &'static str;
    /// In front of what to do about it.
    fn what_to_do(&self) -> &'static str;
    /// A day, as people write it.
    fn date(&self, day: Date) -> String;
    /// What is shown while the card is read.
    fn reading_card(&self) -> &'static str;
    /// A dialogue was to be held where there is no terminal.
    fn no_terminal(&self) -> FailureText;
    /// The terminal, or the standard input, failed.
    fn input_failed(&self) -> &'static str;
    /// Ctrl-C at a question; whatever is asked, no code has been sent yet.
    fn interrupted(&self) -> &'static str;
    /// The input of a script ended too early.
    fn script_ended(&self) -> &'static str;

    /// No PC/SC service.
    fn no_service(&self) -> FailureText;
    /// No reader is connected.
    fn no_reader(&self) -> FailureText;
    /// `--reader` names none of the readers, which are these.
    fn unknown_reader(&self, wanted: &str, readers: &str) -> FailureText;
    /// No reader has a card in it.
    fn no_card(&self) -> FailureText;
    /// Several readers have a card, and nobody said which: this is their list.
    fn several_cards(&self, readers: &str) -> FailureText;
    /// Above the list from which a person picks a reader.
    fn which_reader(&self) -> &'static str;
    /// Asks for the number of a reader, 1 to `last`.
    fn reader_number(&self, last: usize) -> String;
    /// What was typed is none of these numbers.
    fn no_such_number(&self, last: usize) -> String;
    /// A card that does not answer.
    fn mute_card(&self) -> FailureText;
    /// A card that is not for this program; `what` says which.
    fn unsupported_card(&self, what: &str) -> String;
    /// A CNS without certificate.
    fn no_certificate(&self, problem: Option<CertificateProblem>) -> String;
    /// Anything else that went wrong with a card.
    fn card_failed(&self, error: CardError) -> FailureText;
}
