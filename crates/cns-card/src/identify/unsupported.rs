//! Cards that this engine does not work with: what they are, and what their holders can do, in words for everybody.
//!
//! What this room is for: two enumerations and their sentences. It must not know how a card is recognised, and say
//! nothing that a citizen would have to look up.

mod sentences;

use sentences::{
    ASK_THE_CHAMBER_OF_COMMERCE, ASK_THE_ISSUER, ASK_WHO_ISSUED_IT, CHECK_THE_CERTIFICATE, CIE_SOFTWARE,
    INSERT_CNS, ISSUERS_SOFTWARE, ROMANIAN_HEALTH_CARD, SIGNATURE_SOFTWARE, Sentences, USE_THE_CONTACT_SLOT,
};

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
        let [italian, english, romanian]: Sentences = match self {
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
