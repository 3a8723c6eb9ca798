//! `cns pin`.

use cns_card::{PinPolicy, Retries};

use crate::text::{FailureText, Italian, PinText, Secret, Weakness};

/// Con l'articolo, come in mezzo a una frase.
fn the(secret: Secret) -> &'static str {
    match secret {
        Secret::Pin => "il PIN",
        Secret::Puk => "il PUK",
    }
}

fn bare(secret: Secret) -> &'static str {
    the(secret).trim_start_matches("il ")
}

fn length(secret: Secret, policy: PinPolicy) -> String {
    match secret.is_puk() {
        true => format!("{} cifre", policy.puk_length),
        false => format!("da {} a {} cifre", policy.min_length, policy.max_length),
    }
}

impl PinText for Italian {
    fn pin_about(&self) -> &'static str {
        "Controlla, cambia o sblocca il PIN"
    }

    fn verify_about(&self) -> &'static str {
        "Controlla se il PIN è giusto (un PIN sbagliato consuma un tentativo)"
    }

    fn change_about(&self) -> &'static str {
        "Cambia il PIN: chiede quello attuale e due volte quello nuovo"
    }

    fn unblock_about(&self) -> &'static str {
        "Sblocca il PIN con il PUK: chiede il PUK e due volte il PIN nuovo"
    }

    fn pin_stdin_option(&self) -> &'static str {
        "Per gli script: legge dall'ingresso un codice per riga, nell'ordine in cui sarebbe chiesto; il PIN nuovo una \
         volta sola"
    }

    fn last_try_option(&self) -> &'static str {
        "Per gli script: usa anche l'ultimo tentativo, dopo il quale il codice si blocca"
    }

    fn two_halves(&self) -> &'static str {
        "Il PIN ha due metà: una è stampata sul foglio dello sportello, l'altra arriva per e-mail o SMS. Si scrivono una \
         dopo l'altra, senza spazi. Lo stesso vale per il PUK. Mentre si scrive, sullo schermo non appare nulla."
    }

    fn about_new_pins(&self) -> &'static str {
        "Il PIN ha due metà: una è stampata sul foglio dello sportello, l'altra arriva per e-mail o SMS. Si scrivono una \
         dopo l'altra, senza spazi. Lo stesso vale per il PUK. Mentre si scrive, sullo schermo non appare nulla.\n\n\
         Il PIN nuovo ha da 5 a 8 cifre. Non può essere fatto di cifre tutte uguali o in fila, né essere la data di \
         nascita."
    }

    fn card_in_hand(&self, reader: &str, holder: Option<&str>) -> String {
        match holder {
            Some(holder) => format!("Tessera di {holder}, nel lettore {reader}."),
            None => format!("Tessera nel lettore {reader}."),
        }
    }

    fn tries_before(&self, secret: Secret, tries: Retries) -> String {
        match tries {
            Retries::Left(left) => format!("Tentativi rimasti per {}: {left}.", the(secret)),
            Retries::Blocked => format!("Tentativi rimasti per {}: nessuno.", the(secret)),
            Retries::Unknown => format!(
                "Questa tessera non dice quanti tentativi restano per {}: di solito sono tre, poi si blocca.",
                the(secret)
            ),
        }
    }

    fn tries_after(&self, secret: Secret, tries: Retries) -> String {
        match tries {
            Retries::Left(left) => format!("Tentativi per {}, adesso: {left}.", the(secret)),
            Retries::Blocked | Retries::Unknown => self.tries_before(secret, tries),
        }
    }

    fn ask(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("{} ({}): ", bare(secret), length(secret, policy))
    }

    fn ask_current(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("{} attuale ({}): ", bare(secret), length(secret, policy))
    }

    fn ask_new(&self, secret: Secret, policy: PinPolicy) -> String {
        format!("{} nuovo ({}): ", bare(secret), length(secret, policy))
    }

    fn ask_again(&self, secret: Secret) -> String {
        format!("Ancora {} nuovo: ", the(secret))
    }

    fn not_this_form(&self, secret: Secret, policy: PinPolicy) -> String {
        let (which, length) = (the(secret), length(secret, policy));
        format!("Così non può essere {which}: deve avere {length}, senza spazi né lettere.")
    }

    fn rules_of_new_pins(&self) -> &'static str {
        "Scegli un PIN che non sia fatto di cifre tutte uguali o in fila, che non sia la tua data di nascita e che non sia \
         quello di prima."
    }

    fn same_as_before(&self) -> &'static str {
        "Il PIN nuovo è uguale a quello attuale."
    }

    fn weak(&self, weakness: Weakness) -> &'static str {
        match weakness {
            Weakness::AllEqual => "Il PIN nuovo è troppo facile: le cifre sono tutte uguali.",
            Weakness::Sequence => "Il PIN nuovo è troppo facile: le cifre sono in fila.",
            Weakness::BirthDate => {
                "Il PIN nuovo è troppo facile: è la data di nascita scritta nella tessera."
            }
        }
    }

    fn typed_differently(&self) -> &'static str {
        "Le due volte il PIN nuovo non era lo stesso."
    }

    fn nothing_sent(&self) -> &'static str {
        "Alla tessera non è stato inviato nulla."
    }

    fn last_try_warning(&self, secret: Secret) -> String {
        match secret.is_puk() {
            false => format!(
                "Questo è l'ultimo tentativo: se sbagli, {} si blocca. Si sblocca solo con il PUK.",
                the(secret)
            ),
            true => format!(
                "Questo è l'ultimo tentativo: se sbagli, {} si blocca per sempre e la tessera va sostituita.",
                the(secret)
            ),
        }
    }

    fn unknown_tries_warning(&self, secret: Secret) -> String {
        format!(
            "Non si sa quanti tentativi restano per {}: se questo è l'ultimo e sbagli, la tessera va sostituita.",
            the(secret)
        )
    }

    fn go_on(&self) -> &'static str {
        "Continuare? Scrivi «sì» per continuare: "
    }

    fn means_yes(&self, answer: &str) -> bool {
        ["sì", "si", "s"].contains(&answer.trim().to_lowercase().as_str())
    }

    fn script_at_last_try(&self, secret: Secret) -> FailureText {
        FailureText {
            what: format!(
                "Per {} resta un solo tentativo: alla tessera non è stato inviato nulla.",
                the(secret)
            ),
            why: "Uno script non usa l'ultimo tentativo se non gli viene detto.",
            next: "Eseguire il comando in un terminale, oppure aggiungere --last-try.",
        }
    }

    fn type_at_the_reader(&self) -> &'static str {
        "Il lettore ha una tastiera: il PIN si scrive lì, seguendo il suo schermo o le sue luci."
    }

    fn not_entered(&self) -> &'static str {
        "Sulla tastiera del lettore non è stato scritto un PIN: alla tessera non è stato inviato nulla e nessun tentativo è \
         stato consumato."
    }

    fn asking_card(&self) -> &'static str {
        "La tessera lavora…"
    }

    fn pin_is_right(&self) -> &'static str {
        "Il PIN è giusto."
    }

    fn pin_is_changed(&self) -> &'static str {
        "Il PIN è cambiato: da ora vale quello nuovo."
    }

    fn pin_is_unblocked(&self) -> &'static str {
        "Il PIN è sbloccato: da ora vale quello nuovo."
    }

    fn wrong(&self, secret: Secret, left: Retries) -> FailureText {
        let wrong = match secret {
            Secret::Pin => "PIN sbagliato.",
            Secret::Puk => "PUK sbagliato.",
        };
        let next = match secret.is_puk() {
            false => {
                "Riprovare con calma: il PIN ha due metà, una sul foglio dello sportello e una per e-mail o SMS, da \
                 scrivere una dopo l'altra. Se è dimenticato, c'è «cns pin unblock» con il PUK."
            }
            true => {
                "Controllare il PUK sui fogli dello sportello prima di riprovare: anche il PUK ha due metà, da scrivere \
                 una dopo l'altra."
            }
        };
        FailureText { what: format!("{wrong} {}", self.tries_before(secret, left)), why: "", next }
    }

    fn locked(&self, secret: Secret) -> FailureText {
        let (what, next) = match secret {
            Secret::Pin => (
                "Il PIN è bloccato: è stato sbagliato troppe volte.",
                "Sbloccarlo con il PUK: «cns pin unblock». Senza PUK, andare allo sportello con la tessera e un \
                 documento d'identità.",
            ),
            Secret::Puk => (
                "Il PUK è bloccato: questa tessera non si può più sbloccare.",
                "Andare allo sportello con la tessera e un documento d'identità e chiederne una nuova.",
            ),
        };
        FailureText { what: what.into(), why: "", next }
    }

    fn not_activated(&self) -> FailureText {
        FailureText {
            what: "La tessera non accetta il PIN perché non è attivata.".into(),
            why: "La tessera sanitaria arriva per posta con la funzione CNS non ancora attiva.",
            next: "Attivala con un documento d'identità: la tessera sanitaria a uno sportello abilitato della Regione (ASL o \
                   altro), un'altra carta da chi l'ha rilasciata. «cns guide activate» spiega come.",
        }
    }

    fn pin_stays_verified(&self) -> &'static str {
        "Un altro programma sta usando la tessera, che per ora resta aperta con il PIN appena scritto. Quando hai finito, \
         estraila dal lettore."
    }

    fn no_try_used(&self) -> &'static str {
        "Nessun tentativo è stato consumato."
    }
}
