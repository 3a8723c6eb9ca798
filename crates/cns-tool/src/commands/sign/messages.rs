//! What `cns sign` says.

use crate::card::certificate_messages;
use crate::exit::FailureText;
use crate::text::{Language, Message};

/// The standard input was to bring both.
pub(crate) fn document_and_pin_from_input(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Dallo standard input può arrivare il documento o il PIN, non tutti e due.",
            "Standard input can carry the document or the PIN, not both.",
        ),
        "",
        language.pick(
            "Salva il documento in un file e firma quello; oppure togli --pin-stdin e scrivi il PIN nel \
             terminale.",
            "Save the document in a file and sign that; or leave out --pin-stdin and type the PIN in the \
             terminal.",
        ),
    )
}

pub(crate) const NO_MESSAGE: Message = Message::new(
    "Con il certificato di questa tessera non è possibile creare un file .p7s. Prova con --raw.",
    "A .p7s file cannot be made with this card's certificate. Try --raw.",
);

/// The card's signature is not one of the certificate's key.
pub(crate) fn signature_does_not_fit(language: Language) -> FailureText {
    certificate_messages::signature_of_another_key(
        language,
        language.pick(
            "La firma fatta dalla tessera non corrisponde al suo certificato: non ho creato nessun file.",
            "The signature made by the card does not match its certificate: no file was written.",
        ),
    )
}

pub(crate) const ABOUT_THE_SIGNATURE: Message = Message::new(
    "È una firma fatta con il certificato di autenticazione: prova chi sei, ma non è una firma digitale \
     qualificata.",
    "The signature is made with the authentication certificate: it proves who you are, but it is not a \
     qualified electronic signature.",
);
