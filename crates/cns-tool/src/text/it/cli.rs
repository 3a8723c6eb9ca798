//! La riga di comando.

use crate::text::{CliText, Italian};

impl CliText for Italian {
    fn about(&self) -> &'static str {
        "La tua Carta Nazionale dei Servizi (CNS, TS-CNS): stato, PIN, certificato, configurazione e diagnosi"
    }

    fn usage(&self) -> &'static str {
        "Uso"
    }

    fn usage_options(&self) -> &'static str {
        "OPZIONI"
    }

    fn usage_command(&self) -> &'static str {
        "COMANDO"
    }

    fn commands(&self) -> &'static str {
        "Comandi"
    }

    fn options(&self) -> &'static str {
        "Opzioni"
    }

    fn arguments(&self) -> &'static str {
        "Argomenti"
    }

    fn help_option(&self) -> &'static str {
        "Mostra questa spiegazione"
    }

    fn version_option(&self) -> &'static str {
        "Mostra la versione"
    }

    fn lang_option(&self) -> &'static str {
        "Lingua dei messaggi: it o en (se manca: quella del sistema)"
    }

    fn color_option(&self) -> &'static str {
        "Colori: auto, always (sempre) o never (mai)"
    }

    fn reader_option(&self) -> &'static str {
        "Lettore da usare, o una parte del suo nome, quando ce n'è più di uno"
    }

    fn reader_value(&self) -> &'static str {
        "LETTORE"
    }

    fn file_value(&self) -> &'static str {
        "FILE"
    }

    fn json_option(&self) -> &'static str {
        "Scrive il risultato in JSON, per i programmi"
    }

    fn unknown_argument(&self, argument: &str) -> String {
        format!("«{argument}» non è un comando né un'opzione di cns.")
    }

    fn invalid_value(&self, value: &str, argument: &str, possible: &str) -> String {
        let mut sentence = format!("«{value}» non va bene per {argument}.");
        if !possible.is_empty() {
            sentence.push_str(&format!(" Valori possibili: {possible}."));
        }
        sentence
    }

    fn missing(&self, what: &str) -> String {
        format!("Nella riga di comando manca: {what}.")
    }

    fn conflict(&self, argument: &str, other: &str) -> String {
        format!("{argument} e {other} non possono stare insieme.")
    }

    fn wrong_usage(&self) -> &'static str {
        "La riga di comando non è corretta."
    }

    fn perhaps(&self, suggestion: &str) -> String {
        format!("Forse volevi scrivere «{suggestion}».")
    }

    fn see_help(&self) -> &'static str {
        "«cns --help» elenca i comandi, «cns COMANDO --help» ne spiega uno."
    }

    fn exit_codes(&self) -> &'static str {
        "Codici di uscita:\n  \
           0  fatto, e tutto è a posto\n  \
           1  non riuscito, oppure qualcosa di quello che è stato controllato non va\n  \
           2  la riga di comando è sbagliata\n  \
           3  manca il servizio delle smart card, o il lettore\n  \
           4  nel lettore non c'è una tessera\n  \
           5  tessera che non si può usare: non è una CNS, non risponde, non ha il certificato\n  \
           6  PIN o PUK sbagliato: un tentativo è consumato\n  \
           7  PIN o PUK bloccato\n  \
           8  alla tessera non è stato inviato nulla: scritto male, troppo facile da indovinare, non confermato\n\
         130  interrotto (Ctrl-C)"
    }
}
