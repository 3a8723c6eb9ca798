//! What `cns pin` says.

use cns_card::{PinPolicy, Retries};
use cns_token::Secret;

use super::weak_pin::Weakness;
use crate::exit::FailureText;
use crate::text::{Language, Message};

fn name(secret: Secret) -> &'static str {
    if secret.is_puk() { "PUK" } else { "PIN" }
}

fn length(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let PinPolicy { min_length: least, max_length: most, puk_length, .. } = policy;
    match secret {
        Secret::Puk => language.pick(format!("{puk_length} cifre"), format!("{puk_length} digits")),
        Secret::Pin => {
            language.pick(format!("da {least} a {most} cifre"), format!("{least} to {most} digits"))
        }
    }
}

/// Which card is asked about.
pub(crate) fn which_card(language: Language, reader: &str, holder: Option<&str>) -> String {
    match holder {
        Some(holder) => language.pick(
            format!("Tessera di {holder}, nel lettore {reader}."),
            format!("Card of {holder}, in the reader {reader}."),
        ),
        None => {
            language.pick(format!("Tessera nel lettore {reader}."), format!("Card in the reader {reader}."))
        }
    }
}

/// How many tries are left before anything is typed.
pub(crate) fn tries_before(language: Language, secret: Secret, tries: Retries) -> String {
    let name = name(secret);
    match tries {
        Retries::Left(left) => language.pick(
            format!("Tentativi rimasti per il {name}: {left}."),
            format!("Tries left for the {name}: {left}."),
        ),
        Retries::Blocked => language.pick(
            format!("Tentativi rimasti per il {name}: nessuno."),
            format!("Tries left for the {name}: none."),
        ),
        Retries::Unknown => language.pick(
            format!(
                "Questa tessera non dice quanti tentativi restano per il {name}: di solito sono tre, poi si \
                 blocca."
            ),
            format!(
                "This card does not tell how many tries are left for the {name}: usually there are three, \
                 then it is locked."
            ),
        ),
    }
}

/// How many there are afterwards.
pub(crate) fn tries_after(language: Language, secret: Secret, tries: Retries) -> String {
    let name = name(secret);
    match tries {
        Retries::Left(left) => language.pick(
            format!("Tentativi per il {name}, adesso: {left}."),
            format!("Tries for the {name} now: {left}."),
        ),
        Retries::Blocked | Retries::Unknown => tries_before(language, secret, tries),
    }
}

/// Asks for a PIN or PUK that exists.
pub(crate) fn ask_secret(language: Language, secret: Secret, policy: PinPolicy) -> String {
    format!("{} ({}): ", name(secret), length(language, secret, policy))
}

/// Asks for a PIN that is to be changed.
pub(crate) fn ask_current(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let (name, length) = (name(secret), length(language, secret, policy));
    language.pick(format!("{name} attuale ({length}): "), format!("Present {name} ({length}): "))
}

/// Asks for a new PIN.
pub(crate) fn ask_new(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let (name, length) = (name(secret), length(language, secret, policy));
    language.pick(format!("{name} nuovo ({length}): "), format!("New {name} ({length}): "))
}

/// Asks for the new PIN once more.
pub(crate) fn ask_again(language: Language, secret: Secret) -> String {
    let name = name(secret);
    language.pick(format!("Ancora il {name} nuovo: "), format!("The new {name} again: "))
}

/// What was typed cannot be one.
pub(crate) fn not_this_form(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let (name, length) = (name(secret), length(language, secret, policy));
    language.pick(
        format!("Così non può essere il {name}: deve avere {length}, senza spazi né lettere."),
        format!("That cannot be the {name}: it must have {length}, without blanks and letters."),
    )
}

pub(crate) const RULES_OF_NEW_PINS: Message = Message::new(
    "Scegli un PIN che non sia fatto di cifre tutte uguali o in fila, che non sia la tua data di nascita e \
     che non sia quello di prima.",
    "Choose a PIN whose digits are not all the same or in sequence, that is not your date of birth and not \
     the PIN you had before.",
);
pub(crate) const SAME_AS_BEFORE: Message =
    Message::new("Il PIN nuovo è uguale a quello attuale.", "The new PIN is the same as the present one.");

