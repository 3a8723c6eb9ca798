//! From an ATR to a driver, or to a word on what the card is instead. No command is sent for it.

use crate::atr::{Atr, HistoricalFields, IcMaker, Mark, MaskMaker};
use crate::driver::{self, CardDriver};

/// A card that this engine does not work with, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnsupportedCard {
    /// bit4id Digital-DNA on NXP ChipDoc: may carry a CNS mark, but is IAS-ECC with PACE and compressed certificates.
    #[error("a bit4id Digital-DNA card (NXP ChipDoc)")]
    DigitalDna,
    /// The Italian electronic identity card.
    #[error("an electronic identity card (CIE)")]
    IdentityCard,
    /// A health professional's card (mark `HPC`).
    #[error("a health professional's card (HPC)")]
    HealthProfessional,
    /// A card for qualified signatures only (marks `DSD`, `PSE`).
    #[error("a signature card without CNS function")]
    SignatureOnly,
    /// Nothing that says CNS.
    #[error("not a CNS card")]
    Foreign,
}

impl UnsupportedCard {
    /// What its holder can do.
    #[must_use]
    pub fn advice(self) -> Advice {
        match self {
            Self::DigitalDna | Self::HealthProfessional | Self::SignatureOnly => Advice::IssuersSoftware,
            Self::IdentityCard => Advice::CieSoftware,
            Self::Foreign => Advice::InsertCns,
        }
    }
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

/// The driver for a card with this ATR, or what the card is.
pub(crate) fn recognise(atr: &[u8]) -> Result<&'static dyn CardDriver, UnsupportedCard> {
    let fields = Atr::parse(atr).ok().and_then(|atr| atr.cns_fields()).ok_or(UnsupportedCard::Foreign)?;
    if let Some(what) = unsupported(&fields) {
        return Err(what);
    }
    driver::for_fields(&fields).ok_or(UnsupportedCard::Foreign)
}

fn unsupported(fields: &HistoricalFields) -> Option<UnsupportedCard> {
    // A CNS mark does not prove a CNS layout: ChipDoc is Atmel 15, mask 0C (as Athena), OS 03.
    let chipdoc = fields.ic_maker == IcMaker::ATMEL
        && fields.mask_maker == MaskMaker::ATHENA
        && fields.os_version.0[0] == 0x03;
    match fields.mark {
        Mark::B4D => Some(UnsupportedCard::DigitalDna),
        Mark::CNS if chipdoc => Some(UnsupportedCard::DigitalDna),
        Mark::CNS => None,
        Mark::CIE => Some(UnsupportedCard::IdentityCard),
        Mark::HPC => Some(UnsupportedCard::HealthProfessional),
        Mark::DSD | Mark::PSE => Some(UnsupportedCard::SignatureOnly),
        _ => Some(UnsupportedCard::Foreign),
    }
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;

    use super::*;

    fn family(atr: &[u8]) -> Result<&'static str, UnsupportedCard> {
        recognise(atr).map(|driver| driver.profile().name)
    }

    #[test]
    fn the_sample_atrs() {
        // docs/cards, sample ATRs.
        assert_eq!(family(&hex!("3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005")), Ok("CNS CardOS"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02091617011101434E531131808D")), Ok("CNS ST 2021"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02091717011101434E531131808C")), Ok("CNS ST 2021"));
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B02090200011101434E531031808F")), Ok("CNS ST Incard"));
        assert_eq!(family(&hex!("3BFF1800008131FE55006B02090403010101434E5310318065")), Ok("CNS ST Incard"));
        assert_eq!(family(&hex!("3BDF18008131FE7D006B150C0181011101434E53103180E8")), Ok("CNS Athena"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B04050100011101434E5310318069")), Ok("CNS Oberthur"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B05051017012101434E531031805E")), Ok("CNS Oberthur"));
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B05052000012101434E5310318079")),
            Ok("CNS IDEMIA 2021")
        );
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B0505912001F101434E5310318038")),
            Ok("CNS IDEMIA 2021")
        );
        assert_eq!(
            family(&hex!("3BFF1800008131FE45006B150C0302010101434E5310318061")),
            Err(UnsupportedCard::DigitalDna)
        );
    }

    #[test]
    fn any_other_lot_is_a_cns_by_the_specification() {
        assert_eq!(family(&hex!("3BFF1800FF8131FE55006B77770000011101434E5310318000")), Ok("CNS"));
        assert_eq!(family(&hex!("3BFF1800008131FE45006B11050700011101434E531131807B")), Ok("CNS Oberthur"));
    }

    #[test]
    fn the_2021_applet_is_on_infineon_chips() {
        assert_eq!(family(&hex!("3BFF1800008131FE45006B04052000012101434E5310318079")), Ok("CNS Oberthur"));
    }

    #[test]
    fn other_marks_and_no_mark() {
        assert_eq!(
            family(&hex!("3BFF1800FF8131FE55006B02090403010101435049453180 65")),
            Err(UnsupportedCard::Foreign)
        );
        assert_eq!(
            family(&hex!("3BFF1800FF8131FE55006B02090403010101484350103180 65")),
            Err(UnsupportedCard::Foreign)
        );
        assert_eq!(
            family(&hex!("3BFF1800FF8131FE55006B02090403010101485043103180 65")),
            Err(UnsupportedCard::HealthProfessional)
        );
        assert_eq!(
            family(&hex!("3BFF1800FF8131FE55006B02090403010101434945103180 65")),
            Err(UnsupportedCard::IdentityCard)
        );
        assert_eq!(family(&hex!("3BF013000081 31FE45E8")), Err(UnsupportedCard::Foreign));
        assert_eq!(family(&[]), Err(UnsupportedCard::Foreign));
        assert_eq!(UnsupportedCard::Foreign.advice(), Advice::InsertCns);
    }
}
