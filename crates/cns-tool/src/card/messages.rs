//! What is said about readers and cards.

use cns_card::{CardError, TransportError};

use super::service::SECURITY_VIOLATION;
use super::service_messages;
use crate::exit::FailureText;
use crate::text::{Language, Message};

pub(crate) const LOOKING_FOR_READERS: Message = Message::new("Cerco il lettore…", "Looking for the reader…");
pub(crate) const READING_CARD: Message = Message::new("Leggo la tessera…", "Reading the card…");

/// No reader is connected.
pub(crate) fn no_reader(language: Language) -> FailureText {
    FailureText::new(
        language.pick("Nessun lettore di smart card collegato.", "No smart card reader is connected."),
        "",
        language.pick(
            "Collega il lettore a una porta USB. Se è già collegato, cerca la causa con «cns doctor».",
            "Plug the reader into a USB port. If it is already plugged in, find the cause with \"cns doctor\".",
        ),
    )
}

/// `--reader` names none of the readers, which are these.
pub(crate) fn unknown_reader(language: Language, wanted: &str, readers: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("Nessun lettore si chiama «{wanted}». Lettori collegati:\n{readers}"),
            format!("No reader is called \"{wanted}\". Connected readers:\n{readers}"),
        ),
        "",
        language.pick(
            "Ripeti il comando con uno di questi nomi; basta una parte.",
            "Run the command again with one of these names; a part of it is enough.",
        ),
    )
}

/// No reader has a card in it.
pub(crate) fn no_card(language: Language) -> FailureText {
    FailureText::new(
        language.pick("Nel lettore non c'è nessuna tessera.", "There is no card in the reader."),
        "",
        language.pick(
            "Inserisci la tessera fino in fondo, con i contatti dorati nel verso indicato sul lettore.",
            "Insert the card all the way, with the gold contacts the way the reader shows.",
        ),
    )
}

/// Several readers have a card, and nobody said which: this is their list.
pub(crate) fn several_cards(language: Language, readers: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("C'è una tessera in più di un lettore:\n{readers}"),
            format!("There is a card in more than one reader:\n{readers}"),
        ),
        "",
        language.pick(
            "Indica quale usare con --reader LETTORE, oppure togli le altre.",
            "Choose one with --reader READER, or take the others out.",
        ),
    )
}

pub(crate) const WHICH_READER: Message =
    Message::new("C'è una tessera in più di un lettore:", "There is a card in more than one reader:");

/// Asks for the number of a reader, 1 to `last`.
pub(crate) fn reader_number(language: Language, last: usize) -> String {
    language.pick(format!("Quale? (da 1 a {last}) "), format!("Which one? (1 to {last}) "))
}

/// What was typed is none of these numbers.
pub(crate) fn no_such_number(language: Language, last: usize) -> String {
    language.pick(
        format!("Scrivi uno dei numeri da 1 a {last}, oppure premi Ctrl-C per annullare."),
        format!("Type one of the numbers 1 to {last}, or press Ctrl-C to cancel."),
    )
}

pub(crate) const INSERT_READER: Message = Message::new(
    "Collega il lettore al computer… (Ctrl-C per annullare)",
    "Plug the reader in… (Ctrl-C to cancel)",
);
pub(crate) const INSERT_CARD: Message =
    Message::new("Inserisci la tessera… (Ctrl-C per annullare)", "Insert the card… (Ctrl-C to cancel)");

/// A card that does not answer.
pub(crate) fn mute_card(language: Language) -> FailureText {
    FailureText::new(
        language.pick("La tessera nel lettore non risponde.", "The card in the reader does not answer."),
        language.pick(
            "È inserita al contrario, i contatti dorati sono sporchi, oppure non è una smart card.",
            "It is the wrong way round, its gold contacts are dirty, or it is not a smart card.",
        ),
        language.pick(
            "Togli la tessera, pulisci i contatti dorati con un panno asciutto e reinseriscila nel verso giusto.",
            "Take the card out, wipe the gold contacts with a dry cloth and insert it the right way round.",
        ),
    )
}

/// A card that is not for this program; `what` says which.
pub(crate) fn unsupported_card(language: Language, what: &str) -> String {
    language.pick(
        format!("Nel lettore c'è {what}: questo programma non può usarla."),
        format!("The card in the reader is {what}: this program cannot use it."),
    )
}

