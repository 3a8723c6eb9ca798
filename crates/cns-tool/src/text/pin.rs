//! `cns pin`.

use cns_card::{PinPolicy, Retries};
pub use cns_token::Secret;

use super::FailureText;

/// Why a PIN is easy to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// The same digit all over.
    AllEqual,
    /// Digits that follow each other, up or down.
    Sequence,
    /// The holder's birth date, in whatever form.
    BirthDate,
}

/// Messages of `cns pin`.
pub trait PinText {
    /// What `cns pin` does.
    fn pin_about(&self) -> &'static str;
    /// What `cns pin verify` does.
    fn verify_about(&self) -> &'static str;
    /// What `cns pin change` does.
    fn change_about(&self) -> &'static str;
    /// What `cns pin unblock` does.
    fn unblock_about(&self) -> &'static str;
    /// What `--pin-stdin` does.
    fn pin_stdin_option(&self) -> &'static str;
    /// What `--last-try` does.
    fn last_try_option(&self) -> &'static str;
    /// How the two halves of a PIN or PUK go together.
    fn two_halves(&self) -> &'static str;
    /// Two halves, and what a new PIN may be.
    fn about_new_pins(&self) -> &'static str;

    /// Which card the dialogue is about.
    fn card_in_hand(&self, reader: &str, holder: Option<&str>) -> String;
    /// How many tries are left before anything is typed.
    fn tries_before(&self, secret: Secret, tries: Retries) -> String;
    /// How many there are afterwards.
    fn tries_after(&self, secret: Secret, tries: Retries) -> String;
    /// Asks for a PIN or PUK that exists.
    fn ask(&self, secret: Secret, policy: PinPolicy) -> String;
    /// Asks for a PIN that is to be changed.
    fn ask_current(&self, secret: Secret, policy: PinPolicy) -> String;
    /// Asks for a new PIN.
    fn ask_new(&self, secret: Secret, policy: PinPolicy) -> String;
    /// Asks for the new PIN once more.
    fn ask_again(&self, secret: Secret) -> String;
    /// What was typed cannot be one.
    fn not_this_form(&self, secret: Secret, policy: PinPolicy) -> String;
    /// What a new PIN must not be; said before it is asked for.
    fn rules_of_new_pins(&self) -> &'static str;
    /// The new PIN is the old one.
    fn same_as_before(&self) -> &'static str;
    /// The new PIN is easy to guess.
    fn weak(&self, weakness: Weakness) -> &'static str;
    /// The new PIN was typed in two ways.
    fn typed_differently(&self) -> &'static str;
    /// Nothing reached the card.
    fn nothing_sent(&self) -> &'static str;
    /// What the last try means.
    fn last_try_warning(&self, secret: Secret) -> String;
    /// What it means that nobody knows the tries of a PUK.
    fn unknown_tries_warning(&self, secret: Secret) -> String;
    /// Asks for a yes.
    fn go_on(&self) -> &'static str;
    /// Is this a yes?
    fn means_yes(&self, answer: &str) -> bool;
    /// A script came to the last try without having said that it may be used.
    fn script_at_last_try(&self, secret: Secret) -> FailureText;
    /// The PIN is to be typed at the reader's own keypad.
    fn type_at_the_reader(&self) -> &'static str;
    /// Nobody typed there, or what was typed cannot be a PIN.
    fn not_entered(&self) -> &'static str;
    /// What is shown while the card works.
    fn asking_card(&self) -> &'static str;

    /// The PIN is right.
    fn pin_is_right(&self) -> &'static str;
    /// The PIN is changed.
    fn pin_is_changed(&self) -> &'static str;
    /// The PIN is unblocked and new.
    fn pin_is_unblocked(&self) -> &'static str;
    /// It was wrong.
    fn wrong(&self, secret: Secret, left: Retries) -> FailureText;
    /// It is locked.
    fn locked(&self, secret: Secret) -> FailureText;
    /// The PIN is not activated.
    fn not_activated(&self) -> FailureText;
    /// The PIN that was just typed stays verified on the card, because it could not be reset.
    fn pin_stays_verified(&self) -> &'static str;
    /// No try was used up, because no PIN command was sent.
    fn no_try_used(&self) -> &'static str;
}
