//! Quello che dicono tutti i comandi.

use cns_card::{CardError, CertificateProblem, TransportError};
use time::Date;

use crate::text::FailureText;
use crate::text::{CommonText, Italian};

const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
use crate::context::OperatingSystem;

impl CommonText for Italian {
    fn error(&self) -> &'static str {
        "Errore"
    }

    fn why(&self) -> &'static str {
        "Perché"
    }

    fn what_to_do(&self) -> &'static str {
        "Che cosa fare"
    }

    fn date(&self, day: Date) -> String {
        let month = MONTHS[usize::from(u8::from(day.month())) - 1];
        let number = match day.day() {
            1 => "1º".to_owned(),
            number => number.to_string(),
        };
        format!("{number} {month} {}", day.year())
    }

    fn reading_card(&self) -> &'static str {
        "Leggo la tessera…"
    }

    fn no_terminal(&self) -> FailureText {
        FailureText {
            what: "Bisogna rispondere a una domanda, ma non c'è un terminale.".into(),
            why: "L'ingresso del programma non è una tastiera.",
            next: "Eseguire il comando in un terminale; per gli script c'è --pin-stdin.",
        }
    }

    fn input_failed(&self) -> &'static str {
        "Non riesco a leggere dal terminale."
    }

    fn interrupted(&self) -> &'static str {
        "Interrotto: alla tessera non è stato inviato nessun codice, nessun tentativo è stato consumato."
    }

    fn script_ended(&self) -> &'static str {
        "L'ingresso è finito prima dell'ultima risposta: alla tessera non è stato inviato nulla."
    }

    fn no_service(&self) -> FailureText {
        if OperatingSystem::HERE != OperatingSystem::Linux {
            return FailureText {
                what: "Il servizio delle smart card (PC/SC) non risponde.".into(),
                why: "Il sistema lo accende con il primo lettore, e nessun lettore è collegato.",
                next: "Collegare il lettore. Se non basta, riavviare il computer; «cns doctor» cerca la causa.",
            };
        }
        FailureText {
            what: "Il servizio delle smart card (PC/SC) non risponde.".into(),
            why: "Il servizio pcscd non è installato, è spento, oppure non hai il permesso di usarlo.",
            next: "Installare i pacchetti pcscd e libccid e accendere il servizio: \
                   sudo systemctl enable --now pcscd.socket. «cns doctor» cerca la causa.",
        }
    }

    fn no_reader(&self) -> FailureText {
        FailureText {
            what: "Nessun lettore di smart card è collegato.".into(),
            why: "",
            next: "Collegare il lettore a una porta USB. Se è già collegato, «cns doctor» cerca la causa.",
        }
    }

    fn unknown_reader(&self, wanted: &str, readers: &str) -> FailureText {
        FailureText {
            what: format!("Nessun lettore si chiama «{wanted}». Ci sono:\n{readers}"),
            why: "",
            next: "Ripetere il comando con uno di questi nomi, anche solo una parte.",
        }
    }

    fn no_card(&self) -> FailureText {
        FailureText {
            what: "Non c'è nessuna tessera nel lettore.".into(),
            why: "",
            next: "Inserire la tessera fino in fondo, con il chip nel verso indicato sul lettore.",
        }
    }

    fn several_cards(&self, readers: &str) -> FailureText {
        FailureText {
            what: format!("C'è una tessera in più di un lettore:\n{readers}"),
            why: "",
            next: "Dire quale usare con --reader LETTORE, oppure togliere le altre.",
        }
    }

    fn which_reader(&self) -> &'static str {
        "C'è una tessera in più di un lettore:"
    }

    fn reader_number(&self, last: usize) -> String {
        format!("Quale? (da 1 a {last}) ")
    }

    fn no_such_number(&self, last: usize) -> String {
        format!("Scrivi uno dei numeri da 1 a {last}, oppure premi Ctrl-C per lasciare tutto com'è.")
    }

    fn mute_card(&self) -> FailureText {
        FailureText {
            what: "La tessera nel lettore non risponde.".into(),
            why: "È inserita al contrario, il chip è sporco, oppure non è una smart card.",
            next: "Togliere la tessera, pulire il chip con un panno asciutto e reinserirla nel verso giusto.",
        }
    }

    fn unsupported_card(&self, what: &str) -> String {
        format!("Nel lettore c'è {what}: questo programma non può usarla.")
    }

    fn no_certificate(&self, problem: Option<CertificateProblem>) -> String {
        match problem {
            None | Some(CertificateProblem::Absent) => "La tessera non contiene il certificato.".into(),
            Some(CertificateProblem::TooLong { length }) => {
                format!("Il certificato sulla tessera è troppo lungo: {length} byte, più di 8192.")
            }
            Some(CertificateProblem::Truncated { declared, present }) => {
                format!("Il certificato sulla tessera è incompleto: {present} byte su {declared}.")
            }
            Some(_) => "Il certificato sulla tessera non si può leggere.".into(),
        }
    }

    fn card_failed(&self, error: CardError) -> FailureText {
        let (what, why, next) = match error {
            CardError::Transport(TransportError::CardRemoved | TransportError::NoCard) => {
                ("La tessera è stata tolta dal lettore.".into(), "", "Reinserirla e ripetere il comando.")
            }
            CardError::Transport(TransportError::ReaderUnavailable) => {
                ("Il lettore è stato scollegato.".into(), "", "Ricollegarlo e ripetere il comando.")
            }
            CardError::Transport(TransportError::Busy) => (
                "La tessera è occupata.".into(),
                "Un altro programma la sta usando da più di tre secondi.",
                "Chiudere l'altro programma (browser, programma di firma) e riprovare.",
            ),
            CardError::Transport(TransportError::CardReset) => (
                "Un altro programma ha interrotto il lavoro con la tessera.".into(),
                "",
                "Ripetere il comando.",
            ),
            CardError::Transport(TransportError::MuteCard) => return self.mute_card(),
            CardError::Transport(TransportError::ServiceUnavailable) => return self.no_service(),
            CardError::DifferentCard => (
                "Nel lettore ora c'è un'altra tessera.".into(),
                "La tessera è stata cambiata mentre il programma lavorava: a quella nuova non è stato inviato nulla.",
                "Ripetere il comando.",
            ),
            other => (
                format!("La tessera non ha risposto come previsto ({other})."),
                "",
                "Togliere e reinserire la tessera, poi riprovare. Se succede ancora, «cns card-report» prepara un \
                 rapporto senza dati personali da allegare a una segnalazione.",
            ),
        };
        FailureText { what, why, next }
    }
}
