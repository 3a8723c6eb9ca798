//! Names of cards that are not a CNS, and advice to their holders, also for a CNS without certificate: whole sentences.

use cns_card::{Advice, UnsupportedCard};

use crate::text::{Language, Message};

/// What the card is, to go on after "The card in the reader is" in that language.
pub(crate) fn card(card: UnsupportedCard, language: Language) -> &'static str {
    let italian = match card {
        UnsupportedCard::DigitalDna => "una carta bit4id Digital-DNA (NXP ChipDoc)",
        UnsupportedCard::IdentityCard => "una carta d'identità elettronica (CIE)",
        UnsupportedCard::OldIdentityCard => {
            "una carta d'identità elettronica di vecchio tipo, o una carta di servizi con il marchio CIE"
        }
        UnsupportedCard::HealthProfessional => "una carta dell'operatore sanitario (HPC)",
        UnsupportedCard::SignatureOnly => "una carta per la firma digitale, senza la funzione CNS",
        UnsupportedCard::RomanianHealthCard => "una tessera sanitaria rumena (CNAS)",
        UnsupportedCard::PaymentCard => "una carta di pagamento",
        UnsupportedCard::OlderInfocamere => {
            "una vecchia carta delle Camere di Commercio (InfoCamere), di una serie scaduta"
        }
        UnsupportedCard::UnreadableCertificate => {
            "una carta con un certificato che questo driver non sa leggere (forse non è una CNS italiana)"
        }
        UnsupportedCard::ContactlessSide => "una carta letta senza contatto (NFC), dove la CNS non si vede",
        UnsupportedCard::Foreign => "una carta che non è una CNS",
    };
    language.pick(italian, card.name())
}

/// What its holder can do: whole sentences.
pub(crate) fn advice(advice: Advice, language: Language) -> &'static str {
    let text = match advice {
        Advice::IssuersSoftware => ISSUERS_SOFTWARE,
        Advice::CieSoftware => CIE_SOFTWARE,
        Advice::SignatureSoftware => SIGNATURE_SOFTWARE,
        Advice::RomanianHealthCard => ROMANIAN_HEALTH_CARD,
        Advice::InsertCns => INSERT_CNS,
        Advice::AskTheIssuer => ASK_THE_ISSUER,
        Advice::AskWhoIssuedIt => ASK_WHO_ISSUED_IT,
        Advice::UseTheContactSlot => USE_THE_CONTACT_SLOT,
        Advice::AskTheChamberOfCommerce => ASK_THE_CHAMBER_OF_COMMERCE,
        Advice::CheckTheCertificate => CHECK_THE_CERTIFICATE,
    };
    text.to(language)
}

const ISSUERS_SOFTWARE: Message = Message::new(
    "Questa carta funziona con il programma di chi l'ha rilasciata: cercalo sul suo sito. Per accedere con \
     la CNS, inserisci la Tessera sanitaria (TS-CNS).",
    "This card works with its issuer's program: look for it on the issuer's site. To log in \
     with the CNS, put your health card (TS-CNS) into the reader.",
);

const CIE_SOFTWARE: Message = Message::new(
    "La carta d'identità elettronica si usa con il programma «Software CIE» del Ministero dell'Interno \
     (www.cartaidentita.interno.gov.it) e con l'accesso «Entra con CIE». Per accedere con la CNS, inserisci \
     la Tessera sanitaria (TS-CNS).",
    "The electronic identity card is used with the program \"Software CIE\" of the Italian Ministry of the \
     Interior (www.cartaidentita.interno.gov.it) and the login \"Entra con CIE\". To log in with the CNS, \
     put your health card (TS-CNS) into the reader.",
);

const SIGNATURE_SOFTWARE: Message = Message::new(
    "Questa carta serve a firmare documenti, con il programma di firma di chi l'ha rilasciata; non serve ad \
     accedere ai servizi. Per accedere, inserisci la Tessera sanitaria (TS-CNS) o un'altra CNS.",
    "This card is for signing documents, with its issuer's signing program; you cannot log in to services \
     with it. To log in, put your health card (TS-CNS) or another CNS into the reader.",
);

const INSERT_CNS: Message = Message::new(
    "Inserisci nel lettore la Tessera sanitaria (TS-CNS) o un'altra CNS, con i contatti dorati nel verso \
     indicato sul lettore.",
    "Put your health card (TS-CNS) or another CNS into the reader, with the gold contacts the way the reader shows.",
);

