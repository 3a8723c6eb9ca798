//! What `cns windows-report` says.

use crate::text::Message;

pub(crate) const FOR_WINDOWS: Message =
    Message::new("Questo rapporto è per Windows.", "This report is for Windows.");
pub(crate) const ELSEWHERE: Message = Message::new(
    "Sul tuo sistema usa: cns doctor --report FILE",
    "On your system, use: cns doctor --report FILE",
);
pub(crate) const COLLECTING: Message = Message::new(
    "Raccolgo quello che Windows dice della tessera: può volerci un minuto…",
    "Collecting what Windows says of the card: this may take a minute…",
);

pub(crate) const WHAT_IT_HOLDS: Message = Message::new(
    "Contiene: versione di Windows, stato dei servizi, driver registrati per le tessere, risultato di «cns doctor», \
     registro di una lettura della tessera senza PIN, risposta di certutil senza i valori. Non contiene nomi, codici \
     fiscali, numeri di tessera, certificati né PIN. Leggilo, poi allegalo a una segnalazione del progetto.",
    "It holds: the version of Windows, the state of services, the drivers registered for cards, the result of \
     `cns doctor`, the log of reading the card without a PIN, the answer of certutil without its values. It holds no \
     name, tax code, card number, certificate or PIN. Read it, then attach it to an issue of the project.",
);
