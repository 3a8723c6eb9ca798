//! `cns status`.

use cns_card::Retries;

use crate::text::{Italian, StatusText};

impl StatusText for Italian {
    fn status_about(&self) -> &'static str {
        "Mostra lettori, tessere, titolare, scadenza del certificato e tentativi rimasti"
    }

    fn show_option(&self) -> &'static str {
        "Mostra il codice fiscale per intero"
    }

    fn reader_title(&self, reader: &str) -> String {
        format!("Lettore: {reader}")
    }

    fn empty_reader(&self) -> &'static str {
        "Nessuna tessera inserita."
    }

    fn unknown(&self) -> &'static str {
        "non si sa"
    }

    fn printed_codes(&self, codes: &str) -> String {
        format!("sulla tessera: {codes}")
    }

    fn family(&self) -> &'static str {
        "Tipo di tessera"
    }

    fn makers(&self) -> &'static str {
        "Chip / sistema operativo"
    }

    fn holder(&self) -> &'static str {
        "Titolare"
    }

    fn tax_code(&self) -> &'static str {
        "Codice fiscale"
    }

    fn card_number(&self) -> &'static str {
        "Numero nel chip"
    }

    fn number_on_the_back(&self) -> &'static str {
        "Numero sul retro"
    }

    fn read_it_off_the_back(&self) -> &'static str {
        "il chip non lo dice: leggere le 20 cifre stampate sul retro della tessera"
    }

    fn lombardia_user(&self) -> &'static str {
        "Utente portale Lombardia"
    }

    fn issuer(&self) -> &'static str {
        "Certificato emesso da"
    }

    fn pin_tries(&self) -> &'static str {
        "Tentativi per il PIN"
    }

    fn puk_tries(&self) -> &'static str {
        "Tentativi per il PUK"
    }

    fn signature_keyset(&self) -> &'static str {
        "Firma digitale"
    }

    fn not_used_here(&self) -> &'static str {
        "sulla tessera, con un PIN suo; questo driver non la usa"
    }

    fn tries(&self, tries: Retries) -> String {
        match tries {
            Retries::Left(1) => "1: l'ultimo".to_owned(),
            Retries::Left(left) => left.to_string(),
            Retries::Blocked => "0: bloccato".to_owned(),
            Retries::Unknown => "questa tessera non lo dice".to_owned(),
        }
    }

    fn pin_is_locked(&self) -> &'static str {
        "Il PIN è bloccato. Con il PUK si sblocca: «cns pin unblock»; senza PUK bisogna andare allo sportello."
    }

    fn valid_until(&self, end: &str) -> String {
        format!("Il certificato è valido fino al {end}.")
    }

    fn expires_soon(&self, end: &str, days: i64, health_card: bool) -> String {
        let when = match days {
            0 => "oggi o domani".to_owned(),
            1 => "fra un giorno".to_owned(),
            days => format!("fra {days} giorni"),
        };
        let next = match health_card {
            true => "La nuova tessera arriva di solito per posta: va attivata.",
            false => "Chiedi il rinnovo a chi ha rilasciato la carta.",
        };
        format!("Il certificato scade {when}, il {end}. {next}")
    }

    fn expired(&self, end: &str, health_card: bool) -> String {
        let next = match health_card {
            true => {
                "La nuova tessera arriva di solito per posta; se non è arrivata, chiedere allo sportello della ASL."
            }
            false => "Chiedi il rinnovo a chi ha rilasciato la carta.",
        };
        format!("Il certificato è scaduto il {end}: con questa tessera non si accede più. {next}")
    }

    fn not_yet_valid(&self, begin: &str) -> String {
        format!(
            "Il certificato sarà valido solo dal {begin}. Se la data è già passata, l'orologio di questo computer è \
             sbagliato."
        )
    }
}
