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
                "Girarla, o pulire il chip con un panno morbido. Se lì un'altra tessera funziona, questa è \
                 guasta: cns guide lost",
                "Turn it round, or clean the chip with a soft cloth. If another card works there, this one \
                 is broken: cns guide lost",
            ),
        ),
        CardFinding::CardFails { error } => {
            let text = card_messages::card_failed(language, *error);
            let what = language.pick(
                format!("Non riesco a leggere la tessera in {reader}. {}", text.what),
                format!("The card in {reader} could not be read. {}", text.what),
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
            format!("La tessera è riconosciuta ({family}), dal chip."),
            format!("The card is recognised ({family}), at its chip."),
        )),
        CardFinding::CardRecognised { family, contactless: true } => FindingText::fact(language.pick(
            format!("La tessera è riconosciuta ({family}), senza contatto (NFC)."),
            format!("The card is recognised ({family}), by radio (NFC)."),
        )),
        CardFinding::CertificateMissing { problem: CertificateProblem::SignatureOnly, .. } => {
            FindingText::with_remedy(
                certificate_messages::ONLY_FOR_SIGNATURES.to(language),
                certificate_messages::NEEDS_A_LOGIN_CERTIFICATE.to(language),
            )
        }
        CardFinding::CertificateMissing { problem, is_health_card } => FindingText::with_remedy(
            language.pick(
                "Sulla tessera non c'è un certificato che si possa usare.".to_owned(),
                format!("The card has no usable certificate: {problem}."),
            ),
            match is_health_card {
                true => language.pick(
                    "Prima bisogna attivare la tessera sanitaria come CNS a uno sportello: cns guide \
                     activate",
                    "A health card must be activated as CNS at a counter first: cns guide activate",
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
                "Chiedere una tessera nuova a chi l'ha rilasciata: cns guide lost",
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
                format!("The certificate ends on {}, in {days} days.", language.date(*until)),
            ),
            match is_health_card {
                true => language.pick(
                    "La nuova tessera sanitaria arriva da sola prima della scadenza, ma va attivata: cns \
                     guide activate",
                    "The new health card is sent by itself before the old one ends; it must be activated: \
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
                format!("The certificate ended on {}: no site takes it any more.", language.date(*since)),
            ),
            match is_health_card {
                true => language.pick(
                    "Attivare la tessera nuova: cns guide activate. Se non è arrivata: cns guide lost",
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
                format!("Il certificato vale dal {}.", language.date(*from)),
                format!("The certificate begins on {}.", language.date(*from)),
            ),
            language.pick(
                "Controllare se la data del computer è giusta.",
                "Look whether the computer's date is right.",
            ),
        ),
        CardFinding::CertificateIsCns { issuer } => FindingText::fact(language.pick(
            format!("Il certificato è quello di una CNS, per gli accessi. Rilasciato da: {issuer}."),
            format!("The certificate is one of a CNS, for logging in. Issued by: {issuer}."),
        )),
        CardFinding::CertificateOfOtherPolicy { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non dice di essere quello di una CNS (1.3.76.16.2.1). Rilasciato da: \
                     {issuer}."
                ),
                format!(
                    "The certificate does not say that it is one of a CNS (1.3.76.16.2.1). Issued by: \
                     {issuer}."
                ),
            ),
            language.pick(
                "Alcuni siti lo rifiuteranno. Chiedere a chi ha rilasciato la tessera.",
                "Some sites will refuse it. Ask whoever issued the card.",
            ),
        ),
        CardFinding::CertificateNotForLogin { issuer, .. } => FindingText::with_remedy(
            language.pick(
                format!(
                    "Il certificato non serve per gli accessi (manca clientAuth). Rilasciato da: {issuer}."
                ),
                format!(
                    "The certificate is not for logging in (clientAuth is missing). Issued by: {issuer}."
                ),
            ),
            language.pick(
                "I browser non lo proporranno. Chiedere a chi ha rilasciato la tessera.",
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
                "La chiave è di {bits} bit, come sulle tessere meno recenti; OpenSSL è configurato per \
                 accettarla."
            ),
            format!("The key has {bits} bits, as on older cards; OpenSSL is set to take it."),
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
                "I browser funzionano. Per OpenSSL: cns setup openssl, poi togliere il # dall'ultima riga \
                 del file.",
                "Browsers work. For OpenSSL: cns setup openssl, then take the # away in the file's last \
                 line.",
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
            "L'ultimo PIN scritto era errato. Questa tessera non dice quanti tentativi restano: di solito \
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
                "Per il PIN resta un solo tentativo. Il driver non lo usa: nel browser l'accesso non \
                 riesce, anche con il PIN giusto.",
                "One try is left for the PIN. The driver does not use it: in the browser logging in fails, \
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
                "Sbloccalo con il PUK: cns pin unblock. Se non hai il PUK: cns guide unblock",
                "Unblock it with the PUK: cns pin unblock. If you have no PUK: cns guide unblock",
            ),
        ),
        CardFinding::PukLastTry => FindingText::with_remedy(
            language.pick(
                "Per il PUK resta un solo tentativo: se sbagli, la tessera va sostituita.",
                "One try is left for the PUK: after a wrong one the card must be replaced.",
            ),
            language.pick(
                "Controlla il PUK prima di usarlo: cns guide codes",
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
