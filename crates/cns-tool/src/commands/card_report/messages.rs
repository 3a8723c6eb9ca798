//! What `cns card-report` says.

use crate::text::Message;

pub(crate) const ASKING_EVERY_FILE: Message =
    Message::new("Chiedo alla tessera che file ha…", "Asking the card which files it has…");
pub(crate) const ABOUT_THE_REPORT: Message = Message::new(
    "Il rapporto dice come risponde la tessera: non contiene nome, codice fiscale, numeri, certificato né \
     PIN. Va allegato a una segnalazione del progetto, insieme alla sigla stampata accanto alle lettere TS.",
    "The report tells how the card answers: no name, tax code, numbers, certificate or PIN are in it. \
     Attach it to an issue of the project, with the code printed beside the letters TS.",
);
