//! The object maps of the IDEMIA/Oberthur applet, 1400/4000 and 1400/5000 (docs/cards, idemia-cosmo7): which certificate
//! files and which keys there are. A map is a hint: a wrong one costs a few commands and nothing else.

use crate::card_session::{CardSession, Span};
use crate::error::CardError;
use crate::profile::{CardProfile, FileReference, KeyPairLayout};

const SLOT_LENGTH: usize = 5;
const SLOTS: usize = 48;
/// A whole map, in bytes; longer ones are not read further.
pub(crate) const LENGTH: usize = SLOTS * SLOT_LENGTH;
const FREE: u8 = 0x00;

/// Public keys, and certificates as a rule.
pub(crate) const PUBLIC_OBJECTS: FileReference = FileReference::own(&[0x1400, 0x4000]);
/// Private keys.
pub(crate) const PRIVATE_OBJECTS: FileReference = FileReference::own(&[0x1400, 0x5000]);

/// The most certificates of a map that are looked at.
const MOST_CERTIFICATES: usize = 4;

/// What an object is, by the high byte of its identifier; the low byte is its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    PublicKey,
    Certificate,
    PrivateKey,
}

/// An object in a map. Its size (bits of a key, bytes of a certificate) is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MappedObject {
    kind: Kind,
    number: u8,
}

/// The layouts in the card's object maps, in the order to try them; none when it has no maps.
///
/// The second map is read only when the first does not settle it: one certificate, and a key of the same number.
pub(crate) fn layouts(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
) -> Result<Vec<KeyPairLayout>, CardError> {
    let mut objects = read(session, profile, PUBLIC_OBJECTS)?;
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    if !is_settled(&objects) {
        objects.extend(read(session, profile, PRIVATE_OBJECTS)?);
    }
    Ok(certificates_and_keys(&objects))
}

