//! `cns card-report`, `cns watch`, `cns cache`.

use crate::text::{Event, Italian, SupportText};

impl SupportText for Italian {
    fn card_report_about(&self) -> &'static str {
        "Prepara un rapporto su una tessera sconosciuta, senza dati personali"
    }

    fn asking_every_file(&self) -> &'static str {
        "Chiedo alla tessera che file ha…"
    }

    fn about_the_report(&self) -> &'static str {
        "Il rapporto dice come risponde la tessera: non contiene nome, codice fiscale, numeri, certificato né PIN. Va \
         allegato a una segnalazione del progetto, insieme alla sigla stampata accanto alle lettere TS."
    }

    fn watch_about(&self) -> &'static str {
        "Mostra lettori e tessere che vanno e vengono, per l'assistenza"
    }

    fn count_option(&self) -> &'static str {
        "Finisce dopo N eventi"
    }

    fn watching(&self) -> &'static str {
        "In ascolto; Ctrl-C per finire. L'ora è quella universale (UTC)."
    }

    fn event(&self, event: &Event) -> String {
        match event {
            Event::ServiceGone => "Il servizio delle smart card (PC/SC) non risponde.".into(),
            Event::ServiceBack => "Il servizio delle smart card (PC/SC) risponde di nuovo.".into(),
            Event::Reader { reader } => format!("Lettore: {reader}"),
            Event::ReaderGone { reader } => format!("Lettore scollegato: {reader}"),
            Event::Cns { reader, family, certificate: true } => {
                format!("Tessera inserita: {family}, con certificato ({reader})")
            }
            Event::Cns { reader, family, certificate: false } => {
                format!("Tessera inserita: {family}, senza certificato ({reader})")
            }
            Event::OtherCard { reader, what } => format!("Inserita {what} ({reader})"),
            Event::MuteCard { reader } => format!("Inserita una tessera che non risponde ({reader})"),
            Event::UnreadableCard { reader, error } => {
                format!("Inserita una tessera che non si legge: {error} ({reader})")
            }
            Event::CardGone { reader } => format!("Tessera tolta ({reader})"),
        }
    }

    fn cache_about(&self) -> &'static str {
        "Mostra o cancella quello che il modulo ricorda delle tessere"
    }

    fn cache_status_about(&self) -> &'static str {
        "Mostra quali tessere il modulo ricorda: solo dati pubblici, mai il PIN"
    }

    fn cache_clear_about(&self) -> &'static str {
        "Cancella tutto quello che il modulo ricorda"
    }

    fn no_cache_directory(&self) -> &'static str {
        "Il modulo non ricorda nulla: non c'è una cartella personale dove scrivere."
    }

    fn cache_unreadable(&self, directory: &str) -> String {
        format!("Non riesco a leggere o cambiare {directory}.")
    }

    fn cache_at(&self, directory: &str, entries: usize) -> String {
        match entries {
            0 => format!("{directory}: nessuna tessera"),
            1 => format!("{directory}: una tessera"),
            entries => format!("{directory}: {entries} tessere"),
        }
    }

    fn cache_is_off(&self) -> &'static str {
        "CNS_PKCS11_CACHE è impostata: i programmi avviati da qui non ricordano nulla."
    }

    fn cache_damaged(&self) -> &'static str {
        "file rovinato, non usato"
    }

    fn cache_entry(&self, label: &str, bytes: u64, used: &str) -> String {
        format!("  {label}, {bytes} byte, usata l'ultima volta: {used}")
    }

    fn cache_cleared(&self, entries: usize) -> String {
        match entries {
            0 => "Non c'era nulla da cancellare.".into(),
            1 => "Cancellata una tessera.".into(),
            entries => format!("Cancellate {entries} tessere."),
        }
    }
}
