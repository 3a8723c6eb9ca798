//! `cns status`.

use crate::text::{Italian, StatusText};

impl StatusText for Italian {
    fn status_about(&self) -> &'static str {
        "Mostra lettori, tessere, titolare, scadenza del certificato e tentativi rimasti"
    }

    fn family(&self) -> &'static str {
        "Tipo di tessera"
    }
}
