//! The historical bytes by their category (ISO/IEC 7816-4:2005, 8.1.1; 2020, 12.1.1): data objects in COMPACT-TLV, a
//! status, a reference to the DIR file, or a form of the maker's own.
//!
//! It must take every length and every content: real cards cut objects off and leave the status out.

use super::fields::CardMark;

/// What the first of the historical bytes, the category indicator, says of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoricalBytes<'a> {
    /// There are none.
    None,
    /// `00`: data objects, then three bytes of status; `None` when fewer than three are left.
    StatusAtTheEnd {
        /// The objects.
        objects: CompactTlv<'a>,
        /// Life cycle status and status word.
        status: Option<[u8; 3]>,
    },
    /// `80`: data objects, a status among them when there is one.
    Objects(CompactTlv<'a>),
    /// `10`: the reference to the DIR file.
    DirReference(Option<u8>),
    /// Any other value: the maker's own, or kept for future use.
    Proprietary(&'a [u8]),
}

impl<'a> HistoricalBytes<'a> {
    /// Takes historical bytes apart.
    #[must_use]
    pub fn parse(bytes: &'a [u8]) -> Self {
        match bytes {
            [] => Self::None,
            [0x00, rest @ ..] => match rest.split_last_chunk::<3>() {
                Some((objects, status)) => {
                    Self::StatusAtTheEnd { objects: CompactTlv(objects), status: Some(*status) }
                }
                None => Self::StatusAtTheEnd { objects: CompactTlv(&[]), status: None },
            },
            [0x80, objects @ ..] => Self::Objects(CompactTlv(objects)),
            [0x10, rest @ ..] => Self::DirReference(rest.first().copied()),
            rest => Self::Proprietary(rest),
        }
    }
}

/// Data objects in COMPACT-TLV: a byte of tag and length, four bits each, then the value. Iterating gives tag and value;
/// an object that is cut off is the last one, with what there is of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompactTlv<'a>(pub &'a [u8]);

/// Card issuer's data (ISO/IEC 7816-4:2005, 8.1.1.2.5).
const ISSUER_DATA: u8 = 0x5;
/// Pre-issuing data (8.1.1.2.6).
const PRE_ISSUING_DATA: u8 = 0x6;
/// Application identifier (8.1.1.2.2).
const APPLICATION_IDENTIFIER: u8 = 0xF;

impl<'a> Iterator for CompactTlv<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (header, rest) = self.0.split_first()?;
        let (value, rest) = rest.split_at(usize::from(header & 0x0F).min(rest.len()));
        self.0 = rest;
        Some((header >> 4, value))
    }
}

/// The mark in these bytes: `CNS` wherever it stands; any other mark only where a maker or an issuer writes text of its
/// own, because three letters are soon met by chance.
pub(super) fn mark(bytes: &[u8]) -> Option<CardMark> {
    if contains(bytes, CardMark::CNS) {
        return Some(CardMark::CNS);
    }
    match HistoricalBytes::parse(bytes) {
        HistoricalBytes::StatusAtTheEnd { objects, .. } | HistoricalBytes::Objects(objects) => {
            objects.filter(|(tag, _)| holds_text(*tag)).find_map(|(_, value)| known_mark(value))
        }
        HistoricalBytes::Proprietary(own) => known_mark(own),
        HistoricalBytes::None | HistoricalBytes::DirReference(_) => None,
    }
}

fn holds_text(tag: u8) -> bool {
    matches!(tag, ISSUER_DATA | PRE_ISSUING_DATA | APPLICATION_IDENTIFIER)
}

fn known_mark(bytes: &[u8]) -> Option<CardMark> {
    bytes
        .windows(3)
        .map(|letters| CardMark([letters[0], letters[1], letters[2]]))
        .find(|mark| mark.is_known())
}

