//! Perché il sistema non ha letto, scritto o collegato.

use std::io::ErrorKind;

use crate::programs::Malformed;
use crate::text::{Italian, SystemError, SystemText};

impl SystemText for Italian {
    fn system_error(&self, error: &SystemError) -> String {
        let words = &error.words;
        let clause = match error.kind {
            ErrorKind::PermissionDenied => "Non hai il permesso",
            ErrorKind::ReadOnlyFilesystem => "Il disco è in sola lettura",
            ErrorKind::StorageFull => "Sul disco non c'è più spazio",
            ErrorKind::QuotaExceeded => "Hai già usato tutto lo spazio che ti spetta su questo disco",
            ErrorKind::NotFound => "Il file o la cartella non esiste",
            ErrorKind::IsADirectory => "È una cartella, non un file",
            ErrorKind::NotADirectory => "Una parte del percorso non è una cartella",
            ErrorKind::ResourceBusy => "Un altro programma lo sta usando",
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
                "Il contenuto non è quello che dovrebbe essere"
            }
            ErrorKind::ConnectionRefused => "A quell'indirizzo non risponde nessun servizio",
            ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => {
                "Il collegamento è stato chiuso dall'altra parte"
            }
            ErrorKind::TimedOut | ErrorKind::WouldBlock => "Non è arrivata nessuna risposta in tempo utile",
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
                "La rete non arriva fin lì"
            }
            _ => return format!("Il sistema dice: {words}"),
        };
        format!("{clause} (il sistema dice: {words})")
    }

    fn mistake(&self, mistake: &Malformed) -> String {
        match mistake {
            Malformed::NotText => "non è un testo (UTF-8)".to_owned(),
            Malformed::NotJson { line, column, words } => format!("riga {line}, colonna {column} ({words})"),
            Malformed::NotAnObject("{}") => "non è un oggetto JSON".to_owned(),
            Malformed::Duplicate(name) => format!("«{name}» c'è due volte"),
            Malformed::NotAnObject(name) => format!("«{name}» non è un oggetto JSON"),
        }
    }
}