/// The new PIN is easy to guess.
pub(crate) fn weakness(language: Language, weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::AllEqual => language.pick(
            "Il PIN nuovo è troppo facile: le cifre sono tutte uguali.",
            "The new PIN is too easy: its digits are all the same.",
        ),
        Weakness::Sequence => language.pick(
            "Il PIN nuovo è troppo facile: le cifre sono in fila.",
            "The new PIN is too easy: its digits are in sequence.",
        ),
        Weakness::BirthDate => language.pick(
            "Il PIN nuovo è troppo facile: è la data di nascita scritta nella tessera.",
            "The new PIN is too easy: it is the date of birth that the card tells.",
        ),
    }
}

pub(crate) const TYPED_DIFFERENTLY: Message =
    Message::new("Le due volte il PIN nuovo non era lo stesso.", "The new PIN was not the same both times.");
/// What the last try means.
pub(crate) fn last_try_warning(language: Language, secret: Secret) -> &'static str {
    match secret {
        Secret::Pin => language.pick(
            "Questo è l'ultimo tentativo: se sbagli, il PIN si blocca. Si sblocca solo con il PUK.",
            "This is the last try: if it is wrong, the PIN is locked. Only the PUK unlocks it.",
        ),
        Secret::Puk => language.pick(
            "Questo è l'ultimo tentativo: se sbagli, il PUK si blocca per sempre e la tessera va sostituita.",
            "This is the last try: if it is wrong, the PUK is locked for ever and the card must be replaced.",
        ),
    }
}

/// What it means that the tries of a PUK are unknown.
pub(crate) fn unknown_tries_warning(language: Language, secret: Secret) -> String {
    let name = name(secret);
    language.pick(
        format!(
            "Non si sa quanti tentativi restano per il {name}: se questo è l'ultimo e sbagli, la tessera va \
             sostituita."
        ),
        format!(
            "Nobody knows how many tries are left for the {name}: if this is the last and it is wrong, the \
             card must be replaced."
        ),
    )
}

pub(crate) const GO_ON: Message =
    Message::new("Continuare? Scrivi «sì» per continuare: ", "Go on? Type \"yes\" to go on: ");

/// Is this a yes?
pub(crate) fn means_yes(language: Language, answer: &str) -> bool {
    language
        .pick(["sì", "si", "s"].as_slice(), &["yes", "y"])
        .contains(&answer.trim().to_lowercase().as_str())
}

/// A script came to the last try without having said that it may be used.
pub(crate) fn script_at_last_try(language: Language, secret: Secret) -> FailureText {
    let name = name(secret);
    FailureText::new(
        language.pick(
            format!("Per il {name} resta un solo tentativo: alla tessera non è stato inviato nulla."),
            format!("One try is left for the {name}: nothing was sent to the card."),
        ),
        language.pick(
            "Uno script non usa l'ultimo tentativo se non gli viene detto.",
            "A script does not use the last try unless it is told to.",
        ),
        language.pick(
            "Eseguire il comando in un terminale, oppure aggiungere --last-try.",
            "Run the command in a terminal, or add --last-try.",
        ),
    )
}

pub(crate) const TYPE_AT_THE_READER: Message = Message::new(
    "Il lettore ha una tastiera: il PIN si scrive lì, seguendo il suo schermo o le sue luci.",
    "The reader has a keypad: type the PIN there, as its screen or its lights say.",
);
pub(crate) const NOT_ENTERED: Message = Message::new(
    "Sulla tastiera del lettore non è stato scritto un PIN: alla tessera non è stato inviato nulla e nessun \
     tentativo è stato consumato.",
    "No PIN was typed at the reader's keypad: nothing was sent to the card and no try was used up.",
);
pub(crate) const NOT_ENTERED_LATER: Message = Message::new(
    "Sulla tastiera del lettore non è stato scritto un PIN: alla tessera non è stato inviato altro.",
    "No PIN was typed at the reader's keypad: nothing more was sent to the card.",
);
pub(crate) const PIN_IS_RIGHT: Message = Message::new("Il PIN è giusto.", "The PIN is right.");
pub(crate) const PIN_IS_CHANGED: Message = Message::new(
    "Il PIN è cambiato: da ora vale quello nuovo.",
    "The PIN is changed: from now on the new one counts.",
);
pub(crate) const PIN_IS_UNBLOCKED: Message = Message::new(
    "Il PIN è sbloccato: da ora vale quello nuovo.",
    "The PIN is unblocked: from now on the new one counts.",
);

