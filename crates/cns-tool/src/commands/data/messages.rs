//! What `cns data` says.

use cns_card::PersonalData;

use crate::text::{Language, Message};

pub(crate) const NO_PERSONAL_DATA: Message = Message::new(
    "Su questa tessera non ci sono dati personali che si possano leggere.",
    "This card holds no personal data that can be read.",
);

/// Above the data.
pub(crate) fn data_title(language: Language, reader: &str) -> String {
    language.pick(
        format!("Dati della tessera nel lettore {reader}"),
        format!("Data on the card in the reader {reader}"),
    )
}

/// The fields of the personal data in the card's order: name in JSON, name for people, value.
pub(crate) fn fields(data: &PersonalData) -> [(&'static str, Message, &Option<String>); 16] {
    [
        ("surname", Message::new("Cognome", "Surname"), &data.surname),
        ("name", Message::new("Nome", "Given name"), &data.name),
        ("birth_date", Message::new("Data di nascita", "Date of birth"), &data.birth_date),
        ("sex", Message::new("Sesso", "Sex"), &data.sex),
        ("tax_code", Message::new("Codice fiscale", "Tax code"), &data.tax_code),
        (
            "birth_municipality",
            Message::new("Comune di nascita", "Municipality of birth"),
            &data.birth_municipality,
        ),
        ("birth_country", Message::new("Stato estero di nascita", "Country of birth"), &data.birth_country),
        ("birth_act", Message::new("Atto di nascita", "Birth act"), &data.birth_act),
        (
            "residence_municipality",
            Message::new("Comune di residenza", "Residence"),
            &data.residence_municipality,
        ),
        ("residence_address", Message::new("Indirizzo", "Address"), &data.residence_address),
        ("citizenship", Message::new("Cittadinanza", "Citizenship"), &data.citizenship),
        ("height", Message::new("Statura", "Height"), &data.height),
        ("issuer", Message::new("Ente emettitore", "Issuing body"), &data.issuer),
        ("issue_date", Message::new("Data di emissione", "Date of issue"), &data.issue_date),
        ("expiry_date", Message::new("Data di scadenza", "Date of expiry"), &data.expiry_date),
        ("notes", Message::new("Note", "Notes"), &data.notes),
    ]
}

/// What a municipality's code in the land register is; `None` where the card has something else.
pub(crate) fn municipality(language: Language, code: &str) -> Option<String> {
    let (letter, digits) = code.split_at_checked(1)?;
    let is_code = letter.bytes().all(|byte| byte.is_ascii_uppercase())
        && digits.len() == 3
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| language.pick(format!("codice catastale {code}"), format!("municipality code {code}")))
}

/// The certificate bears another tax code.
pub(crate) fn other_tax_code(language: Language, in_certificate: &str) -> String {
    language.pick(
        format!(
            "Nel certificato c'è un altro codice fiscale ({in_certificate}): i servizi usano quello del \
             certificato. Chiedi allo sportello di correggere la tessera."
        ),
        format!(
            "The certificate has another tax code ({in_certificate}): services use the one in the \
             certificate. Ask at the counter to have the card corrected."
        ),
    )
}
