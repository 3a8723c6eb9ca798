//! `cns pin`.

use cns_card::{PinPolicy, Retries};

use crate::text::{English, FailureText, PinText, Secret, Weakness};

fn name(secret: Secret) -> &'static str {
    match secret {
        Secret::Pin => "PIN",
        Secret::Puk => "PUK",
    }
}

fn length(secret: Secret, policy: PinPolicy) -> String {
    match secret.is_puk() {
        true => format!("{} digits", policy.puk_length),
        false => format!("{} to {} digits", policy.min_length, policy.max_length),
    }
}

impl PinText for English {
    fn pin_about(&self) -> &'static str {
        "Check, change or unblock the PIN"
    }

    fn verify_about(&self) -> &'static str {
        "Check whether the PIN is right (a wrong PIN costs a try)"
    }

    fn change_about(&self) -> &'static str {
        "Change the PIN: asks for the present one, and twice for the new one"
    }

    fn unblock_about(&self) -> &'static str {
        "Unblock the PIN with the PUK: asks for the PUK, and twice for the new PIN"
    }

    fn pin_stdin_option(&self) -> &'static str {
        "For scripts: reads one code a line from the input, in the order of asking; the new PIN once only"
    }

    fn last_try_option(&self) -> &'static str {
        "For scripts: uses even the last try, after which the code is locked"
    }

    fn two_halves(&self) -> &'static str {
        "The PIN has two halves: one is printed on the counter's form, the other comes by e-mail or SMS. Type them one \
         after the other, without a blank. The same goes for the PUK. While you type, the screen shows nothing."
    }

    fn about_new_pins(&self) -> &'static str {
        "The PIN has two halves: one is printed on the counter's form, the other comes by e-mail or SMS. Type them one \
         after the other, without a blank. The same goes for the PUK. While you type, the screen shows nothing.\n\n\
         The new PIN has 5 to 8 digits. They cannot be all the same or in sequence, nor be the date of birth."
    }

    fn card_in_hand(&self, reader: &str, holder: Option<&str>) -> String {
        match holder {
            Some(holder) => format!("Card of {holder}, in the reader {reader}."),
            None => format!("Card in the reader {reader}."),
        }
    }

    fn tries_before(&self, secret: Secret, tries: Retries) -> String {
        match tries {
            Retries::Left(left) => format!("Tries left for the {}: {left}.", name(secret)),
            Retries::Blocked => format!("Tries left for the {}: none.", name(secret)),
            Retries::Unknown => format!(
                "This card does not tell how many tries are left for the {}: usually there are three, then it is \
                 locked.",
                name(secret)
            ),
        }
    }

    fn tries_after(&self, secret: Secret, tries: Retries) -> String {
        match tries {
            Retries::Left(left) => format!("Tries for the {} now: {left}.", name(secret)),
            Retries::Blocked | Retries::Unknown => self.tries_before(secret, tries),
        }
    }

    fn ask(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("{} ({}): ", name(secret), length(secret, policy))
    }

    fn ask_current(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("Present {} ({}): ", name(secret), length(secret, policy))
    }

    fn ask_new(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("New {} ({}): ", name(secret), length(secret, policy))
    }

    fn ask_again(&self, secret: Secret) -> String {
        format!("The new {} again: ", name(secret))
    }

    fn not_this_form(&self, secret: Secret, policy: PinPolicy) -> String {
        let (name, length) = (name(secret), length(secret, policy));
        format!("That cannot be the {name}: it must have {length}, without blanks and letters.")
    }

    fn rules_of_new_pins(&self) -> &'static str {
        "Choose a PIN whose digits are not all the same or in sequence, that is not your date of birth and not the PIN you \
         had before."
    }

    fn same_as_before(&self) -> &'static str {
        "The new PIN is the same as the present one."
    }

    fn weak(&self, weakness: Weakness) -> &'static str {
        match weakness {
            Weakness::AllEqual => "The new PIN is too easy: its digits are all the same.",
            Weakness::Sequence => "The new PIN is too easy: its digits are in sequence.",
            Weakness::BirthDate => "The new PIN is too easy: it is the date of birth that the card tells.",
        }
    }

    fn typed_differently(&self) -> &'static str {
        "The new PIN was not the same both times."
    }

    fn nothing_sent(&self) -> &'static str {
        "Nothing was sent to the card."
    }

    fn last_try_warning(&self, secret: Secret) -> String {
        match secret.is_puk() {
            false => format!(
                "This is the last try: if it is wrong, the {} is locked. Only the PUK unlocks it.",
                name(secret)
            ),
            true => format!(
                "This is the last try: if it is wrong, the {} is locked for ever and the card must be replaced.",
                name(secret)
            ),
        }
    }

    fn unknown_tries_warning(&self, secret: Secret) -> String {
        format!(
            "Nobody knows how many tries are left for the {}: if this is the last and it is wrong, the card must be \
             replaced.",
            name(secret)
        )
    }

    fn go_on(&self) -> &'static str {
        "Go on? Type \"yes\" to go on: "
    }

    fn means_yes(&self, answer: &str) -> bool {
        ["yes", "y"].contains(&answer.trim().to_lowercase().as_str())
    }

    fn script_at_last_try(&self, secret: Secret) -> FailureText {
        FailureText {
            what: format!("One try is left for the {}: nothing was sent to the card.", name(secret)),
            why: "A script does not use the last try unless it is told to.",
            next: "Run the command in a terminal, or add --last-try.",
        }
    }

    fn type_at_the_reader(&self) -> &'static str {
        "The reader has a keypad: type the PIN there, as its screen or its lights say."
    }

    fn not_entered(&self) -> &'static str {
        "No PIN was typed at the reader's keypad: nothing was sent to the card and no try was used up."
    }

    fn asking_card(&self) -> &'static str {
        "The card is working…"
    }

    fn pin_is_right(&self) -> &'static str {
        "The PIN is right."
    }

    fn pin_is_changed(&self) -> &'static str {
        "The PIN is changed: from now on the new one counts."
    }

    fn pin_is_unblocked(&self) -> &'static str {
        "The PIN is unblocked: from now on the new one counts."
    }

    fn wrong(&self, secret: Secret, left: Retries) -> FailureText {
        let next = match secret.is_puk() {
            false => {
                "Try again at leisure: the PIN has two halves, one on the counter's form and one by e-mail or SMS, to be \
                 typed one after the other. If it is forgotten, there is \"cns pin unblock\" with the PUK."
            }
            true => {
                "Look up the PUK on the counter's forms before the next try: the PUK too has two halves, to be typed one \
                 after the other."
            }
        };
        FailureText {
            what: format!("Wrong {}. {}", name(secret), self.tries_before(secret, left)),
            why: "",
            next,
        }
    }

    fn locked(&self, secret: Secret) -> FailureText {
        let (what, next) = match secret {
            Secret::Pin => (
                "The PIN is locked: it was wrong too many times.",
                "Unlock it with the PUK: \"cns pin unblock\". Without the PUK, go to the counter with the card and an \
                 identity document.",
            ),
            Secret::Puk => (
                "The PUK is locked: this card cannot be unblocked any more.",
                "Go to the counter with the card and an identity document and ask for a new one.",
            ),
        };
        FailureText { what: what.into(), why: "", next }
    }

    fn not_activated(&self) -> FailureText {
        FailureText {
            what: "The card does not take the PIN because it is not activated.".into(),
            why: "A health card comes by post with its CNS function not activated yet.",
            next: "Have it activated with an identity document: a health card at an authorised counter of the Region (ASL or \
                   another), any other card by whoever issued it. \"cns guide activate\" explains how.",
        }
    }

    fn pin_stays_verified(&self) -> &'static str {
        "Another program is using the card, so it stays open with the PIN that you just typed. When you have finished, take \
         it out of the reader."
    }

    fn no_try_used(&self) -> &'static str {
        "No try was used up."
    }
}
