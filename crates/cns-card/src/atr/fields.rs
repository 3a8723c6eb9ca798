//! The fields of the historical bytes that the CNS specification defines.

/// What the historical bytes of a CNS say (docs/cards: table of historical bytes, from 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoricalFields {
    /// Byte 2: who made the chip.
    pub ic_maker: IcMaker,
    /// Byte 3: who made the mask (the operating system).
    pub mask_maker: MaskMaker,
    /// Bytes 4 and 5.
    pub os_version: OsVersion,
    /// Bytes 9 to 11.
    pub mark: CardMark,
    /// Byte 12, the version of the specification; says nothing about layout or key size.
    pub version: Option<u8>,
}

/// The chip's maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IcMaker(pub u8);

impl IcMaker {
    /// STMicroelectronics.
    pub const ST: Self = Self(0x02);
    /// NXP (Philips).
    pub const NXP: Self = Self(0x04);
    /// Infineon.
    pub const INFINEON: Self = Self(0x05);
    /// Atmel.
    pub const ATMEL: Self = Self(0x15);
}

/// The mask's maker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaskMaker(pub u8);

impl MaskMaker {
    /// Giesecke & Devrient.
    pub const GIESECKE_DEVRIENT: Self = Self(0x04);
    /// Oberthur, later IDEMIA.
    pub const OBERTHUR: Self = Self(0x05);
    /// Siemens (CardOS).
    pub const SIEMENS: Self = Self(0x08);
    /// ST Incard.
    pub const ST_INCARD: Self = Self(0x09);
    /// Athena.
    pub const ATHENA: Self = Self(0x0C);
    /// Gemalto.
    pub const GEMALTO: Self = Self(0x0D);
}

/// The operating system's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OsVersion(pub [u8; 2]);

/// The kind of card: an ASCII tag of three letters, in historical bytes 9 to 11 on a card that follows the CNS
/// specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardMark(pub [u8; 3]);

impl CardMark {
    /// Carta Nazionale dei Servizi.
    pub const CNS: Self = Self(*b"CNS");
    /// Carta d'Identità Elettronica.
    pub const CIE: Self = Self(*b"CIE");
    /// Health Professional Card.
    pub const HPC: Self = Self(*b"HPC");
    /// Digital-signature device.
    pub const DSD: Self = Self(*b"DSD");
    /// bit4id Digital-DNA.
    pub const B4D: Self = Self(*b"B4D");
    /// Personal signature environment.
    pub const PSE: Self = Self(*b"PSE");

    /// One of those above, as opposed to any other three bytes.
    #[must_use]
    pub fn is_known(self) -> bool {
        [Self::CNS, Self::CIE, Self::HPC, Self::DSD, Self::B4D, Self::PSE].contains(&self)
    }
}
