//! The answer to reset (ISO/IEC 7816-3:2006, 8.2), down to the historical bytes and their fields.
//!
//! Nothing here matches a whole ATR: interface bytes differ between lots, and TCK is not always right.

mod fields;
mod historical;

pub use fields::{CardMark, HistoricalFields, IcMaker, MaskMaker, OsVersion};
pub use historical::{CompactTlv, HistoricalBytes};

/// The fields of an ATR that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atr {
    /// The historical bytes, at most 15.
    pub historical: Vec<u8>,
    /// The protocols offered, as T numbers in the ATR's order; empty means T=0.
    pub protocols: Vec<u8>,
    /// TB3 when it is there: the waiting times, by which some lots differ.
    pub tb3: Option<u8>,
    /// Made by the reader for a card without contacts (PC/SC part 3, 3.1.3.2.3).
    pub contactless: bool,
}

/// Why bytes are no ATR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AtrError {
    /// The initial character is neither 3B nor 3F.
    #[error("not an ATR")]
    InitialCharacter,
    /// It ends before the bytes that it announces.
    #[error("the ATR is cut off")]
    Truncated,
}

impl Atr {
    /// Takes an ATR apart. What follows the historical bytes (TCK) is not looked at.
    ///
    /// # Errors
    /// [`AtrError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, AtrError> {
        let mut rest = bytes.iter().copied();
        let mut next = || rest.next().ok_or(AtrError::Truncated);
        if !matches!(next()?, 0x3B | 0x3F) {
            return Err(AtrError::InitialCharacter);
        }
        let t0 = next()?;
        let mut protocols = Vec::new();
        let mut tb3 = None;
        let mut indicator = t0;
        // Each round reads TAi TBi TCi TDi; every TDi that announces another takes a byte, so the ATR's length bounds it.
        for i in 1u32.. {
            if indicator & 0x10 != 0 {
                next()?;
            }
            if indicator & 0x20 != 0 {
                let tb = next()?;
                if i == 3 {
                    tb3 = Some(tb);
                }
            }
            if indicator & 0x40 != 0 {
                next()?;
            }
            if indicator & 0x80 == 0 {
                break;
            }
            indicator = next()?;
            let protocol = indicator & 0x0F;
            // T=15 marks global interface bytes and is no protocol.
            if protocol != 15 && !protocols.contains(&protocol) {
                protocols.push(protocol);
            }
        }
        let historical = (0..t0 & 0x0F).map(|_| next()).collect::<Result<_, _>>()?;
        let contactless = matches!(bytes, [0x3B, 0x80..=0x8F, 0x80, 0x01, ..]);
        Ok(Self { historical, protocols, tb3, contactless })
    }

    /// The fields of the historical bytes as the CNS specification lays them out, whatever the mark; `None` when they
    /// do not begin as it says, or are too few for a mark.
    #[must_use]
    pub fn cns_fields(&self) -> Option<HistoricalFields> {
        let h = &self.historical;
        if !h.starts_with(&CNS_BEGINNING) {
            return None;
        }
        Some(HistoricalFields {
            ic_maker: IcMaker(*h.get(2)?),
            mask_maker: MaskMaker(*h.get(3)?),
            os_version: OsVersion([*h.get(4)?, *h.get(5)?]),
            mark: CardMark([*h.get(9)?, *h.get(10)?, *h.get(11)?]),
            version: h.get(12).copied(),
        })
    }

    /// The mark, where the CNS specification has it, or else where these historical bytes have one.
    #[must_use]
    pub fn mark(&self) -> Option<CardMark> {
        let specified = self.cns_fields().map(|fields| fields.mark).filter(|mark| mark.is_known());
        specified.or_else(|| historical::mark(&self.historical))
    }
}

