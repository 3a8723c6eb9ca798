//! `cns status`.

use cns_card::Retries;

use crate::text::{English, StatusText};

impl StatusText for English {
    fn status_about(&self) -> &'static str {
        "Show readers, cards, holder, expiry of the certificate and tries left"
    }

    fn show_option(&self) -> &'static str {
        "Show the whole tax code"
    }

    fn reader_title(&self, reader: &str) -> String {
        format!("Reader: {reader}")
    }

    fn empty_reader(&self) -> &'static str {
        "No card in it."
    }

    fn unknown(&self) -> &'static str {
        "unknown"
    }

    fn printed_codes(&self, codes: &str) -> String {
        format!("on the card: {codes}")
    }

    fn family(&self) -> &'static str {
        "Kind of card"
    }

    fn makers(&self) -> &'static str {
        "Chip / operating system"
    }

    fn holder(&self) -> &'static str {
        "Holder"
    }

    fn tax_code(&self) -> &'static str {
        "Tax code"
    }

    fn card_number(&self) -> &'static str {
        "Number in the chip"
    }

    fn number_on_the_back(&self) -> &'static str {
        "Number on the back"
    }

    fn read_it_off_the_back(&self) -> &'static str {
        "the chip does not tell: read the 20 digits printed on the back of the card"
    }

    fn lombardia_user(&self) -> &'static str {
        "Lombardia portal user id"
    }

    fn issuer(&self) -> &'static str {
        "Certificate issued by"
    }

    fn pin_tries(&self) -> &'static str {
        "Tries left for the PIN"
    }

    fn puk_tries(&self) -> &'static str {
        "Tries left for the PUK"
    }

    fn signature_keyset(&self) -> &'static str {
        "Digital signature"
    }

    fn not_used_here(&self) -> &'static str {
        "on the card, with a PIN of its own; this driver does not use it"
    }

    fn tries(&self, tries: Retries) -> String {
        match tries {
            Retries::Left(1) => "1: the last".to_owned(),
            Retries::Left(left) => left.to_string(),
            Retries::Blocked => "0: locked".to_owned(),
            Retries::Unknown => "unknown: this card does not tell".to_owned(),
        }
    }

    fn pin_is_locked(&self) -> &'static str {
        "The PIN is locked. The PUK unlocks it: \"cns pin unblock\"; without the PUK, go to the counter."
    }

    fn valid_until(&self, end: &str) -> String {
        format!("The certificate is valid until {end}.")
    }

    fn expires_soon(&self, end: &str, days: i64, health_card: bool) -> String {
        let when = match days {
            0 => "today or tomorrow".to_owned(),
            1 => "in one day".to_owned(),
            days => format!("in {days} days"),
        };
        let next = match health_card {
            true => "The new card usually comes by post: have it activated.",
            false => "Ask whoever issued the card to renew it.",
        };
        format!("The certificate expires {when}, on {end}. {next}")
    }

    fn expired(&self, end: &str, health_card: bool) -> String {
        let next = match health_card {
            true => "The new card usually comes by post; if it did not, ask at the counter of the ASL.",
            false => "Ask whoever issued the card to renew it.",
        };
        format!("The certificate expired on {end}: this card does not log in any more. {next}")
    }

    fn not_yet_valid(&self, begin: &str) -> String {
        format!(
            "The certificate is valid only from {begin}. If that day has passed, the clock of this computer is wrong."
        )
    }
}
