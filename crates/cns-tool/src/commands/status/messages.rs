//! What `cns status` says.

use cns_card::Retries;

use crate::text::{Language, Message};

/// Above what is in a reader.
pub(crate) fn reader_title(language: Language, reader: &str) -> String {
    language.pick(format!("Lettore: {reader}"), format!("Reader: {reader}"))
}

pub(crate) const EMPTY_READER: Message = Message::new("Nessuna tessera inserita.", "No card inserted.");

/// Which codes are printed on cards of the family.
pub(crate) fn printed_codes(language: Language, codes: &str) -> String {
    language.pick(format!("sulla tessera: {codes}"), format!("on the card: {codes}"))
}

pub(crate) const FAMILY: Message = Message::new("Tipo di tessera", "Kind of card");
pub(crate) const MAKERS: Message = Message::new("Produttore e sistema", "Maker and system");
pub(crate) const HOLDER: Message = Message::new("Titolare", "Holder");
pub(crate) const TAX_CODE: Message = Message::new("Codice fiscale", "Tax code");
pub(crate) const CARD_NUMBER: Message = Message::new("Numero nella tessera", "Number in the card");
pub(crate) const NUMBER_ON_THE_BACK: Message = Message::new("N. di identificazione", "Identification number");
pub(crate) const READ_IT_OFF_THE_BACK: Message = Message::new(
    "leggi le 20 cifre stampate sul retro della tessera",
    "read the 20 digits printed on the back of the card",
);
pub(crate) const LOMBARDIA_USER: Message =
    Message::new("Utente portale Lombardia", "Lombardia portal user id");
pub(crate) const ISSUER: Message = Message::new("Certificato emesso da", "Certificate issued by");
pub(crate) const PIN_TRIES: Message = Message::new("Tentativi per il PIN", "Tries left for the PIN");
pub(crate) const PUK_TRIES: Message = Message::new("Tentativi per il PUK", "Tries left for the PUK");
pub(crate) const SIGNATURE_KEYSET: Message = Message::new("Firma digitale", "Digital signature");
pub(crate) const NOT_USED_HERE: Message = Message::new(
    "presente, con un PIN diverso; questo driver non la usa",
    "present, with another PIN; this driver does not use it",
);

pub(crate) const OTHER_CERTIFICATE: Message = Message::new("Altro certificato", "Another certificate");

/// How many tries are left.
pub(crate) fn tries(language: Language, tries: Retries) -> String {
    match tries {
        Retries::Left(1) => language.pick("1: l'ultimo", "1: the last one").to_owned(),
        Retries::Left(left) => left.to_string(),
        Retries::Blocked => language.pick("0: bloccato", "0: locked").to_owned(),
        Retries::Unknown => {
            language.pick("questa tessera non lo dice", "unknown: this card does not say").to_owned()
        }
    }
}

pub(crate) const PIN_IS_LOCKED: Message = Message::new(
    "Il PIN è bloccato. Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK, vai allo sportello.",
    "The PIN is locked. Unblock it with the PUK: cns pin unblock. If you do not have the PUK, go to the counter.",
);
