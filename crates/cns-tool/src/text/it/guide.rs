//! `cns guide`.

use crate::text::{GuideText, Italian};

impl GuideText for Italian {
    fn guide_about(&self) -> &'static str {
        "Spiega come si attiva la tessera, che cosa sono i codici, come si accede"
    }

    fn topic_value(&self) -> &'static str {
        "ARGOMENTO"
    }

    fn topic_argument(&self) -> &'static str {
        "La pagina da leggere (se manca: l'elenco)"
    }

    fn guide_topics(&self) -> &'static str {
        "Pagine"
    }

    fn guide_how(&self) -> &'static str {
        "Per leggerne una: cns guide ARGOMENTO"
    }

    fn manual_not_written(&self, folder: &str) -> String {
        format!("Non riesco a scrivere le pagine di manuale in {folder}.")
    }
}
