//! What `cns doctor` says about a card.

use cns_card::CertificateProblem;

use super::card_finding::CardFinding;
use super::finding_text::FindingText;
use crate::card::certificate_messages;
use crate::card::messages as card_messages;
use crate::card::unsupported_text;
use crate::text::Language;

/// A finding of the card in a reader.
pub(super) fn card_finding(language: Language, reader: &str, finding: &CardFinding) -> FindingText {
    match finding {
        CardFinding::CardMute => FindingText::with_remedy(
            language.pick(
                format!("La tessera in {reader} non risponde."),
                format!("The card in {reader} does not answer."),
            ),
            language.pick(
                "Girala, o pulisci i contatti dorati con un panno morbido. Se un'altra tessera funziona in \
                 questo lettore, la tua è guasta: cns guide smarrita",
                "Turn it round, or clean the gold contacts with a soft cloth. If another card works in this \
                 reader, yours is broken: cns guide lost",
            ),
        ),
        CardFinding::CardFails { error } => {
            let text = card_messages::card_failed(language, *error);
            let what = language.pick(
                format!("Non riesco a leggere la tessera in {reader}. {}", text.what),
                format!("The card in {reader} cannot be read. {}", text.what),
            );
            FindingText::with_remedy(what, text.next)
        }
        CardFinding::ReaderCannotSign => {
            let text = card_messages::reader_cannot_sign(language);
            FindingText::with_remedy(format!("{} {}", text.what, text.why), text.next)
        }
        CardFinding::CertificateDamaged { problem } => {
            let what = certificate_messages::no_certificate(language, Some(*problem));
            FindingText::with_remedy(what, certificate_messages::REISSUE.to(language))
        }
        CardFinding::CertificateSignedWithSha1 => FindingText::with_remedy(
            certificate_messages::SIGNED_WITH_SHA1.to(language),
            certificate_messages::HAVE_IT_RENEWED.to(language),
        ),
        CardFinding::CardUnsupported { card, advice } => {
            let card = unsupported_text::card(*card, language);
            FindingText::with_remedy(
                language.pick(
                    format!("La tessera in {reader} è {card}."),
                    format!("The card in {reader} is {card}."),
                ),
                unsupported_text::advice(*advice, language),
            )
        }
        CardFinding::CardRecognised { family, contactless: false } => FindingText::fact(language.pick(
            format!("Tessera riconosciuta: {family} (lettura a contatto)."),
            format!("Card recognised: {family} (contact)."),
        )),
        CardFinding::CardRecognised { family, contactless: true } => FindingText::fact(language.pick(
            format!("Tessera riconosciuta: {family} (lettura senza contatto, NFC)."),
            format!("Card recognised: {family} (contactless, NFC)."),
        )),
        CardFinding::CertificateMissing { problem: CertificateProblem::SignatureOnly, .. } => {
            FindingText::with_remedy(
                certificate_messages::ONLY_FOR_SIGNATURES.to(language),
                certificate_messages::NEEDS_A_LOGIN_CERTIFICATE.to(language),
            )
        }
        CardFinding::CertificateMissing { problem, is_health_card } => FindingText::with_remedy(
            certificate_messages::no_certificate(language, Some(*problem)),
            match is_health_card {
                true => language.pick(
                    "Attiva prima la Tessera sanitaria come CNS a uno sportello: cns guide attivare",
                    "Have the health card activated as a CNS at a counter first: cns guide activate",
                ),
                false => language.pick(
                    "Chiedi a chi ha rilasciato la carta di attivarla o di sostituirla.",
                    "Ask whoever issued the card to activate or replace it.",
                ),
            },
        ),
        CardFinding::CertificateUnreadable => FindingText::with_remedy(
            language.pick(
                "Il certificato sulla tessera non si può leggere.",
                "The certificate on the card cannot be read.",
            ),
            language.pick(
                "Chiedi una tessera nuova a chi l'ha rilasciata: cns guide smarrita",
                "Ask whoever issued the card for a new one: cns guide lost",
            ),
        ),
        CardFinding::CertificateValid { until } => FindingText::fact(language.pick(
            format!("Il certificato è valido fino al {}.", language.date(*until)),
            format!("The certificate is valid until {}.", language.date(*until)),
        )),
        CardFinding::CertificateEndsSoon { until, days, is_health_card } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato scade il {}, fra {days} giorni.", language.date(*until)),
                format!("The certificate expires on {}, in {days} days.", language.date(*until)),
            ),
            match is_health_card {
                true => language.pick(
                    "La nuova Tessera sanitaria ti arriva per posta prima della scadenza. Poi attivala: cns \
                     guide attivare",
                    "The new health card comes by post before the old one expires. Then have it activated: \
                     cns guide activate",
                ),
                false => language.pick(
                    "Chiedi il rinnovo a chi ha rilasciato la carta.",
                    "Ask whoever issued the card to renew it.",
                ),
            },
        ),
        CardFinding::CertificateExpired { since, is_health_card } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato è scaduto il {}: nessun sito lo accetta più.", language.date(*since)),
                format!("The certificate expired on {}: no site accepts it any more.", language.date(*since)),
            ),
            match is_health_card {
                true => language.pick(
                    "Attiva la tessera nuova: cns guide attivare. Se non è arrivata: cns guide smarrita",
                    "Activate the new card: cns guide activate. If none has come: cns guide lost",
                ),
                false => language.pick(
                    "Chiedi il rinnovo a chi ha rilasciato la carta.",
                    "Ask whoever issued the card to renew it.",
                ),
            },
        ),
        CardFinding::CertificateNotYetValid { from } => FindingText::with_remedy(
            language.pick(
                format!("Il certificato sarà valido solo dal {}.", language.date(*from)),
                format!("The certificate is valid only from {}.", language.date(*from)),
            ),
            language.pick(
                "Controlla che la data del computer sia giusta.",
                "Check that the computer's date is right.",
            ),
        ),
        CardFinding::CertificateIsCns { issuer } => FindingText::fact(language.pick(
            format!("È un certificato CNS, per accedere ai servizi online. Rilasciato da: {issuer}."),
            format!("It is a CNS certificate, for logging in to online services. Issued by: {issuer}."),
        )),
        CardFinding::CertificateOfOtherPolicy { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non risulta essere di una CNS (manca il codice 1.3.76.16.2.1). Rilasciato \
                     da: {issuer}."
                ),
                format!(
                    "The certificate is not marked as a CNS certificate (the code 1.3.76.16.2.1 is missing). \
                     Issued by: {issuer}."
                ),
            ),
            language.pick(
                "Alcuni siti potrebbero rifiutarlo. Chiedi a chi ha rilasciato la tessera.",
                "Some sites may refuse it. Ask whoever issued the card.",
            ),
        ),
        CardFinding::CertificateNotForLogin { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non serve per accedere ai servizi online (manca clientAuth). Rilasciato \
                     da: {issuer}."
                ),
                format!(
                    "The certificate is not for logging in to online services (clientAuth is missing). Issued \
                     by: {issuer}."
                ),
            ),
            language.pick(
                "I browser non lo proporranno. Chiedi a chi ha rilasciato la tessera.",
                "Browsers will not offer it. Ask whoever issued the card.",
            ),
        ),
        CardFinding::OtherCertificate { certificate } => {
            let other = certificate_messages::other_certificate(language, certificate);
            FindingText::fact(language.pick(
                format!("Sulla tessera c'è un altro certificato: {other}."),
                format!("There is another certificate on the card: {other}."),
            ))
        }
        CardFinding::OldCertificateShown => FindingText::with_remedy(
            language.pick(
                "Il driver mostra un certificato che sulla tessera non c'è più.",
                "The driver shows a certificate that is no longer on the card.",
            ),
            language.pick(
                "Cancella quello che il driver ricorda: cns cache clear. Poi riavvia il browser.",
                "Clear what the driver remembers: cns cache clear. Then restart the browser.",
            ),
        ),
        CardFinding::KeyUnusable { problem } => {
            let text = certificate_messages::key_unusable(language, *problem);
            FindingText::with_remedy(format!("{} {}", text.what, text.why), text.next)
        }
        CardFinding::KeyLongEnough { bits } => FindingText::fact(
            language.pick(format!("La chiave è di {bits} bit."), format!("The key has {bits} bits.")),
        ),
        CardFinding::KeyShort { bits, allowed: true } => FindingText::fact(language.pick(
            format!(
                "La chiave è di {bits} bit, come sulle tessere meno recenti; OpenSSL è già configurato per accettarla."
            ),
            format!("The key has {bits} bits, as on older cards; OpenSSL is already set to accept it."),
        )),
        CardFinding::KeyShort { bits, allowed: false } => FindingText::with_remedy(
            language.pick(
                format!(
                    "La chiave è di {bits} bit, come sulle tessere meno recenti: OpenSSL, curl e GnuTLS la \
                     rifiutano."
                ),
                format!("The key has {bits} bits, as on older cards: OpenSSL, curl and GnuTLS refuse it."),
            ),
            language.pick(
                "I browser funzionano. Per OpenSSL: cns setup openssl, poi togli il # dall'ultima riga del file.",
                "Browsers work. For OpenSSL: cns setup openssl, then remove the # from the last line of the file.",
            ),
        ),
        CardFinding::PinTries { left } => FindingText::fact(language.pick(
            format!("Tentativi rimasti per il PIN: {left}."),
            format!("Tries left for the PIN: {left}."),
        )),
        CardFinding::PinTriesUnknown { wrong: 0 } => FindingText::fact(language.pick(
            "Questa tessera non dice quanti tentativi restano per il PIN: di solito sono tre.",
            "This card does not say how many tries are left for the PIN: usually there are three.",
        )),
        CardFinding::PinTriesUnknown { .. } => FindingText::fact(language.pick(
            "L'ultimo PIN inserito era errato. Questa tessera non dice quanti tentativi restano: di solito \
             sono tre in tutto.",
            "The last PIN typed was wrong. This card does not say how many tries are left: usually there \
             are three in all.",
        )),
        CardFinding::PinLastTry { protected: false } => FindingText::with_remedy(
            language.pick(
                "Per il PIN resta un solo tentativo: se sbagli, si blocca.",
                "One try is left for the PIN: a wrong one locks it.",
            ),
            language.pick(
                "Controlla il PIN, poi: cns pin verify. Se non lo ricordi, sbloccalo con il PUK: cns pin \
                 unblock",
                "Check the PIN, then: cns pin verify. If you do not remember it, unblock it with the PUK: \
                 cns pin unblock",
            ),
        ),
        CardFinding::PinLastTry { protected: true } => FindingText::with_remedy(
            language.pick(
                "Per il PIN resta un solo tentativo. Il driver non lo usa: nel browser non puoi accedere, \
                 nemmeno con il PIN corretto.",
                "One try is left for the PIN. The driver does not use it: you cannot log in with the browser, \
                 even with the right PIN.",
            ),
            language.pick(
                "Controlla il PIN, estrai la tessera, inseriscila di nuovo e riprova. Oppure: cns pin \
                 verify. Se non ricordi il PIN, sbloccalo con il PUK: cns pin unblock",
                "Check the PIN, take the card out, insert it again and try once more. Or: cns pin verify. \
                 If you do not remember the PIN, unblock it with the PUK: cns pin unblock",
            ),
        ),
        CardFinding::PinLocked => FindingText::with_remedy(
            language.pick("Il PIN è bloccato.", "The PIN is locked."),
            language.pick(
                "Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK: cns guide sbloccare",
                "Unblock it with the PUK: cns pin unblock. If you have no PUK: cns guide unblock",
            ),
        ),
        CardFinding::PukLastTry => FindingText::with_remedy(
            language.pick(
                "Per il PUK resta un solo tentativo: se sbagli, la tessera va sostituita.",
                "One try is left for the PUK: after a wrong one the card must be replaced.",
            ),
            language.pick(
                "Controlla il PUK prima di usarlo: cns guide codici",
                "Check the PUK before you use it: cns guide codes",
            ),
        ),
        CardFinding::PukLocked => FindingText::with_remedy(
            language.pick(
                "Il PUK è bloccato: la tessera non si può più sbloccare.",
                "The PUK is locked: the card cannot be unblocked any more.",
            ),
            language.pick(
                "Vai allo sportello con la tessera e un documento d'identità e chiedi una tessera nuova.",
                "Go to the counter with the card and an identity document and ask for a new card.",
            ),
        ),
    }
}
