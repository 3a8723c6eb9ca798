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
                "The card does not say how many tries are left for the {name}: usually there are three, then \
                 it is locked."
            ),
        ),
    }
}

/// How many there are afterwards.
pub(crate) fn tries_after(language: Language, secret: Secret, tries: Retries) -> String {
    let name = name(secret);
    match tries {
        Retries::Left(left) => language.pick(
            format!("Tentativi disponibili per il {name}: {left}."),
            format!("Tries available for the {name}: {left}."),
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
    language.pick(format!("{name} attuale ({length}): "), format!("Current {name} ({length}): "))
}

/// Asks for a new PIN.
pub(crate) fn ask_new(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let (name, length) = (name(secret), length(language, secret, policy));
    language.pick(format!("{name} nuovo ({length}): "), format!("New {name} ({length}): "))
}

/// Asks for the new PIN once more.
pub(crate) fn ask_again(language: Language, secret: Secret) -> String {
    let name = name(secret);
    language.pick(format!("Ripeti il {name} nuovo: "), format!("Repeat the new {name}: "))
}

/// What was typed cannot be one.
pub(crate) fn not_this_form(language: Language, secret: Secret, policy: PinPolicy) -> String {
    let (name, length) = (name(secret), length(language, secret, policy));
    language.pick(
        format!("Il {name} deve avere {length}, senza spazi né lettere."),
        format!("The {name} must have {length}, without spaces or letters."),
    )
}

pub(crate) const RULES_OF_NEW_PINS: Message = Message::new(
    "Scegli un PIN con cifre non tutte uguali e non in sequenza (come 1234), diverso dalla tua data di nascita e dal PIN attuale.",
    "Choose a PIN whose digits are not all the same or in sequence (like 1234), different from your date of birth and from the current PIN.",
);
pub(crate) const RULES_WITHOUT_CURRENT_PIN: Message = Message::new(
    "Scegli un PIN con cifre non tutte uguali e non in sequenza (come 1234), diverso dalla tua data di nascita.",
    "Choose a PIN whose digits are not all the same or in sequence (like 1234), different from your date of birth.",
);
pub(crate) const SAME_AS_BEFORE: Message =
    Message::new("Il PIN nuovo è uguale a quello attuale.", "The new PIN is the same as the current one.");

/// The new PIN is easy to guess.
pub(crate) fn weakness(language: Language, weakness: Weakness) -> &'static str {
    match weakness {
        Weakness::AllEqual => language.pick(
            "Il PIN nuovo è troppo facile: le cifre sono tutte uguali.",
            "The new PIN is too easy: its digits are all the same.",
        ),
        Weakness::Sequence => language.pick(
            "Il PIN nuovo è troppo facile: le cifre sono in sequenza (come 1234).",
            "The new PIN is too easy: its digits are in sequence (like 1234).",
        ),
        Weakness::BirthDate => language.pick(
            "Il PIN nuovo è troppo facile: è la data di nascita registrata nella tessera.",
            "The new PIN is too easy: it is the date of birth stored on the card.",
        ),
    }
}

pub(crate) const TYPED_DIFFERENTLY: Message =
    Message::new("I due PIN non coincidono.", "The two PINs do not match.");
/// What the last try means.
pub(crate) fn last_try_warning(language: Language, secret: Secret) -> &'static str {
    match secret {
        Secret::Pin => language.pick(
            "Questo è l'ultimo tentativo: se sbagli, il PIN si blocca e potrai sbloccarlo solo con il PUK.",
            "This is the last try: if it is wrong, the PIN is locked. Only the PUK unlocks it.",
        ),
        Secret::Puk => language.pick(
            "Questo è l'ultimo tentativo: se sbagli, il PUK si blocca per sempre e dovrai sostituire la tessera.",
            "This is the last try: if it is wrong, the PUK is locked for ever and the card must be replaced.",
        ),
    }
}

/// What it means that the tries of a PUK are unknown.
pub(crate) fn unknown_tries_warning(language: Language, secret: Secret) -> String {
    let name = name(secret);
    language.pick(
        format!(
            "La tessera non dice quanti tentativi restano per il {name}: se questo è l'ultimo e sbagli, \
             dovrai sostituire la tessera."
        ),
        format!(
            "The card does not say how many tries are left for the {name}: if this is the last and it is \
             wrong, the card must be replaced."
        ),
    )
}

pub(crate) const USE_THE_LAST_TRY: Message = Message::new(
    "Vuoi usare l'ultimo tentativo? Scrivi «sì», oppure Invio per annullare: ",
    "Use the last try? Type \"yes\", or press Enter to cancel: ",
);

