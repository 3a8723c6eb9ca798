//! Our card types: the lots that docs/cards names, each by its whole ATR, and masks for all other CNS.

use crate::card_type::CardType;

/// The ATRs of the lots that docs/cards names, with the name of each. Not Izenpe's, a certificate card of the Basque
/// country: masks take it where it has no driver of its own.
const LOTS: &[(&str, &str)] = &[
    ("ACe 2025", "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D"),
    ("Athena", "3BDF18008131FE7D006B150C0181011101434E53103180E8"),
    ("CardOS", "3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005"),
    ("Cosmo 7", "3BFF1800008131FE45006B11050700011101434E531131807B"),
    ("Cosmo 9.1", "3BFF1800008131FE45006B0505912001F101434E5310318038"),
    ("FirmaQUI", "3BDB18FF81B1FE451FC38073C8211065434E53107339"),
    ("IDEMIA 2021", "3BFF1800008131FE45006B05052000012101434E5310318079"),
    ("IDEMIA 2021 F1", "3BFF1800008131FE45006B0505200001F101434E53103180A9"),
    ("IDEMIA NFC", "3B8B80010031C16408923354009000F3"),
    ("IDEMIA NFC 2", "3B8B80010031C164092914540090006E"),
    ("Incard", "3BFF1800FF8131FE55006B02090200011101434E531031808F"),
    ("Infocamere", "3BFF1800FF8131FE55006B02090200010101434E531031809F"),
    ("Infocamere 1.1", "3BFF1800FF8131FE55006B02090200011101434E531131808E"),
    ("Infocamere Aruba", "3BFF1800FF8131FE55006B02090303010101434E531031809D"),
    ("J-Sign", "3BFF1800008131FE55006B02090403010101434E5310318065"),
    ("Oberthur", "3BFF1800008131FE45006B04050100011101434E5310318069"),
    ("Oberthur 1017", "3BFF1800008131FE45006B05051017012101434E531031805E"),
    ("ST 17.17", "3BFF1800FF8131FE55006B02091717011101434E531131808C"),
    ("ST 2021", "3BFF1800FF8131FE55006B02091617011101434E531131808D"),
];

/// The shapes of a CNS with contacts, `..` for what varies: interface bytes, maker of the chip, version, flags, TCK. The
/// maker of the mask (`MM`) and the first byte of the version (`VV`) are set by [`MAKERS`].
const SHAPES: [(&str, &str); 3] = [
    ("24", "3BDF..008131FE..006B..MMVV........434E531.3180.."),
    ("25", "3BFF..00..8131FE..006B..MMVV........434E531.3180.."),
    ("26", "3BFF..00..C1..31FE..006B..MMVV........434E531.3180.."),
];

/// Makers of the mask with the bits that are compared, then the version with its bits. Digital-DNA signature cards have a
/// CNS mark too, and are Athena (0C) with version 03: they stay with their own driver.
const MAKERS: [(&str, [u8; 2], [u8; 2]); 3] =
    [("04 05", [0x04, 0xFE], [0, 0]), ("08 09", [0x08, 0xFE], [0, 0]), ("0C", [0x0C, 0xFF], [0x01, 0xFF])];

/// Names of masks begin with the last character that a name may begin with: another product's own entry comes before.
const LAST: &str = "~CNS";

/// Before all that begin with a letter.
pub(crate) const FIRST: &str = "!CNS";

/// Our card types, for every CNS that is known by its ATR.
#[must_use]
pub fn card_types() -> Vec<CardType> {
    let exact = LOTS.iter().map(|(name, atr)| exact(&format!("CNS {name}"), atr));
    let masked = SHAPES.iter().flat_map(|shape| MAKERS.iter().map(move |maker| masked(*shape, *maker)));
    exact.chain(masked).collect()
}

/// ST 2022 over NFC. Passports and some identity cards have this ATR too, so it is registered only where a person asks for it.
#[must_use]
pub fn bare_contactless() -> CardType {
    exact(&format!("{LAST} ST 2022 NFC"), "3B80800101")
}

/// A type of this ATR alone that Windows meets before all others: for a card that a person takes from another product.
#[must_use]
pub fn before_all_others(atr: &[u8]) -> CardType {
    let digits: String = atr.iter().map(|byte| format!("{byte:02X}")).collect();
    CardType::exact(&format!("{FIRST} {digits}"), atr)
}

/// Whether a key of this name is of those above: it goes when the minidriver goes.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    let listed = || card_types().iter().any(|card_type| card_type.name == name);
    name.starts_with(FIRST) || name.starts_with(LAST) || listed()
}

fn exact(name: &str, digits: &str) -> CardType {
    let (atr, mask) = bytes(digits);
    CardType { name: name.to_owned(), atr, mask }
}

fn masked(
    (bytes_of_it, shape): (&str, &str),
    (makers, maker, version): (&str, [u8; 2], [u8; 2]),
) -> CardType {
    let place = |word: &str| shape.find(word).map(|digit| digit / 2);
    let (mut atr, mut mask) = bytes(&shape.replace("MM", "..").replace("VV", ".."));
    for (place, [byte, bits]) in [(place("MM"), maker), (place("VV"), version)] {
        if let Some(place) = place {
            (atr[place], mask[place]) = (byte, bits);
        }
    }
    CardType { name: format!("{LAST} {bytes_of_it} bytes mask maker {makers}"), atr, mask }
}

/// Bytes, and which of their bits are given: a dot stands for four bits that are not.
fn bytes(digits: &str) -> (Vec<u8>, Vec<u8>) {
    let nibble = |digit: char| digit.to_digit(16).map_or((0, 0), |value| (value as u8, 0xF));
    let nibbles: Vec<(u8, u8)> = digits.chars().map(nibble).collect();
    let pairs = nibbles.chunks_exact(2);
    pairs.map(|pair| (pair[0].0 << 4 | pair[1].0, pair[0].1 << 4 | pair[1].1)).unzip()
}
