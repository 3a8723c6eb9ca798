//! What is said about questions, and about files that results go to.

use crate::exit::FailureText;
use crate::text::{Language, Message};

/// A dialogue was to be held where there is no terminal.
pub(crate) fn no_terminal(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Bisogna rispondere a una domanda, ma non c'è un terminale.",
            "A question must be answered, but there is no terminal.",
        ),
        language
            .pick("L'ingresso del programma non è una tastiera.", "The program's input is not a keyboard."),
        language.pick(
            "Eseguire il comando in un terminale; per gli script c'è --pin-stdin.",
            "Run the command in a terminal; for scripts there is --pin-stdin.",
        ),
    )
}

pub(crate) const INPUT_FAILED: Message =
    Message::new("Non riesco a leggere dal terminale.", "The terminal cannot be read.");
pub(crate) const INTERRUPTED: Message = Message::new(
    "Interrotto: alla tessera non è stato inviato nessun codice, nessun tentativo è stato consumato.",
    "Interrupted: no code was sent to the card, no try was used up.",
);
pub(crate) const SCRIPT_ENDED: Message = Message::new(
    "L'ingresso è finito prima dell'ultima risposta: alla tessera non è stato inviato nulla.",
    "The input ended before the last answer: nothing was sent to the card.",
);

/// A result is in this file.
pub(crate) fn written(language: Language, file: &str) -> String {
    language.pick(format!("Scritto: {file}"), format!("Written: {file}"))
}

/// A result could not be written.
pub(crate) fn not_written(language: Language, file: &str) -> String {
    language.pick(format!("Non riesco a scrivere {file}."), format!("{file} cannot be written."))
}

/// A result would take the place of what it is made from.
pub(crate) fn output_is_input(language: Language, file: &str) -> String {
    language.pick(
        format!("{file} è il documento da firmare: la firma ne prenderebbe il posto."),
        format!("{file} is the document to sign: the signature would take its place."),
    )
}

/// There is a file that nobody asked to replace.
pub(crate) fn file_exists(language: Language, file: &str) -> String {
    language.pick(
        format!("{file} esiste già: non lo sostituisco."),
        format!("{file} exists already: it was not replaced."),
    )
}

pub(crate) const FORCE_OR_ANOTHER: Message = Message::new(
    "Per sostituirlo aggiungi --force; oppure indica un altro file con -o FILE.",
    "To replace it add --force; or name another file with -o FILE.",
);

/// A link that is not followed.
pub(crate) fn link_of_another(language: Language, file: &str) -> String {
    language.pick(
        format!("{file} è un collegamento (link) messo da un altro utente: non lo seguo."),
        format!("{file} is a link that another user has put there: it was not followed."),
    )
}

pub(crate) const NAME_ANOTHER_FILE: Message = Message::new(
    "Indicare con -o un file in una cartella in cui puoi scrivere.",
    "Name a file in a folder that you may write to: -o FILE.",
);
pub(crate) const NOT_ON_A_TERMINAL: Message = Message::new(
    "Il risultato è binario: sullo schermo non si leggerebbe.",
    "The result is binary: nobody could read it on the screen.",
);
pub(crate) const NAME_A_FILE: Message =
    Message::new("Indicare un file con -o FILE.", "Name a file with -o FILE.");

/// A file cannot be read.
pub(crate) fn not_readable(language: Language, file: &str) -> String {
    language.pick(format!("Non riesco a leggere {file}."), format!("{file} cannot be read."))
}