/// Anything else that went wrong with a card.
pub(crate) fn card_failed(language: Language, error: CardError) -> FailureText {
    let (what, why, next) = match error {
        CardError::Transport(TransportError::CardRemoved | TransportError::NoCard) => (
            language
                .pick("La tessera è stata tolta dal lettore.", "The card was taken out of the reader.")
                .into(),
            "",
            language.pick("Reinseriscila e ripeti il comando.", "Put it back and run the command again."),
        ),
        CardError::Transport(TransportError::ReaderUnavailable) => (
            language.pick("Il lettore è stato scollegato.", "The reader was unplugged.").into(),
            "",
            language.pick("Ricollegalo e ripeti il comando.", "Plug it in and run the command again."),
        ),
        CardError::Transport(TransportError::Busy) => (
            language.pick("La tessera è occupata.", "The card is busy.").into(),
            language.pick(
                "Un altro programma la sta usando da più di tre secondi.",
                "Another program has been using it for more than three seconds.",
            ),
            language.pick(
                "Chiudi l'altro programma (browser, programma di firma) e riprova.",
                "Close the other program (browser, signing program) and try again.",
            ),
        ),
        CardError::Transport(TransportError::CardReset) => (
            language
                .pick(
                    "Un altro programma ha interrotto la lettura della tessera.",
                    "Another program interrupted the reading of the card.",
                )
                .into(),
            "",
            language.pick("Ripeti il comando.", "Run the command again."),
        ),
        CardError::Transport(TransportError::MuteCard) => return mute_card(language),
        CardError::Transport(TransportError::ServiceUnavailable) => {
            return service_messages::went_away(language);
        }
        CardError::Transport(TransportError::Timeout) => return service_messages::did_not_answer(language),
        CardError::Transport(TransportError::Service { code: SECURITY_VIOLATION }) => {
            return service_messages::card_forbidden(language);
        }
        CardError::ReaderTooShort { .. } => return reader_cannot_sign(language),
        CardError::DifferentCard => (
            language
                .pick("Nel lettore ora c'è un'altra tessera.", "Another card is in the reader now.")
                .into(),
            language.pick(
                "Hai cambiato tessera mentre il programma lavorava: a quella nuova non è stato inviato nulla.",
                "The card was changed while the program was running: nothing was sent to the new one.",
            ),
            language.pick("Ripeti il comando.", "Run the command again."),
        ),
        other => (
            language.pick(
                format!("La tessera non ha risposto come previsto{}.", number(other)),
                format!("The card did not answer as expected{}.", number(other)),
            ),
            "",
            language.pick(
                "Togli e reinserisci la tessera, poi riprova. Se succede ancora, prepara con «cns \
                 card-report» un rapporto senza dati personali e allegalo a una segnalazione.",
                "Take the card out, put it back and try again. If it happens again, make a report without \
                 personal data with \"cns card-report\" and attach it to an issue.",
            ),
        ),
    };
    FailureText { what, why, next }
}

/// The number by which the card or PC/SC calls an error, where there is one.
fn number(error: CardError) -> String {
    match error {
        CardError::Status { status, .. } => format!(" ({status})"),
        CardError::Transport(TransportError::Service { code }) => format!(" (PC/SC {code:08X})"),
        _ => String::new(),
    }
}

/// The reader carries short commands only, and the card takes no chain of them.
pub(crate) fn reader_cannot_sign(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Questo lettore non può trasmettere la firma della tessera.",
            "This reader cannot transmit the card's signature.",
        ),
        language.pick(
            "Il lettore trasmette solo comandi brevi, e questa tessera non accetta una firma divisa in parti. \
             Il problema non è il PIN.",
            "The reader transmits short commands only, and this card does not accept a signature in parts. \
             The PIN is not the problem.",
        ),
        language.pick(
            "Inserisci la tessera nella fessura del lettore invece di appoggiarla, o usa un altro lettore: \
             cns guide lettore",
            "Insert the card into the slot of the reader instead of laying it on, or use another reader: cns \
             guide readers",
        ),
    )
}

pub(crate) const ASKING_CARD: Message = Message::new(
    "Attendi: la tessera sta controllando il codice…",
    "Please wait: the card is checking the code…",
);
