//! Cards that are no CNS: what they are, and which advice fits. The advice in words is the front ends'.

use crate::files::public::PublicFiles;

/// A kind of card that this engine does not support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// The ATR of a CNS, and a certificate file that does not hold DER.
    UnreadableCertificate,
    /// A contactless card that is not known: perhaps the contactless side of a TS-CNS.
    ContactlessSide,
    /// Any other card.
    Foreign,
}

/// What the holder of a card can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Use the software of the card's issuer.
    IssuersSoftware,
    /// Use the CIE middleware.
    CieSoftware,
    /// Sign with the issuer's program, log in with another card.
    SignatureSoftware,
    /// What to do about a blocked or invalid Romanian health card.
    RomanianHealthCard,
    /// Put in another card.
    InsertCns,
    /// The card is a TS-CNS without certificate: ask at the counter.
    AskTheIssuer,
    /// The card is another CNS without certificate: ask its issuer.
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

    /// What it is, to go on after "The card in the reader is".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DigitalDna => "a bit4id Digital-DNA card (NXP ChipDoc)",
            Self::IdentityCard => "an Italian electronic identity card (CIE)",
            Self::OldIdentityCard => {
                "an electronic identity card of an older kind, or a service card with the mark CIE"
            }
            Self::HealthProfessional => "a health professional's card (HPC)",
            Self::SignatureOnly => "a card for digital signatures only, without CNS function",
            Self::RomanianHealthCard => "a Romanian health insurance card (CNAS)",
            Self::PaymentCard => "a payment card",
            Self::OlderInfocamere => {
                "an old card of the Italian chambers of commerce (InfoCamere), of a series that has expired"
            }
            Self::UnreadableCertificate => {
                "a card whose certificate this driver cannot read (it may not be an Italian CNS)"
            }
            Self::ContactlessSide => "a card read without contact, and this side holds no CNS",
            Self::Foreign => "not a CNS card",
        }
    }
}

impl PublicFiles {
    /// What the holder of a card without certificate can do; `None` for every other card.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        let of_another_issuer = self.card_id.as_ref().is_some_and(|id| !id.is_of_a_health_card());
        match (&self.certificate, of_another_issuer) {
            (Some(_), _) => None,
            (None, false) => Some(Advice::AskTheIssuer),
            (None, true) => Some(Advice::AskWhoIssuedIt),
        }
    }
}

impl std::fmt::Display for UnsupportedCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::error::Error for UnsupportedCard {}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::IssuersSoftware => "use the software of the card's issuer",
            Self::CieSoftware => "use the CIE middleware",
            Self::SignatureSoftware => "use the issuer's signing program; log in with another card",
            Self::RomanianHealthCard => "the card works at a doctor's or a pharmacy in Romania only",
            Self::InsertCns => "insert a CNS",
            Self::AskTheIssuer => "ask the Region to activate or replace the card",
            Self::AskWhoIssuedIt => "ask the issuer to activate or replace the card",
            Self::UseTheContactSlot => "use the reader's contact slot",
            Self::AskTheChamberOfCommerce => "ask the chamber of commerce for a new card",
            Self::CheckTheCertificate => "use the issuer's software, or replace a TS-CNS",
        })
    }
}
