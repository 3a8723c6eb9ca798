//! What `cns practice` says.

use crate::exit::FailureText;
use crate::text::{Language, Message};

pub(super) const NOT_RUNNING: Message = Message::new(
    "Nessuna prova in corso: non c'è niente da fermare.",
    "No practice is running: there is nothing to stop.",
);

pub(super) const ENDED: Message = Message::new(
    "Prova finita: ho tolto la tessera virtuale e non è rimasto nulla. Per togliere anche il lettore \
     virtuale: sudo apt remove vsmartcard-vpcd",
    "The practice has ended: the virtual card is removed and nothing is left. To remove the virtual reader too: \
     sudo apt remove vsmartcard-vpcd",
);

pub(super) fn runs_already(language: Language) -> FailureText {
    FailureText::new(
        language.pick("Una prova è già in corso.", "A practice is already running."),
        "",
        language.pick("Per fermarla: cns practice --stop", "To stop it: cns practice --stop"),
    )
}

pub(super) fn taken_by_another(language: Language) -> FailureText {
    FailureText {
        why: language.pick(
            "Un programma di un altro utente di questo computer usa il nome che serve alla prova.",
            "A program of another user of this computer uses the name that the practice needs.",
        ),
        next: language.pick("Riavvia il computer e ripeti.", "Restart the computer and try again."),
        ..cannot_start(language)
    }
}

pub(super) fn cannot_start(language: Language) -> FailureText {
    FailureText::new(language.pick("Non riesco ad avviare la prova.", "The practice cannot start."), "", "")
}

pub(super) fn no_virtual_reader(language: Language) -> FailureText {
    FailureText::new(
        language.pick("Manca il lettore virtuale.", "There is no virtual reader."),
        language.pick(
            "Per la prova serve il lettore virtuale del pacchetto vsmartcard-vpcd.",
            "The practice needs the virtual reader of the package vsmartcard-vpcd.",
        ),
        language.pick(
            "Installalo: sudo apt install vsmartcard-vpcd. Poi riavvia il servizio: sudo systemctl restart pcscd. \
             Finché è installato accetta tessere virtuali anche dalla rete locale: usalo su un computer per i corsi \
             e toglilo alla fine.",
            "Install it: sudo apt install vsmartcard-vpcd. Then restart the service: sudo systemctl restart pcscd. \
             While it is installed it also takes virtual cards from the local network: use it on a computer for \
             courses and remove it afterwards.",
        ),
    )
}

pub(super) fn no_program(language: Language) -> FailureText {
    FailureText::new(
        language
            .pick("Il programma virtual-cns non è installato.", "The program virtual-cns is not installed."),
        "",
        language.pick(
            "Compilalo dai sorgenti del driver (cargo build --release -p virtual-cns) e copialo accanto al comando cns.",
            "Build it from the driver's sources (cargo build --release -p virtual-cns) and copy it beside the command cns.",
        ),
    )
}

pub(super) fn unknown_kind(language: Language, kind: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("Non c'è una tessera virtuale di tipo «{kind}»."),
            format!("There is no virtual card of the kind \"{kind}\"."),
        ),
        "",
        language.pick("Per l'elenco: virtual-cns list", "For the list: virtual-cns list"),
    )
}

pub(super) fn card_not_seen(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il servizio delle smart card non vede la tessera virtuale.",
            "The smart card service does not see the virtual card.",
        ),
        "",
        language.pick(
            "Riavvia il servizio e ripeti: sudo systemctl restart pcscd",
            "Restart the service and try again: sudo systemctl restart pcscd",
        ),
    )
}

pub(super) fn cannot_log_in(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Questa tessera virtuale non ha un certificato per accedere.",
            "This virtual card has no certificate to log in with.",
        ),
        "",
        language.pick("Scegline un'altra con --card.", "Choose another one with --card."),
    )
}

/// What to do, a line each.
pub(super) fn instructions(language: Language, url: &str, pin: &str) -> Vec<String> {
    let lines = language.pick(
        [
            "La tessera virtuale è inserita. Ora, come con una tessera vera:".to_owned(),
            format!("1. Apri nel browser: {url}"),
            "2. Scegli «Entra con CNS». Il browser avvisa che non conosce questo sito: è il portale di prova, \
             prosegui."
                .to_owned(),
            "3. Scegli il certificato con il codice fiscale.".to_owned(),
            format!("4. Scrivi il PIN di prova: {pin}"),
            "Per finire: Ctrl-C qui, oppure «cns practice --stop» in un altro terminale.".to_owned(),
        ],
        [
            "The virtual card is in. Now do as with a real one:".to_owned(),
            format!("1. Open in your browser: {url}"),
            "2. Choose \"Log in with CNS\". The browser warns that it does not know this site: it is the practice \
             portal, go on."
                .to_owned(),
            "3. Pick the certificate with the tax code.".to_owned(),
            format!("4. Type the practice PIN: {pin}"),
            "To end: Ctrl-C here, or \"cns practice --stop\" in another terminal.".to_owned(),
        ],
    );
    lines.into()
}

pub(super) fn logged_in(language: Language, tls: &str) -> String {
    language.pick(
        format!("Accesso riuscito con la tessera virtuale ({tls})."),
        format!("Logged in with the virtual card ({tls})."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    /// What needs a virtual reader to be seen.
    #[test]
    fn what_a_practice_says() {
        let mut told = String::new();
        for language in Language::ALL {
            let url = "http://localhost:12345/";
            let lines = instructions(language, url, "12345");
            told += &format!(
                "{}\n{}\n{}\n",
                lines.join("\n"),
                logged_in(language, "TLS 1.3"),
                ENDED.to(language)
            );
            for text in [
                runs_already(language),
                taken_by_another(language),
                no_program(language),
                unknown_kind(language, "st1999"),
                card_not_seen(language),
                cannot_log_in(language),
            ] {
                let failure = text.with(Exit::Failed);
                let (why, next) = (failure.why.unwrap_or_default(), failure.next.unwrap_or_default());
                told += &format!("{} {why} {next}\n", failure.what);
            }
            told.push('\n');
        }
        insta::assert_snapshot!("practice-messages", told);
    }
}
