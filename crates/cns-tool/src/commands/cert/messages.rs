//! What `cns cert` says.

use crate::text::{Language, Message};

pub(crate) const NO_SIGNATURE_CERTIFICATE: Message =
    Message::new("Questa tessera non ha un certificato di firma.", "This card has no signature certificate.");
pub(crate) const NO_CERTIFICATE_AT_ALL: Message = Message::new(
    "Il certificato sulla tessera non si può leggere: è danneggiato.",
    "The certificate on the card cannot be read: it is damaged.",
);

// Rows of `cns cert uri`.
pub(crate) const CARD: Message = Message::new("Tessera", "Card");
pub(crate) const CERTIFICATE: Message = Message::new("Certificato", "Certificate");
pub(crate) const PRIVATE_KEY: Message = Message::new("Chiave privata", "Private key");

/// Above the facts.
pub(crate) fn certificate_title(language: Language, reader: &str) -> String {
    language.pick(
        format!("Certificato della tessera nel lettore {reader}"),
        format!("Certificate of the card in the reader {reader}"),
    )
}

pub(crate) const SUBJECT: Message = Message::new("Intestato a", "Issued to");
pub(crate) const CERTIFICATE_ISSUER: Message = Message::new("Emesso da", "Issued by");
pub(crate) const SERIAL_NUMBER: Message = Message::new("Numero di serie", "Serial number");
pub(crate) const VALIDITY: Message = Message::new("Valido", "Valid");

/// From one day to another.
pub(crate) fn period(language: Language, from: &str, to: &str) -> String {
    language.pick(format!("dal {from} al {to}"), format!("from {from} to {to}"))
}

pub(crate) const POLICIES: Message = Message::new("Regole (policy)", "Policies");
pub(crate) const CNS_POLICY: Message = Message::new("autenticazione CNS", "CNS authentication");
pub(crate) const KEY_USAGE: Message = Message::new("Uso della chiave", "Key usage");
pub(crate) const EXTENDED_KEY_USAGE: Message = Message::new("Uso esteso", "Extended usage");
pub(crate) const EMAIL: Message = Message::new("E-mail", "E-mail");
pub(crate) const KEY: Message = Message::new("Chiave", "Key");

/// An RSA key of so many bits.
pub(crate) fn rsa_key(language: Language, bits: usize) -> String {
    language.pick(format!("RSA, {bits} bit"), format!("RSA, {bits} bits"))
}

/// A certificate that is valid.
pub(crate) fn valid_until(language: Language, end: &str) -> String {
    language.pick(
        format!("Il certificato è valido fino al {end}."),
        format!("The certificate is valid until {end}."),
    )
}

/// A certificate that expires in so many days; a health card is renewed by itself.
pub(crate) fn expires_soon(language: Language, end: &str, days: i64, is_health_card: bool) -> String {
    let when = match days {
        0 => language.pick("oggi o domani", "today or tomorrow").to_owned(),
        1 => language.pick("fra un giorno", "in one day").to_owned(),
        days => language.pick(format!("fra {days} giorni"), format!("in {days} days")),
    };
    let next = match is_health_card {
        true => language.pick(
            "La nuova tessera di solito arriva per posta: ricordati di attivarla.",
            "The new card usually comes by post: remember to have it activated.",
        ),
        false => language.pick(
            "Chiedi il rinnovo a chi ha rilasciato la carta.",
            "Ask whoever issued the card to renew it.",
        ),
    };
    language.pick(
        format!("Il certificato scade {when}, il {end}. {next}"),
        format!("The certificate expires {when}, on {end}. {next}"),
    )
}

/// A certificate that has expired.
pub(crate) fn expired(language: Language, end: &str, is_health_card: bool) -> String {
    let next = match is_health_card {
        true => language.pick(
            "La nuova tessera di solito arriva per posta; se non è arrivata, chiedila allo sportello della ASL.",
            "The new card usually comes by post; if it has not, ask at the counter of the ASL (local health \
             authority).",
        ),
        false => language.pick(
            "Chiedi il rinnovo a chi ha rilasciato la carta.",
            "Ask whoever issued the card to renew it.",
        ),
    };
    language.pick(
        format!("Il certificato è scaduto il {end}: con questa tessera non puoi più accedere. {next}"),
        format!("The certificate expired on {end}: you can no longer log in with this card. {next}"),
    )
}

/// A certificate whose validity has not begun.
pub(crate) fn not_yet_valid(language: Language, begin: &str) -> String {
    language.pick(
        format!(
            "Il certificato sarà valido solo dal {begin}. Se la data è già passata, correggi la data e l'ora \
             del computer."
        ),
        format!(
            "The certificate is valid only from {begin}. If that day has passed, correct the date and time of \
             this computer."
        ),
    )
}
