//! What is said about the module.

use super::module_path::module_file_name;
use crate::exit::FailureText;
use crate::text::{Language, Message};

/// The module cannot be loaded.
pub(crate) fn module_not_loaded(language: Language, path: &str) -> String {
    language.pick(
        format!("Il modulo {path} non si può caricare."),
        format!("The module {path} cannot be loaded."),
    )
}

/// The module shows no token for the card in a reader.
pub(crate) fn no_token(language: Language, reader: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("Il modulo non mostra nessuna tessera nel lettore {reader}."),
            format!("The module shows no card in the reader {reader}."),
        ),
        language.pick(
            "La tessera è stata tolta, oppure il modulo non riesce a leggerla.",
            "The card was taken out, or the module cannot read it.",
        ),
        language.pick(
            "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa.",
            "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        ),
    )
}

/// The module answered this.
pub(crate) fn module_failed(language: Language, error: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("Il modulo PKCS#11 ha risposto con un errore ({error})."),
            format!("The PKCS#11 module answered with an error ({error})."),
        ),
        "",
        language.pick(
            "Togliere e reinserire la tessera, poi riprovare. «cns doctor» cerca la causa.",
            "Take the card out, put it back and try again. \"cns doctor\" looks for the cause.",
        ),
    )
}

/// The module keeps the last try.
pub(crate) fn last_try_protected(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Resta un solo tentativo per il PIN: il modulo non lo usa, e alla tessera non è stato inviato \
             nulla.",
            "One try is left for the PIN: the module does not use it, and nothing was sent to the card.",
        ),
        language.pick(
            "Un programma non deve bloccare la tessera per sbaglio.",
            "A program must not lock the card by mistake.",
        ),
        language.pick(
            "Controllare il PIN con «cns pin verify», che chiede conferma; poi togliere e reinserire la \
             tessera.",
            "Check the PIN with \"cns pin verify\", which asks for a confirmation; then take the card out \
             and put it back.",
        ),
    )
}

pub(crate) const NO_MODULE: Message = Message::new(
    concat!("Il driver ", module_file_name!(), " non è installato."),
    concat!("The module ", module_file_name!(), " is not installed."),
);
pub(crate) const INSTALL_IT: Message = Message::new(
    "Installa il pacchetto cns-pkcs11, oppure indica dov'è il driver: --module PERCORSO.",
    "Install the package cns-pkcs11, or say where the module is: --module PATH.",
);