pub(crate) const GO_ON: Message = Message::new(
    "Vuoi continuare? Scrivi «sì», oppure Invio per annullare: ",
    "Continue? Type \"yes\", or press Enter to cancel: ",
);

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
            "Uno script non usa l'ultimo tentativo se non lo indichi.",
            "A script does not use the last try unless it is told to.",
        ),
        language.pick(
            "Esegui il comando in un terminale, oppure aggiungi --last-try.",
            "Run the command in a terminal, or add --last-try.",
        ),
    )
}

pub(crate) const TYPE_AT_THE_READER: Message = Message::new(
    "Il lettore ha una tastiera: scrivi lì il PIN, seguendo le indicazioni sul suo schermo o le sue luci.",
    "The reader has a keypad: type the PIN there, as its screen or its lights say.",
);
pub(crate) const NOT_ENTERED: Message = Message::new(
    "Non hai scritto il PIN sulla tastiera del lettore: nessun tentativo è stato usato.",
    "You did not type the PIN on the reader's keypad: no try was used.",
);
pub(crate) const NOT_ENTERED_LATER: Message = Message::new(
    "Non hai scritto il PIN sulla tastiera del lettore: alla tessera non è stato inviato altro.",
    "You did not type the PIN on the reader's keypad: nothing more was sent to the card.",
);
pub(crate) const PIN_IS_RIGHT: Message = Message::new("PIN corretto.", "PIN correct.");
pub(crate) const PIN_IS_CHANGED: Message =
    Message::new("PIN cambiato: da ora usa quello nuovo.", "PIN changed: from now on use the new one.");
pub(crate) const PIN_IS_UNBLOCKED: Message =
    Message::new("PIN sbloccato: da ora usa quello nuovo.", "PIN unblocked: from now on use the new one.");

/// It was wrong.
pub(crate) fn wrong_secret(language: Language, secret: Secret, left: Retries) -> FailureText {
    let (name, tries) = (name(secret), tries_before(language, secret, left));
    let next = match secret {
        Secret::Pin => language.pick(
            "Controlla il PIN: spesso è in due parti, una sul foglio dello sportello e una per e-mail o SMS, \
             da scrivere una dopo l'altra. Se non lo ricordi, sbloccalo con il PUK: cns pin unblock",
            "Check the PIN before you try again: often it comes in two parts, one on the form from the \
             counter and one by e-mail or SMS, to be typed one after the other. If you do not remember it, \
             unblock it with the PUK: cns pin unblock",
        ),
        Secret::Puk => language.pick(
            "Controlla il PUK sui fogli dello sportello prima di riprovare: spesso anche il PUK è in due \
             parti, da scrivere una dopo l'altra.",
            "Check the PUK on the forms from the counter before you try again: often the PUK too comes in two \
             parts, to be typed one after the other.",
        ),
    };
    FailureText::new(
        language.pick(format!("{name} errato. {tries}"), format!("Wrong {name}. {tries}")),
        "",
        next,
    )
}

/// It is locked.
pub(crate) fn secret_locked(language: Language, secret: Secret) -> FailureText {
    let (what, next) = match secret {
        Secret::Pin => (
            language.pick(
                "Il PIN è bloccato dopo troppi tentativi errati.",
                "The PIN is locked after too many wrong tries.",
            ),
            language.pick(
                "Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK, vai allo sportello con la tessera \
                 e un documento d'identità.",
                "Unblock it with the PUK: cns pin unblock. If you do not have the PUK, go to the counter with \
                 the card and an identity document.",
            ),
        ),
        Secret::Puk => (
            language.pick(
                "Il PUK è bloccato: questa tessera non si può più sbloccare.",
                "The PUK is locked: this card cannot be unblocked any more.",
            ),
            language.pick(
                "Vai allo sportello con la tessera e un documento d'identità e chiedi una tessera nuova.",
                "Go to the counter with the card and an identity document and ask for a new card.",
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
            "The card does not accept the PIN because it is not activated.",
        ),
        language.pick(
            "La Tessera sanitaria arriva per posta con la funzione CNS non ancora attiva.",
            "A health card comes by post with its CNS function not activated yet.",
        ),
        language.pick(
            "Attivala con un documento d'identità: la Tessera sanitaria a uno sportello abilitato della \
             Regione (ASL o altro), un'altra carta da chi l'ha rilasciata. «cns guide attivare» spiega come.",
            "Have it activated with an identity document: a health card at an authorised counter of the \
             Region (ASL or another), any other card by whoever issued it. \"cns guide activate\" explains \
             how.",
        ),
    )
}

pub(crate) const PIN_STAYS_VERIFIED: Message = Message::new(
    "Un altro programma sta usando la tessera, che per ora resta aperta con il PIN che hai appena scritto. Quando \
     hai finito, estraila dal lettore.",
    "Another program is using the card, so it stays open with the PIN that you just typed. When you have \
     finished, take it out of the reader.",
);