/// Category indicator, and the header of pre-issuing data of eleven bytes: bytes 0 and 1 on every card that follows the
/// specification.
const CNS_BEGINNING: [u8; 2] = [0x00, 0x6B];

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_samples_come_apart() {
        // docs/cards, the ATRs on each family's page.
        let cardos = Atr::parse(&hex!("3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005")).unwrap();
        assert_eq!(cardos.historical, hex!("006B0508C80C011101434E53103180"));
        assert_eq!((cardos.protocols.as_slice(), cardos.tb3), (&[1][..], Some(0x55)));
        let fields = cardos.cns_fields().unwrap();
        assert_eq!((fields.ic_maker, fields.mask_maker), (IcMaker::INFINEON, MaskMaker::SIEMENS));
        assert_eq!(
            (fields.os_version, fields.mark, fields.version),
            (OsVersion([0xC8, 0x0C]), CardMark::CNS, Some(0x10))
        );

        let st2021 = Atr::parse(&hex!("3BFF1800FF8131FE55006B02091617011101434E531131808D")).unwrap();
        let fields = st2021.cns_fields().unwrap();
        assert_eq!(
            (fields.ic_maker, fields.mask_maker, fields.version),
            (IcMaker::ST, MaskMaker::ST_INCARD, Some(0x11))
        );

        // TA1 absent: Y1 = D.
        let athena = Atr::parse(&hex!("3BDF18008131FE7D006B150C0181011101434E53103180E8")).unwrap();
        assert_eq!(athena.cns_fields().unwrap().mask_maker, MaskMaker::ATHENA);
        let ace2025 = Atr::parse(&hex!("3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D")).unwrap();
        assert_eq!(ace2025.tb3, Some(0x4D));
    }

    #[test]
    fn generic_and_broken() {
        let romanian = Atr::parse(&hex!("3BF013000081 31FE45E8")).unwrap();
        assert_eq!((romanian.historical.len(), romanian.cns_fields()), (0, None));
        assert_eq!(Atr::parse(&[]), Err(AtrError::Truncated));
        assert_eq!(Atr::parse(&hex!("3B")), Err(AtrError::Truncated));
        assert_eq!(Atr::parse(&hex!("0000")), Err(AtrError::InitialCharacter));
        assert_eq!(Atr::parse(&hex!("3B0F")), Err(AtrError::Truncated));
        // TDi for ever.
        assert_eq!(Atr::parse(&[&[0x3B][..], &[0x80; 300]].concat()), Err(AtrError::Truncated));
        // T=15 in TD2 announces global interface bytes.
        let global = Atr::parse(&hex!("3B80811F0A00")).unwrap();
        assert_eq!((global.protocols, global.historical), (vec![1], vec![]));
        // A missing or wrong TCK is tolerated.
        assert!(Atr::parse(&hex!("3BFF1800FF8131FE55006B02091617011101434E53113180")).is_ok());
        assert!(Atr::parse(&hex!("3BFF1800FF8131FE55006B02091617011101434E531131800000")).is_ok());
    }

    /// docs/cards, FirmaQUI: T=1 with parameters, then parameters of T=15, and the mark in pre-issuing data.
    #[test]
    fn a_mark_in_compact_tlv() {
        let atr = Atr::parse(&hex!("3BDB18FF81B1FE451FC38073C8211065434E53107339")).unwrap();
        assert_eq!(atr.historical, hex!("8073C8211065434E531073"));
        assert_eq!((atr.protocols.as_slice(), atr.tb3, atr.contactless), (&[1][..], Some(0x45), false));
        assert_eq!((atr.cns_fields(), atr.mark()), (None, Some(CardMark::CNS)));
    }

    /// The specification's place comes first; a CNS mark at that offset of other bytes names no maker.
    #[test]
    fn the_place_of_the_mark() {
        let of = |historical: &[u8]| {
            let length = u8::try_from(historical.len()).unwrap();
            let atr = Atr::parse(&[&[0x3B, length][..], historical].concat()).unwrap();
            (atr.cns_fields().map(|fields| fields.mark), atr.mark())
        };
        assert_eq!(
            of(b"\x00\x6B\x02\x09\x16\x17\x01\x11\x01HPC\x11\x31\x80"),
            (Some(CardMark::HPC), Some(CardMark::HPC))
        );
        assert_eq!(
            of(b"\x00\x6B\x02\x09CNS\x11\x01PIE\x11\x31\x80"),
            (Some(CardMark(*b"PIE")), Some(CardMark::CNS))
        );
        assert_eq!(of(b"\x80\x6B\x05\x05\x20\x00\x01\x21\x01CNS\x10\x31\x80"), (None, Some(CardMark::CNS)));
        assert_eq!(of(b"\x00\x6B\x05\x05\x20\x00\x01\x21\x01CN"), (None, None));
    }

    #[test]
    fn contactless_or_not() {
        let contactless = |bytes: &[u8]| Atr::parse(bytes).unwrap().contactless;
        assert!(contactless(&hex!("3B80800101")) && contactless(&hex!("3B8B80010031C16408923354009000F3")));
        assert!(!contactless(&hex!("3B6500002063CB6800")) && !contactless(&hex!("3BF01300008131FE45E8")));
        assert!(!contactless(&hex!("3B80811F0A00")));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Atr::parse(&[&[0x3B][..], &bytes].concat()).map(|atr| (atr.cns_fields(), atr.mark()));
            let _ = Atr::parse(&bytes);
        }
    }
}