const ASK_THE_ISSUER: Message = Message::new(
    "Porta la tessera e un documento d'identità a uno sportello della tua Regione (ASL o altro sportello \
     abilitato) e chiedi di attivarla o di sostituirla.",
    "Take the card and an identity document to a counter of your Region (ASL or another authorised counter) \
     and ask to have it activated or replaced.",
);

const ASK_WHO_ISSUED_IT: Message = Message::new(
    "Rivolgiti a chi l'ha rilasciata (per esempio la Camera di Commercio) e chiedi di attivarla o di \
     sostituirla.",
    "Contact its issuer (a chamber of commerce, for example) and ask to have it activated or \
     replaced.",
);

const USE_THE_CONTACT_SLOT: Message = Message::new(
    "Se è la tua Tessera sanitaria (TS-CNS), usa la fessura del lettore: inserisci la tessera fino in fondo, \
     dal lato dei contatti dorati.",
    "If it is your health card (TS-CNS), use the slot of the reader: insert the card all the way, gold contacts first.",
);

const ASK_THE_CHAMBER_OF_COMMERCE: Message = Message::new(
    "I certificati di questa serie sono scaduti e non si rinnovano. Chiedi una CNS nuova alla tua Camera di \
     Commercio, oppure accedi con la Tessera sanitaria (TS-CNS).",
    "The certificates of this series have expired and are not renewed. Ask your chamber of commerce for a \
     new CNS, or log in with your health card (TS-CNS).",
);

const CHECK_THE_CERTIFICATE: Message = Message::new(
    "A questa carta non inviamo nessun PIN. Se è una carta di un altro Paese, usa il programma di chi \
     l'ha rilasciata. Se è la tua Tessera sanitaria (TS-CNS), il certificato è danneggiato: portala a uno \
     sportello della tua Regione (ASL o altro sportello abilitato) e chiedi di sostituirla.",
    "We send no PIN to this card. If it is a card of another country, use its issuer's program. \
     If it is your health card (TS-CNS), its certificate is damaged: take it to a counter of your Region \
     (ASL or another authorised counter) and ask to have it replaced.",
);

/// What to do is on the page.
const ROMANIAN_HEALTH_CARD: Message = Message::new(
    "Funziona solo in Romania, presso medico, farmacia o ospedale; non riceve nessun PIN. Se è bloccata: cns \
     guide romania",
    "It works only in Romania, at a doctor's, a pharmacy or a hospital; it is sent no PIN. If it is \
     blocked: cns guide romania",
);

/// The same for a holder who reads Romanian best.
pub(crate) const ROMANIAN_HEALTH_CARD_IN_ROMANIAN: &str =
    "Cardul funcționează numai în România, la medic, farmacie sau spital. Card blocat: cns guide romania";

#[cfg(test)]
mod tests {
    use super::*;

    const ADVICE: [Advice; 10] = [
        Advice::IssuersSoftware,
        Advice::CieSoftware,
        Advice::SignatureSoftware,
        Advice::RomanianHealthCard,
        Advice::InsertCns,
        Advice::AskTheIssuer,
        Advice::AskWhoIssuedIt,
        Advice::UseTheContactSlot,
        Advice::AskTheChamberOfCommerce,
        Advice::CheckTheCertificate,
    ];

    #[test]
    fn there_is_a_whole_sentence_in_each_language() {
        for one in ADVICE {
            for language in Language::ALL {
                let text = advice(one, language);
                let ends = text.ends_with('.') || text.ends_with(": cns guide romania");
                assert!(text.len() > 50 && ends && !text.contains("  "), "{text}");
            }
        }
        assert_eq!(card(UnsupportedCard::PaymentCard, Language::Italian), "una carta di pagamento");
    }

    /// Software CIE is for CIE 3.0; the issuers' programs drive older cards with the mark CIE.
    #[test]
    fn the_identity_cards_software_is_named_for_its_cards_only() {
        for one in ADVICE {
            let names_it = advice(one, Language::Italian).contains("Software CIE");
            assert_eq!(names_it, one == Advice::CieSoftware, "{one:?}");
        }
        assert_eq!(UnsupportedCard::IdentityCard.advice(), Advice::CieSoftware);
        assert_eq!(UnsupportedCard::OldIdentityCard.advice(), Advice::IssuersSoftware);
    }

    /// What to do is on the page; here it would be told in every command.
    #[test]
    fn the_romanian_card_has_one_line_a_language_and_the_page() {
        let texts = Language::ALL.map(|language| advice(Advice::RomanianHealthCard, language));
        for text in texts.into_iter().chain([ROMANIAN_HEALTH_CARD_IN_ROMANIAN]) {
            assert!(text.ends_with("cns guide romania") && text.chars().count() < 130, "{text}");
        }
    }
}