fn contains(bytes: &[u8], mark: CardMark) -> bool {
    bytes.windows(mark.0.len()).any(|letters| letters == mark.0)
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use proptest::prelude::*;

    use super::*;

    fn objects(bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
        CompactTlv(bytes).map(|(tag, value)| (tag, value.to_vec())).collect()
    }

    #[test]
    fn categories() {
        assert_eq!(HistoricalBytes::parse(&[]), HistoricalBytes::None);
        assert_eq!(
            HistoricalBytes::parse(&hex!("00 31 80 07 90 00")),
            HistoricalBytes::StatusAtTheEnd {
                objects: CompactTlv(&[0x31, 0x80]),
                status: Some([0x07, 0x90, 0x00])
            }
        );
        for short in [&hex!("00")[..], &hex!("00 90"), &hex!("00 90 00")] {
            assert_eq!(
                HistoricalBytes::parse(short),
                HistoricalBytes::StatusAtTheEnd { objects: CompactTlv(&[]), status: None }
            );
        }
        assert_eq!(
            HistoricalBytes::parse(&hex!("80 31 80")),
            HistoricalBytes::Objects(CompactTlv(&[0x31, 0x80]))
        );
        assert_eq!(HistoricalBytes::parse(&hex!("10 02")), HistoricalBytes::DirReference(Some(2)));
        assert_eq!(HistoricalBytes::parse(&hex!("10")), HistoricalBytes::DirReference(None));
        assert_eq!(HistoricalBytes::parse(&hex!("4D 34")), HistoricalBytes::Proprietary(&[0x4D, 0x34]));
    }

    /// The objects of FirmaQUI's ATR: card capabilities in three bytes, then five bytes of pre-issuing data.
    #[test]
    fn objects_and_what_is_left_of_one_that_is_cut_off() {
        assert_eq!(
            objects(&hex!("73C8211065434E531073")),
            [(0x7, hex!("C82110").to_vec()), (0x6, hex!("434E531073").to_vec())]
        );
        assert_eq!(objects(&hex!("73C821")), [(0x7, hex!("C821").to_vec())]);
        assert_eq!(objects(&hex!("50 6F")), [(0x5, vec![]), (0x6, vec![])]);
        assert_eq!(objects(&[]), []);
    }

    #[test]
    fn marks_of_other_shapes() {
        for (bytes, found) in [
            (&hex!("8073C8211065434E531073")[..], Some(CardMark::CNS)),
            (&hex!("80 53 434E53"), Some(CardMark::CNS)),
            (&hex!("80 5F 434E53"), Some(CardMark::CNS)),
            (&hex!("00 53 434E53 07 90 00"), Some(CardMark::CNS)),
            (&hex!("4D 434E53"), Some(CardMark::CNS)),
            (&hex!("10 434E53"), Some(CardMark::CNS)),
            (&hex!("434E53"), Some(CardMark::CNS)),
            (&hex!("80 53 485043"), Some(CardMark::HPC)),
            (&hex!("80 65 0144534402"), Some(CardMark::DSD)),
            (&hex!("80 F3 505345"), Some(CardMark::PSE)),
            (&hex!("4D 434945"), Some(CardMark::CIE)),
            // Three letters of card capabilities are no text.
            (&hex!("80 73 485043"), None),
            (&hex!("434E"), None),
            (&[], None),
        ] {
            assert_eq!(mark(bytes), found, "{bytes:02X?}");
        }
    }

    proptest! {
        /// Every length and category: no panic, no more objects than bytes, and the bytes of all objects are those given.
        #[test]
        fn any_bytes(category in 0usize..5, rest in proptest::collection::vec(any::<u8>(), 0..40)) {
            let bytes = [&[[0x00, 0x80, 0x10, 0x4D, 0xFF][category]][..], &rest].concat();
            let _ = (HistoricalBytes::parse(&bytes), HistoricalBytes::parse(&rest));
            let objects: Vec<_> = CompactTlv(&rest).collect();
            prop_assert!(objects.len() <= rest.len());
            let length: usize = objects.iter().map(|(_, value)| 1 + value.len()).sum();
            prop_assert_eq!(length, rest.len());
        }

        /// The mark is found whatever stands around it.
        #[test]
        fn a_cns_mark_anywhere(
            before in proptest::collection::vec(any::<u8>(), 0..12),
            after in proptest::collection::vec(any::<u8>(), 0..12),
        ) {
            prop_assert_eq!(mark(&[&before[..], b"CNS", &after].concat()), Some(CardMark::CNS));
        }
    }
}
