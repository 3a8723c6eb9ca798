//! What is said about the module.

use super::module_path::module_file_name;
use crate::card::certificate_messages;
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

/// The card did not make the signature.
pub(crate) fn not_signed(language: Language) -> FailureText {
    let what = language.pick("La tessera non ha fatto la firma.", "The card did not make the signature.");
    certificate_messages::signature_of_another_key(language, what)
}

/// The login ended before the signature.
pub(crate) fn login_ended(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "L'accesso alla tessera è finito prima della firma.",
            "The card's login ended before the signature.",
        ),
        language.pick(
            "Un altro programma ha riavviato la tessera o le ha dato un PIN errato.",
            "Another program reset the card or sent it a wrong PIN.",
        ),
        language.pick(
            "Chiudi gli altri programmi che usano la tessera e ripeti il comando.",
            "Close the other programs that use the card and run the command again.",
        ),
    )
}

/// The module does not know the card.
pub(crate) fn not_recognized(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il driver non riconosce la tessera nel lettore.",
            "The module does not recognise the card in the reader.",
        ),
        "",
        language.pick(
            "«cns status» dice che tessera è; «cns doctor» cerca la causa.",
            "\"cns status\" says which card it is; \"cns doctor\" looks for the cause.",
        ),
    )
}

/// The module offers no key, or does not sign as is wanted here: another one than ours, most likely.
pub(crate) fn cannot_sign(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il driver non firma con la chiave di questa tessera nel modo che serve.",
            "The module does not sign with this card's key as is wanted here.",
        ),
        language.pick(
            "Forse --module indica il driver di altre carte.",
            "--module may name a module for other cards.",
        ),
        language.pick(
            "Ripeti il comando senza --module. «cns doctor» cerca la causa.",
            "Run the command again without --module. \"cns doctor\" looks for the cause.",
        ),
    )
}

/// The module failed in a way that a person can do nothing particular about.
pub(crate) fn module_failed(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il driver della tessera ha risposto con un errore.",
            "The card's module answered with an error.",
        ),
        "",
        language.pick(
            "Togli e reinserisci la tessera, poi riprova. «cns doctor» cerca la causa; il dettaglio è nel \
             registro del driver, se lo chiedi: CNS_PKCS11_LOG=FILE",
            "Take the card out, put it back and try again. \"cns doctor\" looks for the cause; the detail is in \
             the module's log, if you ask for one: CNS_PKCS11_LOG=FILE",
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
