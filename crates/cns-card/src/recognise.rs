//! From an ATR to a driver, or to what the card is instead.

/// A card that this engine does not work with, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnsupportedCard {
    /// bit4id Digital-DNA on NXP ChipDoc: a CNS mark, but IAS-ECC and PACE inside.
    #[error("a bit4id Digital-DNA card (NXP ChipDoc)")]
    DigitalDna,
    /// The Italian electronic identity card.
    #[error("an electronic identity card (CIE)")]
    IdentityCard,
    /// A health professional's card (mark `HPC`).
    #[error("a health professional's card (HPC)")]
    HealthProfessional,
    /// A card for qualified signatures only (mark `DSD`).
    #[error("a signature card without CNS function")]
    SignatureOnly,
    /// No CNS at all.
    #[error("not a CNS card")]
    Foreign,
}

/// What the holder of an unsupported card can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Advice {
    /// Use the software of the card's issuer.
    #[error("use the software that the card's issuer offers for it")]
    IssuersSoftware,
    /// Use the CIE middleware.
    #[error("use the CIE software of the Ministry of the Interior")]
    CieSoftware,
    /// Put in another card.
    #[error("put the CNS or TS-CNS card into the reader")]
    InsertCns,
}
