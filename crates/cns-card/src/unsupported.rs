//! Cards that this engine does not work with: what they are, and what their holders can do, in words for everybody.
//!
//! What this room is for: two enumerations and their sentences. It must not know how a card is recognised, and say
//! nothing that a citizen would have to look up.

/// The languages of the sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Italiano.
    Italian,
    /// English.
    English,
    /// Română.
    Romanian,
}

/// A card that this engine does not work with, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnsupportedCard {
    /// bit4id Digital-DNA on NXP ChipDoc: may carry a CNS mark, but is IAS-ECC with PACE and compressed certificates.
    DigitalDna,
    /// The Italian electronic identity card (CIE 3.0).
    IdentityCard,
    /// An identity card before CIE 3.0, or a card of a health or regional service with the mark `CIE`.
    OldIdentityCard,
    /// A health professional's card (mark `HPC`).
    HealthProfessional,
    /// A card for qualified signatures only (marks `DSD`, `PSE`).
    SignatureOnly,
    /// The Romanian health insurance card (CNAS).
    RomanianHealthCard,
    /// A payment card (EMV).
    PaymentCard,
    /// The Infocamere series before 1204, whose PINs are padded with 00.
    OlderInfocamere,
    /// The ATR of a CNS, and a certificate file that holds something else than a certificate.
    UnreadableCertificate,
    /// Read without contacts, and none of the cards that are known there: perhaps the other side of a TS-CNS.
    ContactlessSide,
    /// Nothing that says CNS.
    Foreign,
}

/// What the holder of a card can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// Use the software of the card's issuer.
    IssuersSoftware,
    /// Use the CIE middleware.
    CieSoftware,
    /// Sign with the issuer's program, log in with another card.
    SignatureSoftware,
    /// What is done about a blocked or invalid Romanian health card, and by whom.
    RomanianHealthCard,
    /// Put in another card.
    InsertCns,
    /// The card is a TS-CNS without certificate: ask at the counter.
    AskTheIssuer,
    /// The card is another CNS without certificate: ask whoever issued it.
    AskWhoIssuedIt,
    /// Put the card into the contact slot.
    UseTheContactSlot,
    /// The card's certificates have expired for good: ask the chamber of commerce for another.
    AskTheChamberOfCommerce,
    /// The certificate is damaged or not of an Italian CNS.
    CheckTheCertificate,
}

impl UnsupportedCard {
    /// What its holder can do.
    #[must_use]
    pub fn advice(self) -> Advice {
        match self {
            Self::DigitalDna | Self::HealthProfessional | Self::OldIdentityCard => Advice::IssuersSoftware,
            Self::IdentityCard => Advice::CieSoftware,
            Self::SignatureOnly => Advice::SignatureSoftware,
            Self::RomanianHealthCard => Advice::RomanianHealthCard,
            Self::PaymentCard | Self::Foreign => Advice::InsertCns,
            Self::OlderInfocamere => Advice::AskTheChamberOfCommerce,
            Self::UnreadableCertificate => Advice::CheckTheCertificate,
            Self::ContactlessSide => Advice::UseTheContactSlot,
        }
    }

    /// What it is, to go on after "The card in the reader is" in that language.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        let [italian, english, romanian] = match self {
            Self::DigitalDna => [
                "una carta bit4id Digital-DNA (NXP ChipDoc)",
                "a bit4id Digital-DNA card (NXP ChipDoc)",
                "un card bit4id Digital-DNA (NXP ChipDoc)",
            ],
            Self::IdentityCard => [
                "una carta d'identità elettronica (CIE)",
                "an Italian electronic identity card (CIE)",
                "o carte de identitate electronică italiană (CIE)",
            ],
            Self::OldIdentityCard => [
                "una carta d'identità elettronica di vecchio tipo, o una carta di servizi con il marchio CIE",
                "an electronic identity card of an older kind, or a service card with the mark CIE",
                "o carte de identitate electronică italiană de tip vechi sau un card de servicii cu marca CIE",
            ],
            Self::HealthProfessional => [
                "una carta dell'operatore sanitario (HPC)",
                "a health professional's card (HPC)",
                "un card de personal medical (HPC)",
            ],
            Self::SignatureOnly => [
                "una carta per la sola firma digitale, senza la funzione CNS",
                "a card for digital signatures only, without CNS function",
                "un card numai pentru semnătură electronică, fără funcția CNS",
            ],
            Self::RomanianHealthCard => [
                "una tessera sanitaria rumena (CNAS)",
                "a Romanian health insurance card (CNAS)",
                "un card național de asigurări de sănătate (CNAS)",
            ],
            Self::PaymentCard => ["una carta di pagamento", "a payment card", "un card de plată"],
            Self::OlderInfocamere => [
                "una vecchia carta delle Camere di Commercio (InfoCamere), di una serie scaduta",
                "an old card of the Italian chambers of commerce (InfoCamere), of a series that has expired",
                "un card vechi al camerelor de comerț italiene (InfoCamere), dintr-o serie expirată",
            ],
            Self::UnreadableCertificate => [
                "una carta con un certificato che questo driver non sa leggere (forse non è una CNS italiana)",
                "a card whose certificate this driver cannot read (it may not be an Italian CNS)",
                "un card al cărui certificat nu poate fi citit de acest driver (poate nu este un CNS italian)",
            ],
            Self::ContactlessSide => [
                "una carta letta senza contatto, e da questo lato non c'è una CNS",
                "a card read without contact, and this side holds no CNS",
                "un card citit fără contact, iar pe această parte nu există un CNS",
            ],
            Self::Foreign => ["una carta che non è una CNS", "not a CNS card", "un card care nu este CNS"],
        };
        match language {
            Language::Italian => italian,
            Language::English => english,
            Language::Romanian => romanian,
        }
    }
}