fn read(
    session: &mut CardSession<'_>,
    profile: &CardProfile,
    map: FileReference,
) -> Result<Vec<MappedObject>, CardError> {
    let mut content = Vec::new();
    let result = session.select(profile, map).and_then(|found| match found {
        true => session.read_binary(profile, &mut content, Span::exactly(0, LENGTH)),
        false => Ok(()),
    });
    match result {
        Ok(()) => Ok(parse(&content)),
        Err(CardError::Status { .. } | CardError::Malformed { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// 48 slots: a flag (00: free), the object's identifier, its size. A slot that is cut off is none.
fn parse(content: &[u8]) -> Vec<MappedObject> {
    let slots = content.chunks_exact(SLOT_LENGTH).take(SLOTS);
    let objects = slots.filter_map(|slot| match *slot {
        [FREE, ..] => None,
        [_, kind, number, ..] => kind_of(kind).map(|kind| MappedObject { kind, number }),
        _ => None,
    });
    objects.collect()
}

/// Identifiers and sizes of the keys and certificates in a map, for a card report.
pub(crate) fn identifiers_and_sizes(content: &[u8]) -> Vec<(u16, u16)> {
    let slots = content.chunks_exact(SLOT_LENGTH).take(SLOTS);
    let objects = slots.filter_map(|slot| match *slot {
        [FREE, ..] => None,
        [_, kind, number, a, b] if kind_of(kind).is_some() => {
            Some((u16::from_be_bytes([kind, number]), u16::from_be_bytes([a, b])))
        }
        _ => None,
    });
    objects.collect()
}

fn kind_of(high: u8) -> Option<Kind> {
    match high {
        0x10 => Some(Kind::PublicKey),
        0x20 => Some(Kind::Certificate),
        0x30 => Some(Kind::PrivateKey),
        _ => None,
    }
}

/// One certificate, and a key that bears its number: nothing else can be meant.
fn is_settled(objects: &[MappedObject]) -> bool {
    match numbers(objects, Kind::Certificate)[..] {
        [one] => objects.iter().any(|object| object.kind != Kind::Certificate && object.number == one),
        _ => false,
    }
}

/// Each certificate with the key of its number, those first that have one; a lone certificate goes with a lone
/// private key, whatever their numbers.
fn certificates_and_keys(objects: &[MappedObject]) -> Vec<KeyPairLayout> {
    let certificates = numbers(objects, Kind::Certificate);
    let private_keys = numbers(objects, Kind::PrivateKey);
    let layout = |number: u8, key: u8| KeyPairLayout::of_applet(0x2000 | u16::from(number), key);
    if let ([certificate], [key]) = (&certificates[..], &private_keys[..]) {
        return vec![layout(*certificate, *key)];
    }
    let (paired, lone): (Vec<u8>, Vec<u8>) =
        certificates.iter().partition(|number| private_keys.contains(number));
    paired.into_iter().chain(lone).take(MOST_CERTIFICATES).map(|number| layout(number, number)).collect()
}

/// The numbers of the objects of a kind, each once, in the map's order.
fn numbers(objects: &[MappedObject], kind: Kind) -> Vec<u8> {
    let mut numbers = Vec::new();
    for object in objects.iter().filter(|object| object.kind == kind) {
        if !numbers.contains(&object.number) {
            numbers.push(object.number);
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use hex_literal::hex;
    use proptest::prelude::*;

    use super::*;

    fn found(maps: &[&[u8]]) -> Vec<(u16, u8)> {
        let objects: Vec<MappedObject> = maps.iter().flat_map(|map| parse(map)).collect();
        let pairs = certificates_and_keys(&objects).into_iter();
        pairs.map(|layout| (layout.certificate.path.identifiers()[2], layout.key.reference)).collect()
    }

    #[test]
    fn a_map_as_the_notes_have_it() {
        // docs/cards, section 2: FF <id> <size>, 00 FAFE 0000 for a free slot.
        let public = hex!("FF100E0800 FF200E075D 00FAFE0000 00FAFE0000");
        let private = hex!("FF300E0800 00FAFE0000");
        assert!(is_settled(&parse(&public)));
        assert_eq!(found(&[&public]), [(0x200E, 0x0E)]);
        assert_eq!(found(&[&public, &private]), [(0x200E, 0x0E)]);
    }

    #[test]
    fn numbers_that_differ() {
        assert!(!is_settled(&parse(&hex!("FF100E0800 FF2001075D"))));
        assert_eq!(found(&[&hex!("FF100E0800 FF2001075D"), &hex!("FF300E0800")]), [(0x2001, 0x0E)]);
        let two = hex!("FF20010700 FF20020700 FF20020700");
        assert!(!is_settled(&parse(&two)));
        assert_eq!(found(&[&two, &hex!("FF30020800 FF30050800")]), [(0x2002, 0x02), (0x2001, 0x01)]);
        assert_eq!(found(&[&two]), [(0x2001, 0x01), (0x2002, 0x02)]);
    }

    #[test]
    fn cut_off_empty_and_lying_maps() {
        assert_eq!(found(&[&[]]), []);
        assert_eq!(found(&[&hex!("FF200E07")]), []);
        assert_eq!(found(&[&[0; LENGTH]]), []);
        assert_eq!(found(&[&[0xFF; LENGTH]]), []);
        assert_eq!(found(&[&hex!("FFFAFE0000")]), []);
        assert_eq!(found(&[&hex!("002002075D")]), [], "a free slot");
        let many: Vec<u8> = (0..=255).flat_map(|number| [0xFF, 0x20, number, 0xFF, 0xFF]).collect();
        assert_eq!(found(&[&many]).len(), MOST_CERTIFICATES);
    }

    #[test]
    fn a_report_tells_of_keys_and_certificates_only() {
        let map = hex!("FF100E0800 002002075D FF200E075D 00FAFE0000 FFFAFE1234 01300E0400 FF2003");
        assert_eq!(identifiers_and_sizes(&map), [(0x100E, 0x800), (0x200E, 0x75D), (0x300E, 0x400)]);
    }

    proptest! {
        #[test]
        fn never_panics_and_stays_bounded(
            first in proptest::collection::vec(any::<u8>(), 0..400),
            slots in proptest::collection::vec((any::<u8>(), 0usize..4, any::<u8>()), 0..60),
        ) {
            let second: Vec<u8> =
                slots.iter().flat_map(|(flag, kind, n)| [*flag, [0x10, 0x20, 0x30, 0xFA][*kind], *n, 1, 2]).collect();
            prop_assert!(parse(&first).len() <= SLOTS && parse(&second).len() <= SLOTS);
            let found = found(&[&first, &second]);
            prop_assert!(found.len() <= MOST_CERTIFICATES);
            prop_assert!(found.iter().all(|(file, _)| file >> 8 == 0x20));
        }
    }
}
