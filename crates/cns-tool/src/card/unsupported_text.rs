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
    "Questa tessera non contiene il certificato che serve per accedere. Porta la tessera e un documento \
     d'identità a uno sportello della tua Regione (ASL o altro sportello abilitato) e chiedi di attivarla o \
     di sostituirla.",
    "This card does not hold the certificate that is needed to log in. Take the card and an identity document \
     to a counter of your Region (ASL or another authorised counter) and ask to have it activated or \
     replaced.",
);

const ASK_WHO_ISSUED_IT: Message = Message::new(
    "Questa carta non contiene il certificato che serve per accedere. Rivolgiti a chi l'ha rilasciata (per \
     esempio la Camera di Commercio) e chiedi di attivarla o di sostituirla.",
    "This card does not hold the certificate that is needed to log in. Contact its issuer (a chamber of \
     commerce, for example) and ask to have it activated or replaced.",
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

/// After the notice of CAS Gorj, 2015 (docs/cards, unsupported).
const ROMANIAN_HEALTH_CARD: Message = Message::new(
    "Con questa tessera non puoi accedere da casa: funziona solo presso medico, farmacia o ospedale in Romania, \
     con il loro lettore e il loro programma. Questo computer non le invia mai il PIN. «Card blocat» \
     (errore 15): dopo cinque PIN sbagliati la tessera è bloccata. Chiedi al medico o alla farmacia di \
     telefonare alla tua cassa di assicurazione (CAS) e tieni pronto il codice CID. Dopo lo sblocco, nel \
     loro programma: inserisci la tessera, scegli «Reset PIN eCard», digita 0000; poi «Schimbă PIN eCard»: \
     PIN attuale 0000, PIN nuovo, ancora il PIN nuovo. Lo stesso vale per chi ha dimenticato il PIN. «Card \
     invalid» (errore 5): si telefona alla stessa CAS, con il numero di documento stampato sulla tessera; \
     dopo, la tessera funziona di nuovo con il PIN scelto all'attivazione. Se la carta è un'altra, \
     inserisci la Tessera sanitaria italiana (TS-CNS).",
    "You cannot log in from home with this card: it works only at a doctor's, a pharmacy or a hospital in \
     Romania, with their reader and their program. This computer never sends it a PIN. \"Card blocat\" \
     (error 15): after five wrong PINs the card is blocked. Ask the doctor or the pharmacy to telephone \
     your county health insurance house (CAS) and have your CID code ready. After they have unblocked it, \
     in the provider's program: put the card in, choose \"Reset PIN eCard\", type 0000; then \"Schimbă PIN \
     eCard\": current PIN 0000, new PIN, the new PIN again. The same helps if you forgot the PIN. \"Card \
     invalid\" (error 5): the same CAS is telephoned, with the document number printed on the card; \
     afterwards the card works again with the PIN set at activation. If your card is another one, put your \
     Italian health card (TS-CNS) into the reader.",
);

/// The same for a holder who reads Romanian best.
pub(crate) const ROMANIAN_HEALTH_CARD_IN_ROMANIAN: &str = "Cu acest card nu vă puteți autentifica de acasă: \
                                                           funcționează numai la medic, la farmacie sau la \
     spital, cu cititorul și programul lor. Acest calculator nu îi trimite niciodată codul PIN. „Card \
     blocat” (eroarea 15): după cinci coduri PIN greșite cardul este blocat. Rugați medicul sau farmacia să \
     telefoneze la casa dumneavoastră județeană de asigurări de sănătate (CAS) și pregătiți codul CID. După \
     deblocare, în programul furnizorului: introduceți cardul, alegeți „Reset PIN eCard”, tastați 0000; \
     apoi „Schimbă PIN eCard”: PIN-ul actual 0000, PIN-ul nou, încă o dată PIN-ul nou. La fel se procedează \
     dacă ați uitat codul PIN. „Card invalid” (eroarea 5): se telefonează la aceeași CAS, cu numărul de \
     document înscris pe card; după aceea cardul funcționează din nou cu PIN-ul stabilit la activare. Dacă \
     aveți alt card, introduceți în cititor cardul italian TS-CNS.";

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
                assert!(text.len() > 50 && text.ends_with('.') && !text.contains("  "), "{text}");
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

    #[test]
    fn the_romanian_card_has_both_cases_and_what_to_have_ready() {
        let texts = Language::ALL.map(|language| advice(Advice::RomanianHealthCard, language));
        for text in texts.into_iter().chain([ROMANIAN_HEALTH_CARD_IN_ROMANIAN]) {
            let said = ["15", "5)", "CAS", "CID", "0000", "Reset PIN eCard", "Schimbă PIN eCard"];
            assert!(said.iter().all(|word| text.contains(word)), "{text}");
            assert!(text.to_lowercase().contains("card blocat") && text.contains("nvalid"));
        }
        assert!(ROMANIAN_HEALTH_CARD_IN_ROMANIAN.contains("casa dumneavoastră județeană"));
    }
}