impl Advice {
    /// What to tell the holder: whole sentences.
    #[must_use]
    pub fn in_language(self, language: Language) -> &'static str {
        let [italian, english, romanian] = match self {
            Self::IssuersSoftware => ISSUERS_SOFTWARE,
            Self::CieSoftware => CIE_SOFTWARE,
            Self::SignatureSoftware => SIGNATURE_SOFTWARE,
            Self::RomanianHealthCard => ROMANIAN_HEALTH_CARD,
            Self::InsertCns => INSERT_CNS,
            Self::AskTheIssuer => ASK_THE_ISSUER,
            Self::AskWhoIssuedIt => ASK_WHO_ISSUED_IT,
            Self::UseTheContactSlot => USE_THE_CONTACT_SLOT,
            Self::AskTheChamberOfCommerce => ASK_THE_CHAMBER_OF_COMMERCE,
            Self::CheckTheCertificate => CHECK_THE_CERTIFICATE,
        };
        match language {
            Language::Italian => italian,
            Language::English => english,
            Language::Romanian => romanian,
        }
    }
}

impl std::fmt::Display for UnsupportedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.in_language(Language::English))
    }
}

impl std::error::Error for UnsupportedCard {}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.in_language(Language::English))
    }
}

/// Italian, English, Romanian.
type Sentences = [&'static str; 3];

const ISSUERS_SOFTWARE: Sentences = [
    "Questa carta funziona con il programma di chi l'ha rilasciata: si trova sul suo sito. \
     Per accedere con la CNS, inserisci la tessera sanitaria (TS-CNS).",
    "This card works with the program of whoever issued it: look for it on the issuer's site. \
     To log in with the CNS, put your health card (TS-CNS) into the reader.",
    "Acest card funcționează cu programul celui care l-a emis: îl găsiți pe site-ul emitentului. \
     Pentru autentificare cu CNS, introduceți în cititor cardul TS-CNS.",
];

const CIE_SOFTWARE: Sentences = [
    "La carta d'identità elettronica si usa con il programma «Software CIE» del Ministero dell'Interno \
     (www.cartaidentita.interno.gov.it) e con l'accesso «Entra con CIE». \
     Per accedere con la CNS, inserisci la tessera sanitaria (TS-CNS).",
    "The electronic identity card is used with the program \"Software CIE\" of the Italian Ministry of the Interior \
     (www.cartaidentita.interno.gov.it) and the login \"Entra con CIE\". \
     To log in with the CNS, put your health card (TS-CNS) into the reader.",
    "Cartea de identitate electronică italiană se folosește cu programul „Software CIE” al Ministerului de Interne \
     italian (www.cartaidentita.interno.gov.it) și cu autentificarea „Entra con CIE”. \
     Pentru autentificare cu CNS, introduceți în cititor cardul TS-CNS.",
];

const SIGNATURE_SOFTWARE: Sentences = [
    "Questa carta serve a firmare documenti, con il programma di firma di chi l'ha rilasciata; non serve ad accedere \
     ai servizi. Per accedere, inserisci la tessera sanitaria (TS-CNS) o un'altra CNS.",
    "This card signs documents, with the signing program of whoever issued it; it does not log in to services. \
     To log in, put your health card (TS-CNS) or another CNS into the reader.",
    "Acest card semnează documente, cu programul de semnătură al celui care l-a emis; nu se folosește la \
     autentificare. Pentru autentificare, introduceți în cititor cardul TS-CNS sau un alt CNS.",
];

const INSERT_CNS: Sentences = [
    "Inserisci nel lettore la tessera sanitaria (TS-CNS) o un'altra CNS, con il chip rivolto come indicato sul lettore.",
    "Put your health card (TS-CNS) or another CNS into the reader, with the chip the way the reader shows.",
    "Introduceți în cititor cardul TS-CNS sau un alt CNS, cu cipul așa cum arată cititorul.",
];

const ASK_THE_ISSUER: Sentences = [
    "Questa tessera non contiene il certificato che serve per accedere. Porta la tessera e un documento d'identità a \
     uno sportello della tua Regione (ASL o altro sportello abilitato) e chiedi di attivarla o di sostituirla.",
    "This card does not hold the certificate that logging in needs. Take the card and an identity document to a \
     counter of your Region (ASL or another authorised counter) and ask to have it activated or replaced.",
    "Acest card nu conține certificatul necesar pentru autentificare. Mergeți cu cardul și cu un act de identitate la \
     un ghișeu al Regiunii (ASL sau alt ghișeu autorizat) și cereți activarea sau înlocuirea lui.",
];

const ASK_WHO_ISSUED_IT: Sentences = [
    "Questa carta non contiene il certificato che serve per accedere. Rivolgiti a chi l'ha rilasciata (per esempio la \
     Camera di Commercio) e chiedi di attivarla o di sostituirla.",
    "This card does not hold the certificate that logging in needs. Turn to whoever issued it (a chamber of commerce, \
     for example) and ask to have it activated or replaced.",
    "Acest card nu conține certificatul necesar pentru autentificare. Adresați-vă celui care l-a emis (de exemplu camera \
     de comerț) și cereți activarea sau înlocuirea lui.",
];

const USE_THE_CONTACT_SLOT: Sentences = [
    "Se è la tua tessera sanitaria (TS-CNS), usa la fessura del lettore: inserisci la tessera con il chip in avanti, \
     fino in fondo.",
    "If it is your health card (TS-CNS), use the contact slot of the reader: put the card in chip first, all the way in.",
    "Dacă este cardul dumneavoastră TS-CNS, folosiți fanta cu contacte a cititorului: introduceți cardul cu cipul \
     înainte, până la capăt.",
];

const ASK_THE_CHAMBER_OF_COMMERCE: Sentences = [
    "I certificati di questa serie sono scaduti e non si rinnovano. Chiedi una CNS nuova alla tua Camera di Commercio, \
     oppure accedi con la tessera sanitaria (TS-CNS).",
    "The certificates of this series have expired and are not renewed. Ask your chamber of commerce for a new CNS, or \
     log in with your health card (TS-CNS).",
    "Certificatele acestei serii au expirat și nu se reînnoiesc. Cereți un CNS nou la camera de comerț sau \
     autentificați-vă cu cardul TS-CNS.",
];

const CHECK_THE_CERTIFICATE: Sentences = [
    "A questa carta non viene inviato nessun PIN. Se è una carta di un altro Paese, usa il programma di chi l'ha \
     rilasciata. Se è la tua tessera sanitaria (TS-CNS), il certificato è danneggiato: portala a uno sportello della tua \
     Regione (ASL o altro sportello abilitato) e chiedi di sostituirla.",
    "No PIN is sent to this card. If it is a card of another country, use the program of whoever issued it. If it is \
     your health card (TS-CNS), its certificate is damaged: take it to a counter of your Region (ASL or another \
     authorised counter) and ask to have it replaced.",
    "Acestui card nu i se trimite niciun PIN. Dacă este un card al altei țări, folosiți programul celui care l-a emis. \
     Dacă este cardul dumneavoastră TS-CNS, certificatul este deteriorat: mergeți cu el la un ghișeu al Regiunii (ASL \
     sau alt ghișeu autorizat) și cereți înlocuirea lui.",
];

/// After the notice of CAS Gorj, 2015 (docs/cards, unsupported).
const ROMANIAN_HEALTH_CARD: Sentences = [
    "Con questa tessera non si accede da casa: funziona solo presso medico, farmacia o ospedale in Romania, con il loro \
     lettore e il loro programma. Questo computer non le invia mai il PIN. \
     «Card blocat» (errore 15): dopo cinque PIN sbagliati la tessera è bloccata. Chiedi al medico o alla farmacia di \
     telefonare alla tua cassa di assicurazione (CAS) e tieni pronto il codice CID. Dopo lo sblocco, nel loro programma: \
     inserisci la tessera, scegli «Reset PIN eCard», digita 0000; poi «Schimbă PIN eCard»: PIN attuale 0000, PIN \
     nuovo, ancora il PIN nuovo. Lo stesso vale per chi ha dimenticato il PIN. \
     «Card invalid» (errore 5): si telefona alla stessa CAS, con il numero di documento stampato sulla tessera; dopo, la \
     tessera funziona di nuovo con il PIN scelto all'attivazione. \
     Se la carta è un'altra, inserisci la tessera sanitaria italiana (TS-CNS).",
    "Nobody can log in from home with this card: it works only at a doctor's, a pharmacy or a hospital in Romania, with \
     their reader and their program. This computer never sends it a PIN. \
     \"Card blocat\" (error 15): after five wrong PINs the card is blocked. Ask the doctor or the pharmacy to telephone \
     your county health insurance house (CAS) and have your CID code ready. After they have unblocked it, in the \
     provider's program: put the card in, choose \"Reset PIN eCard\", type 0000; then \"Schimbă PIN eCard\": current PIN \
     0000, new PIN, the new PIN again. The same helps if you forgot the PIN. \
     \"Card invalid\" (error 5): the same CAS is telephoned, with the document number printed on the card; afterwards the \
     card works again with the PIN set at activation. \
     If your card is another one, put your Italian health card (TS-CNS) into the reader.",
    "Cu acest card nu vă puteți autentifica de acasă: funcționează numai la medic, la farmacie sau la spital, cu \
     cititorul și programul lor. Acest calculator nu îi trimite niciodată codul PIN. \
     „Card blocat” (eroarea 15): după cinci coduri PIN greșite cardul este blocat. Rugați medicul sau farmacia să \
     telefoneze la casa dumneavoastră județeană de asigurări de sănătate (CAS) și pregătiți codul CID. După deblocare, \
     în programul furnizorului: introduceți cardul, alegeți „Reset PIN eCard”, tastați 0000; apoi „Schimbă PIN eCard”: \
     PIN-ul actual 0000, PIN-ul nou, încă o dată PIN-ul nou. La fel se procedează dacă ați uitat codul PIN. \
     „Card invalid” (eroarea 5): se telefonează la aceeași CAS, cu numărul de document înscris pe card; după aceea \
     cardul funcționează din nou cu PIN-ul stabilit la activare. \
     Dacă aveți alt card, introduceți în cititor cardul italian TS-CNS.",
];

#[cfg(test)]
mod tests {
    use super::*;

    const CARDS: [UnsupportedCard; 11] = [
        UnsupportedCard::DigitalDna,
        UnsupportedCard::IdentityCard,
        UnsupportedCard::HealthProfessional,
        UnsupportedCard::SignatureOnly,
        UnsupportedCard::RomanianHealthCard,
        UnsupportedCard::PaymentCard,
        UnsupportedCard::OldIdentityCard,
        UnsupportedCard::OlderInfocamere,
        UnsupportedCard::UnreadableCertificate,
        UnsupportedCard::ContactlessSide,
        UnsupportedCard::Foreign,
    ];
    const LANGUAGES: [Language; 3] = [Language::Italian, Language::English, Language::Romanian];

    #[test]
    fn everybody_is_told_something_in_each_language() {
        for card in CARDS {
            for language in LANGUAGES {
                let advice = card.advice().in_language(language);
                assert!(advice.ends_with('.') && !advice.contains("  "), "{advice}");
                assert!(!card.in_language(language).is_empty());
            }
            assert_eq!(card.to_string(), card.in_language(Language::English));
            assert_eq!(card.advice().to_string(), card.advice().in_language(Language::English));
        }
        for advice in [Advice::AskTheIssuer, Advice::AskWhoIssuedIt] {
            assert!(LANGUAGES.iter().all(|language| advice.in_language(*language).len() > 50));
        }
    }

    /// Software CIE is for CIE 3.0; older cards with the mark CIE are driven by their issuers' programs.
    #[test]
    fn the_identity_cards_software_is_named_for_its_cards_only() {
        for card in CARDS {
            let names_it = card.advice().in_language(Language::Italian).contains("Software CIE");
            assert_eq!(names_it, card == UnsupportedCard::IdentityCard, "{card}");
        }
    }

    #[test]
    fn the_romanian_card_has_both_cases_and_what_to_have_ready() {
        for language in LANGUAGES {
            let advice = Advice::RomanianHealthCard.in_language(language);
            let said = ["15", "5)", "CAS", "CID", "0000", "Reset PIN eCard", "Schimbă PIN eCard"];
            assert!(said.iter().all(|word| advice.contains(word)), "{advice}");
            assert!(advice.to_lowercase().contains("card blocat") && advice.contains("nvalid"));
        }
    }
}
