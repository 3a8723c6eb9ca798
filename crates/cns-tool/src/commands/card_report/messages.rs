//! What `cns card-report` says.

use crate::text::Message;

pub(crate) const ASKING_EVERY_FILE: Message =
    Message::new("Leggo quali file contiene la tessera…", "Asking the card which files it has…");
pub(crate) const ABOUT_THE_REPORT: Message = Message::new(
    "Il rapporto descrive come risponde la tessera: non contiene nome, codice fiscale, numeri, certificato né \
     PIN. Allegalo a una segnalazione del progetto e aggiungi la sigla stampata accanto alle lettere TS.",
    "The report describes how the card answers: it holds no name, tax code, numbers, certificate or PIN. \
     Attach it to an issue of the project and add the code printed beside the letters TS.",
);
