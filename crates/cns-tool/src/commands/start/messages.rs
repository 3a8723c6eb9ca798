//! What `cns start` says.

use crate::exit::FailureText;
use crate::text::{Language, Message};

pub(super) const SERVICE: Message =
    Message::new("Controllo il servizio delle smart card", "Checking the smart card service");
pub(super) const READER: Message = Message::new("Cerco il lettore", "Looking for the reader");
pub(super) const CARD: Message = Message::new("Leggo la tessera", "Reading the card");
pub(super) const CERTIFICATE: Message = Message::new("Controllo il certificato", "Checking the certificate");
pub(super) const BROWSERS: Message = Message::new("Configuro i browser", "Setting up the browsers");
pub(super) const LOGIN: Message = Message::new(
    "Provo il PIN e l'accesso, senza usare la rete",
    "Trying the PIN and a login, without the network",
);
pub(super) const SITE: Message = Message::new("Apro il sito", "Opening the site");

/// There is nobody to lead.
pub(super) fn for_a_person(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "«cns inizia» ti fa delle domande, ma qui non c'è un terminale.",
            "\"cns start\" asks you questions, but there is no terminal here.",
        ),
        "",
        language.pick(
            "Esegui il comando in un terminale. Negli script usa «cns doctor», «cns setup» e «cns status».",
            "Run the command in a terminal. In scripts use \"cns doctor\", \"cns setup\" and \"cns status\".",
        ),
    )
}

/// After something that is missing; `by_itself` where the command sees by itself that it is there.
pub(super) fn again(language: Language, by_itself: bool) -> &'static str {
    match by_itself {
        true => language.pick(
            "Quando è tutto pronto continuo da solo. Invio per riprovare, s per saltare, Ctrl-C per uscire: ",
            "When that is done, this continues by itself. Enter to try again, s to skip, Ctrl-C to quit: ",
        ),
        false => language.pick(
            "Invio per riprovare, s per saltare, Ctrl-C per uscire: ",
            "Enter to try again, s to skip, Ctrl-C to quit: ",
        ),
    }
}

pub(super) const ENTER_OR_SKIP: Message = Message::new(
    "Premi Invio per riprovare, oppure scrivi s e premi Invio per saltare questo passo.",
    "Press Enter to try again, or type s and press Enter to skip this step.",
);
pub(super) const YES_OR_NO: Message =
    Message::new("Scrivi sì o no, poi premi Invio.", "Type yes or no, then press Enter.");

/// Before files of these programs are written.
pub(super) fn may_set_up(language: Language, programs: &[String]) -> String {
    let programs = programs.join(", ");
    language.pick(
        format!("Configuro per la tessera: {programs}? [S/n] "),
        format!("Set up for the card: {programs}? [Y/n] "),
    )
}

/// Before the administrator's part.
pub(super) fn may_use_sudo(language: Language, command: &str) -> String {
    language.pick(
        format!(
            "Per configurarli per tutti gli utenti serve la password di amministratore. Eseguo: {command}? [S/n] "
        ),
        format!("To set them up for all users, the administrator's password is needed. Run: {command}? [Y/n] "),
    )
}

pub(super) const ADMINISTRATOR_REFUSED: Message = Message::new(
    "Senza i permessi di amministratore configuro soltanto i tuoi programmi.",
    "Without administrator permissions only your own programs are set up.",
);

/// The person does not want the browsers to be set up.
pub(super) fn not_set_up(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "I browser non sono configurati per la tessera.",
            "The browsers are not set up for the card.",
        ),
        "",
        language.pick("Quando vuoi configurarli: cns setup", "To set them up later: cns setup"),
    )
}

pub(super) const RESTART_BROWSER: Message = Message::new(
    "Se il browser è aperto, chiudilo e riaprilo.",
    "If the browser is open, close it and open it again.",
);
pub(super) const TRY_LOGIN: Message = Message::new(
    "Vuoi provare adesso? Ti chiedo il PIN della tessera. [s/n] ",
    "Try now? You will be asked for the card's PIN. [y/n] ",
);
pub(super) const LOGIN_NOT_TRIED: Message = Message::new(
    "Prova saltata. Per farla più tardi: cns test-login",
    "Test skipped. To run it later: cns test-login",
);
pub(super) const PUT_IT_BACK: Message = Message::new("Reinserisci la tessera.", "Put the card back.");
pub(super) const WHICH_SITE: Message = Message::new(
    "Quale sito vuoi aprire? Scrivi il numero, oppure premi Invio per non aprirne nessuno: ",
    "Which site do you want to open? Type its number, or press Enter for none: ",
);
pub(super) const NO_SUCH_SITE: Message =
    Message::new("Scrivi uno dei numeri, oppure premi Invio.", "Type one of the numbers, or press Enter.");

/// No browser could be started.
pub(super) fn open_yourself(language: Language, address: &str) -> String {
    language.pick(format!("Apri nel browser: {address}"), format!("Open in the browser: {address}"))
}

pub(super) const STILL_TO_DO: Message = Message::new("Resta una cosa da fare:", "One thing is left to do:");
pub(super) const START_AGAIN: Message =
    Message::new("Poi riprendi da qui: cns inizia", "Then continue from here: cns start");
pub(super) const PRESS_ENTER: Message = Message::new("Premi Invio per finire. ", "Press Enter to finish. ");
pub(super) const OTHER_PROGRAMS: Message = Message::new("altri programmi", "other programs");

/// The last line, when all is well.
pub(super) fn ready(language: Language, is_open: bool, topic: &str) -> String {
    match is_open {
        true => language.pick(
            format!(
                "Adesso, nel browser: scegli l'accesso con CNS, poi il certificato con il tuo codice fiscale, e \
                 scrivi il PIN. Passo per passo: cns guide {topic}"
            ),
            format!(
                "Now, in the browser: choose the login with CNS, then the certificate with your tax code, and type \
                 the PIN. Step by step: cns guide {topic}"
            ),
        ),
        false => language.pick(
            format!("Tutto pronto. Per accedere apri il sito nel browser e scegli CNS. Passo per passo: cns guide {topic}"),
            format!(
                "Everything is ready. To log in, open the site in the browser and choose CNS. Step by step: \
                 cns guide {topic}"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an administrator's part adds.
    #[test]
    fn what_is_said_of_sudo() {
        let mut told = String::new();
        for language in Language::ALL {
            told += &format!("{}\n", may_use_sudo(language, "sudo cns setup"));
            told += &format!("{}\n\n", ADMINISTRATOR_REFUSED.to(language));
        }
        insta::assert_snapshot!("start-sudo", told);
    }
}
