//! What is said about the module.

use cryptoki::error::Error;

use super::module_path::module_file_name;
use crate::card::certificate_messages;
use crate::exit::FailureText;
use crate::text::{Language, Message};

/// The module cannot be loaded.
pub(crate) fn module_not_loaded(language: Language, path: &str) -> String {
    language.pick(format!("Il driver {path} non funziona."), format!("The driver {path} does not work."))
}

/// Why; the loader's own words are English and for programmers.
pub(crate) fn why_not_loaded(language: Language, error: &Error) -> &'static str {
    match error {
        Error::LibraryLoading(_) => language.pick(
            "Il file non esiste, è danneggiato o è per un altro tipo di computer, oppure manca qualcosa che gli serve.",
            "The file does not exist, is damaged or is for another kind of computer, or something it needs is missing.",
        ),
        _ => language.pick(
            "Il file si apre, ma non risponde come un driver per tessere (PKCS#11).",
            "The file opens, but does not answer like a driver for cards (PKCS#11).",
        ),
    }
}

pub(crate) const INSTALL_AGAIN: Message = Message::new(
    "Reinstalla il pacchetto cns-pkcs11. Se hai usato --module, controlla il percorso.",
    "Install the package cns-pkcs11 again. If you used --module, check the path.",
);

/// The module shows no token for the card in a reader.
pub(crate) fn no_token(language: Language, reader: &str) -> FailureText {
    FailureText::new(
        language.pick(
            format!("Il driver non vede nessuna tessera nel lettore {reader}."),
            format!("The driver sees no card in the reader {reader}."),
        ),
        language.pick(
            "La tessera è stata tolta, oppure il driver non riesce a leggerla.",
            "The card was taken out, or the driver cannot read it.",
        ),
        language.pick(
            "Togli e reinserisci la tessera, poi riprova. Se succede ancora, cerca la causa con «cns doctor».",
            "Take the card out, put it back and try again. If it happens again, find the cause with \"cns doctor\".",
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
            "L'accesso con la tessera si è interrotto prima della firma.",
            "The login with the card ended before the signature.",
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
            "The driver does not recognise the card in the reader.",
        ),
        "",
        language.pick(
            "Vedi di che tessera si tratta con «cns status»; cerca la causa con «cns doctor».",
            "See which card it is with \"cns status\"; find the cause with \"cns doctor\".",
        ),
    )
}

/// The module offers no key, or does not sign as is wanted here: another one than ours, most likely.
pub(crate) fn cannot_sign(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il driver non sa firmare con la chiave di questa tessera.",
            "The driver cannot sign with this card's key.",
        ),
        language.pick(
            "Forse --module indica il driver di altre carte.",
            "--module may name the driver of other cards.",
        ),
        language.pick(
            "Ripeti il comando senza --module. Se succede ancora, cerca la causa con «cns doctor».",
            "Run the command again without --module. If it happens again, find the cause with \"cns doctor\".",
        ),
    )
}

/// The module failed in a way that a person can do nothing particular about.
pub(crate) fn module_failed(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Il driver della tessera ha risposto con un errore.",
            "The card's driver answered with an error.",
        ),
        "",
        language.pick(
            "Togli e reinserisci la tessera, poi riprova. Se succede ancora, cerca la causa con «cns doctor». \
             Per i dettagli fai scrivere al driver un registro: CNS_PKCS11_LOG=FILE",
            "Take the card out, put it back and try again. If it happens again, find the cause with \"cns \
             doctor\". For details let the driver write a log: CNS_PKCS11_LOG=FILE",
        ),
    )
}

/// The module keeps the last try.
pub(crate) fn last_try_protected(language: Language) -> FailureText {
    FailureText::new(
        language.pick(
            "Per il PIN resta un solo tentativo: il driver non lo usa, e alla tessera non è stato inviato nulla.",
            "One try is left for the PIN: the driver does not use it, and nothing was sent to the card.",
        ),
        language.pick(
            "Così un programma non può bloccare la tessera per sbaglio.",
            "So no program can lock the card by mistake.",
        ),
        language.pick(
            "Controlla il PIN con «cns pin verify», che chiede conferma; poi togli e reinserisci la tessera.",
            "Check the PIN with \"cns pin verify\", which asks you to confirm; then take the card out and put it back.",
        ),
    )
}

pub(crate) const NO_MODULE: Message = Message::new(
    concat!("Il driver ", module_file_name!(), " non è installato."),
    concat!("The driver ", module_file_name!(), " is not installed."),
);
pub(crate) const INSTALL_IT: Message = Message::new(
    "Installa il pacchetto cns-pkcs11, oppure indica dov'è il driver: --module PERCORSO.",
    "Install the package cns-pkcs11, or give the driver's place: --module PATH.",
);