/// It was wrong.
pub(crate) fn wrong_secret(language: Language, secret: Secret, left: Retries) -> FailureText {
    let (name, tries) = (name(secret), tries_before(language, secret, left));
    let next = match secret {
        Secret::Pin => language.pick(
            "Riprovare con calma: il PIN ha due metà, una sul foglio dello sportello e una per e-mail o \
             SMS, da scrivere una dopo l'altra. Se è dimenticato, c'è «cns pin unblock» con il PUK.",
            "Try again at leisure: the PIN has two halves, one on the counter's form and one by e-mail or \
             SMS, to be typed one after the other. If it is forgotten, there is \"cns pin unblock\" with \
             the PUK.",
        ),
        Secret::Puk => language.pick(
            "Controllare il PUK sui fogli dello sportello prima di riprovare: anche il PUK ha due metà, da \
             scrivere una dopo l'altra.",
            "Look up the PUK on the counter's forms before the next try: the PUK too has two halves, to be \
             typed one after the other.",
        ),
    };
    FailureText::new(
        language.pick(format!("{name} sbagliato. {tries}"), format!("Wrong {name}. {tries}")),
        "",
        next,
    )
}

/// It is locked.
pub(crate) fn secret_locked(language: Language, secret: Secret) -> FailureText {
    let (what, next) = match secret {
        Secret::Pin => (
            language.pick(
                "Il PIN è bloccato: è stato sbagliato troppe volte.",
                "The PIN is locked: it was wrong too many times.",
            ),
            language.pick(
                "Sbloccarlo con il PUK: «cns pin unblock». Senza PUK, andare allo sportello con la tessera \
                 e un documento d'identità.",
                "Unlock it with the PUK: \"cns pin unblock\". Without the PUK, go to the counter with the \
                 card and an identity document.",
            ),
        ),
        Secret::Puk => (
            language.pick(
                "Il PUK è bloccato: questa tessera non si può più sbloccare.",
                "The PUK is locked: this card cannot be unblocked any more.",
            ),
            language.pick(
                "Andare allo sportello con la tessera e un documento d'identità e chiederne una nuova.",
                "Go to the counter with the card and an identity document and ask for a new one.",
            ),
        ),
    };
    FailureText::new(what, "", next)
}

/// The PIN is not activated.
pub(crate) fn not_activated(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "La tessera non accetta il PIN perché non è attivata.",
            "The card does not take the PIN because it is not activated.",
        ),
        language.pick(
            "La tessera sanitaria arriva per posta con la funzione CNS non ancora attiva.",
            "A health card comes by post with its CNS function not activated yet.",
        ),
        language.pick(
            "Attivala con un documento d'identità: la tessera sanitaria a uno sportello abilitato della \
             Regione (ASL o altro), un'altra carta da chi l'ha rilasciata. «cns guide activate» spiega come.",
            "Have it activated with an identity document: a health card at an authorised counter of the \
             Region (ASL or another), any other card by whoever issued it. \"cns guide activate\" explains \
             how.",
        ),
    )
}

pub(crate) const PIN_STAYS_VERIFIED: Message = Message::new(
    "Un altro programma sta usando la tessera, che per ora resta aperta con il PIN appena scritto. Quando \
     hai finito, estraila dal lettore.",
    "Another program is using the card, so it stays open with the PIN that you just typed. When you have \
     finished, take it out of the reader.",
);
