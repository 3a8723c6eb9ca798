//! What is said about questions, and about files that results go to.

use crate::exit::FailureText;
use crate::text::{Language, Message};

/// A dialogue was to be held where there is no terminal.
pub(crate) fn no_terminal(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Questo comando fa una domanda, ma qui non c'è un terminale.",
            "This command asks a question, but there is no terminal here.",
        ),
        language.pick(
            "Lo standard input del programma non è una tastiera.",
            "The program's standard input is not a keyboard.",
        ),
        language.pick(
            "Esegui il comando in un terminale; negli script usa --pin-stdin.",
            "Run the command in a terminal; in scripts use --pin-stdin.",
        ),
    )
}

/// The same where a window could ask, had a program for that been found.
pub(crate) fn no_terminal_nor_pinentry(language: Language) -> FailureText {
    FailureText {
        next: language.pick(
            "Esegui il comando in un terminale, oppure installa pinentry-gnome3 o pinentry-qt, che chiedono \
             il PIN in una finestra; negli script usa --pin-stdin.",
            "Run the command in a terminal, or install pinentry-gnome3 or pinentry-qt, which ask for the PIN \
             in a window; in scripts use --pin-stdin.",
        ),
        ..no_terminal(language)
    }
}

/// A window was wanted, and there is no program for it.
pub(crate) fn no_pinentry(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Non trovo pinentry, il programma che chiede il PIN in una finestra.",
            "pinentry, the program that asks for the PIN in a window, was not found.",
        ),
        "",
        language.pick(
            "Installa pinentry-gnome3 o pinentry-qt, oppure esegui il comando in un terminale senza --pinentry.",
            "Install pinentry-gnome3 or pinentry-qt, or run the command in a terminal without --pinentry.",
        ),
    )
}

/// A pinentry that is of no use; `code` is what it says itself.
pub(crate) fn pinentry_failed(language: Language, code: Option<u32>, pin_was_sent: bool) -> FailureText {
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let nothing = match pin_was_sent {
        true => language.pick("altro", "nothing more"),
        false => language.pick("nulla", "nothing"),
    };
    FailureText::new(
        language.pick(
            format!(
                "pinentry, il programma che chiede il PIN in una finestra, non ha funzionato{code}: alla \
                 tessera non è stato inviato {nothing}."
            ),
            format!(
                "pinentry, the program that asks for the PIN in a window, did not work{code}: {nothing} was sent \
                 to the card."
            ),
        ),
        "",
        language.pick(
            "Esegui il comando in un terminale, oppure prova un altro programma, per esempio \
             --pinentry=pinentry-qt.",
            "Run the command in a terminal, or try another program, for example --pinentry=pinentry-qt.",
        ),
    )
}

pub(crate) const DECLINED: Message =
    Message::new("Annullato: nessun tentativo è stato usato.", "Cancelled: no try was used.");
pub(crate) const DECLINED_LATER: Message = Message::new(
    "Annullato: alla tessera non è stato inviato nessun altro codice.",
    "Cancelled: no other code was sent to the card.",
);
pub(crate) const TIMED_OUT: Message = Message::new(
    "Nessuna risposta in cinque minuti: nessun tentativo è stato usato.",
    "No answer in five minutes: no try was used.",
);
pub(crate) const TIMED_OUT_LATER: Message = Message::new(
    "Nessuna risposta in cinque minuti: alla tessera non è stato inviato nessun altro codice.",
    "No answer in five minutes: no other code was sent to the card.",
);
pub(crate) const NOTHING_SENT: Message =
    Message::new("Alla tessera non è stato inviato nulla.", "Nothing was sent to the card.");
pub(crate) const WINDOW_TITLE: Message = Message::new("Carta CNS", "CNS card");
pub(crate) const GO_ON: Message = Message::new("Continua", "Continue");
pub(crate) const CANCEL: Message = Message::new("Annulla", "Cancel");
pub(crate) const SHOW_PIN: Message = Message::new("Mostra le cifre", "Show the digits");
pub(crate) const HIDE_PIN: Message = Message::new("Nascondi le cifre", "Hide the digits");
pub(crate) const REPEATED_DIFFERENTLY: Message =
    Message::new("I due PIN non coincidono.", "The two PINs do not match.");

pub(crate) const INPUT_FAILED: Message =
    Message::new("Non riesco a leggere dal terminale.", "The terminal cannot be read.");
pub(crate) const INTERRUPTED: Message = Message::new(
    "Interrotto: nessun codice è stato inviato alla tessera, nessun tentativo è stato usato.",
    "Interrupted: no code was sent to the card, no try was used.",
);
/// The same after a PIN that was wrong, or right.
pub(crate) const INTERRUPTED_LATER: Message = Message::new(
    "Interrotto: nessun altro codice è stato inviato alla tessera.",
    "Interrupted: no other code was sent to the card.",
);
pub(crate) const NO_TRY_USED: Message = Message::new("Nessun tentativo è stato usato.", "No try was used.");
pub(crate) const NO_OTHER_TRY_USED: Message =
    Message::new("Nessun altro tentativo è stato usato.", "No other try was used.");
pub(crate) const SCRIPT_ENDED: Message = Message::new(
    "Lo standard input è finito prima dell'ultima risposta: alla tessera non è stato inviato nulla.",
    "Standard input ended before the last answer: nothing was sent to the card.",
);

/// A result is in this file.
pub(crate) fn written(language: Language, file: &str) -> String {
    language.pick(format!("Scritto: {file}"), format!("Written: {file}"))
}

/// A result could not be written.
pub(crate) fn not_written(language: Language, file: &str) -> String {
    language.pick(format!("Non riesco a scrivere {file}."), format!("{file} cannot be written."))
}

/// It goes to the standard output.
pub(crate) const RESULT_NOT_WRITTEN: Message =
    Message::new("Non riesco a scrivere il risultato.", "The result cannot be written.");

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
        format!("{file} already exists: it was not replaced."),
    )
}

pub(crate) const FORCE_OR_ANOTHER: Message = Message::new(
    "Per sostituirlo aggiungi --force, oppure indica un altro file con -o FILE.",
    "To replace it add --force, or give another file with -o FILE.",
);

/// A link that is not followed.
pub(crate) fn link_of_another(language: Language, file: &str) -> String {
    language.pick(
        format!("{file} è un collegamento (link) messo da un altro utente: non lo seguo."),
        format!("{file} is a link that another user has put there: it was not followed."),
    )
}

pub(crate) const NAME_ANOTHER_FILE: Message = Message::new(
    "Indica con -o un file in una cartella in cui puoi scrivere.",
    "Give a file in a folder that you can write to: -o FILE.",
);
pub(crate) const NOT_ON_A_TERMINAL: Message = Message::new(
    "Il risultato è un file binario, che sullo schermo non si può leggere.",
    "The result is a binary file, which cannot be read on the screen.",
);
pub(crate) const NAME_A_FILE: Message =
    Message::new("Indica un file con -o FILE.", "Give a file with -o FILE.");

/// A file cannot be read.
pub(crate) fn not_readable(language: Language, file: &str) -> String {
    language.pick(format!("Non riesco a leggere {file}."), format!("{file} cannot be read."))
}
