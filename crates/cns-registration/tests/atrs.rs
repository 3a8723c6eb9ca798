//! Which cards Windows would give to our minidriver: all CNS of the public list, and no other product's.

use std::fs;
use std::path::Path;

use cns_registration::{
    CardType, bare_contactless, before_all_others, card_types, is_ours, pairing, to_register,
};

/// Every ATR of the public list (smartcard_list.txt of pcsc-tools) that has the mark CNS, and those that docs/cards has
/// besides.
const CNS: &[&str] = &[
    "3B8B80010031C16408923354009000F3",
    "3B8B80010031C164092914540090006E",
    "3BDB18FF81B1FE451FC38073C8211065434E53107339",
    "3BDF18008131FE7D006B020C0182011101434E53103180FC",
    "3BDF18008131FE7D006B040C0184011101434E53103180FC",
    "3BDF18008131FE7D006B150C0180011101434E53103180E9",
    "3BDF18008131FE7D006B150C0181011101434E53103180E8",
    "3BFF1800008131FE45006B04050100011101434E5310318069",
    "3BFF1800008131FE45006B04050100012101434E5310318059",
    "3BFF1800008131FE45006B05051017012101434E531031805E",
    "3BFF1800008131FE45006B05052000012101434E5310318079",
    "3BFF1800008131FE45006B0505200001F101434E53103180A9",
    "3BFF1800008131FE45006B0505912001F101434E5310318038",
    "3BFF1800008131FE45006B11050700011101434E531131807B",
    "3BFF1800008131FE45006B11050700012101434E531031804A",
    "3BFF1800008131FE45006B33330100011101434E5310318069",
    "3BFF1800008131FE55006B02090403010101434E5310318065",
    "3BFF1800008131FE55006B02090503010101434E5310318064",
    "3BFF1800008131FE55006B02090603010101434E5310318067",
    "3BFF1800008131FE55006B02091403010101434E5310318075",
    "3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D",
    "3BFF1800FF8131FE55006B02090200010101434E531031809F",
    "3BFF1800FF8131FE55006B02090200011101434E531031808F",
    "3BFF1800FF8131FE55006B02090200011101434E531131808E",
    "3BFF1800FF8131FE55006B02090300011101434E531131808F",
    "3BFF1800FF8131FE55006B02090303010101434E531031809D",
    "3BFF1800FF8131FE55006B02090303011101434E531131808C",
    "3BFF1800FF8131FE55006B02091301011101434E531131809E",
    "3BFF1800FF8131FE55006B02091303010101434E531031808D",
    "3BFF1800FF8131FE55006B02091303011101434E531131809C",
    "3BFF1800FF8131FE55006B02091617011101434E531131808D",
    "3BFF1800FF8131FE55006B02091717011101434E531131808C",
    "3BFF1800FFC10A31FE55006B0508C805011101434E531031800C",
    "3BFF1800FFC10A31FE55006B0508C809011101434E5310318000",
    "3BFF1800FFC10A31FE55006B0508C80A011101434E5310318003",
    "3BFF1800FFC10A31FE55006B0508C80C011101434E5310318005",
    "3BFF9600008131FE55006B02090403010101434E53103180EB",
    "3BFF9600FF8131FE55006B02090403010101434E5310318014",
];

/// In docs/cards, with the mark CNS and of makers that do not exist: the example of a card report.
const MADE_UP: &str = "3BFF1800008131FE45006B33330100011101434E5310318069";

/// Other products: those of the same makers, and what a careless mask would take.
const OTHERS: &[(&str, &str)] = &[
    ("Digital-DNA with a CNS mark", "3BFF1800008131FE45006B150C0302010101434E5310318061"),
    ("Digital-DNA", "3BFF1800008131FE45006B150C03020101014234441031806B"),
    ("CIE 3.0", "3B8F80018031806549544A3441120FFF82900088"),
    ("CIE 3.0", "3B8E80018031806549544E5850120FFF8290F0"),
    ("CIE 3.0", "3B8B80018066475000B8007F8290002E"),
    ("CIE 3.0", "3B8B80018066475000B80094829000C5"),
    ("CIE 3.0", "3B8F800180318065B085040011120FFF8290008A"),
    ("CIE 3.0", "3B8F800180318065B0850300EF120FFF82900073"),
    ("the first CIE", "3BF41800FF8131805500318000C7"),
    ("mark CIE", "3BFF1800008131FE45006B0405010001210143494510318048"),
    ("health professional, mark HPC", "3BFF1800008131FE45006B040501000112024850431031806C"),
    ("lawyer, mark DSD", "3BFF1800008131FE55006B0209040301010144534410318068"),
    ("signature card, mark DSD", "3BFF1800FF8131FE55006B0209030301010144534410318090"),
    ("signature card, mark DSD", "3BFF1800FF8131FE55006B0209020001010144534410318092"),
    ("signature card, mark DSD", "3BFF1800FF8131FE55006B0209040301010144534410318097"),
    ("mark PSE", "3BFF1800FF8131FE55006B0209130301000150534510318094"),
    ("Infocamere 1400, which we refuse", "3BFC9800FFC11031FE55C803496E666F63616D65726528"),
    ("Infocamere 1600, which we refuse", "3BF49800FFC11031FE554D346376B4"),
    ("Infocamere 1600, which we refuse", "3BF49800FFC10031FE554D346376B4"),
    ("Infocamere 1202, which we refuse", "3BB794008131FE6553504B32339000D1"),
    ("Romanian health card", "3BF01300008131FE45E8"),
    ("passports, ST 2022 over NFC", "3B80800101"),
    ("payment card of the maker of IDEMIA NFC", "3B8B80010031C16408603220009000"),
    ("payment card of the maker of IDEMIA NFC", "3B8B80010031C1640937721300900051"),
    ("contactless side of a TS", "3B88800100000000038191001A"),
];

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// Another product's entry, or ours.
fn masked(name: &str, atr: &str, mask: &str) -> CardType {
    CardType { name: name.into(), atr: bytes(atr), mask: bytes(mask) }
}

#[test]
fn every_cns_is_taken_and_nothing_else() {
    let ours = card_types();
    for atr in CNS.iter().filter(|atr| **atr != MADE_UP) {
        assert!(pairing(&ours, &bytes(atr)).is_some(), "{atr} is not taken");
    }
    for (product, atr) in OTHERS {
        assert_eq!(pairing(&ours, &bytes(atr)), None, "{product}, {atr}");
    }
}

#[test]
fn each_atr_of_the_documents_is_tested() {
    let cards = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cards");
    let mut found = 0;
    for page in fs::read_dir(cards).unwrap() {
        let text = fs::read_to_string(page.unwrap().path()).unwrap();
        let words = text.split(|character: char| !character.is_ascii_alphanumeric());
        let is_atr = |word: &&str| {
            word.len() >= 20 && word.starts_with("3B") && word.chars().all(|digit| digit.is_ascii_hexdigit())
        };
        for atr in words.filter(is_atr) {
            let listed = CNS.contains(&atr) || OTHERS.iter().any(|(_, other)| *other == atr);
            assert!(listed, "{atr} is in docs/cards, and in no list here");
            found += 1;
        }
    }
    assert!(found > 20, "{found} ATRs in docs/cards");
}

/// Another lot of a maker, with other interface bytes, version and check byte.
#[test]
fn unknown_lots_are_taken_by_masks() {
    let ours = card_types();
    for atr in [
        "3BFF9600FF8131FE7D006B0209AA1701F101434E531131800F",
        "3BFF1100008131FE45006B0505770001F101434E53123180FF",
        "3BDF18008131FE45006B0505770001F101434E53103180FF",
        "3BFF1800FFC10A31FE55006B0508CAFE011101434E5310318005",
    ] {
        let found = pairing(&ours, &bytes(atr)).unwrap_or_else(|| panic!("{atr} is not taken"));
        assert!(found.name.starts_with('~'), "{}", found.name);
    }
}

#[test]
fn the_names_are_unique_and_each_is_known_as_ours() {
    let mut names: Vec<String> = card_types().into_iter().map(|card_type| card_type.name).collect();
    names.extend([bare_contactless().name, before_all_others(&[0x3B, 0x80]).name]);
    assert!(names.iter().all(|name| is_ours(name) && !name.contains('\\')));
    names.sort();
    names.dedup();
    assert_eq!(names.len(), card_types().len() + 2);
    for other in ["CNS", "CNS Card", "Bit4id JSign", "OpenSC", "Identity Device (NIST SP 800-73 [PIV])"] {
        assert!(!is_ours(other), "{other}");
    }
    // A key has at most 255 characters; an ATR 33 bytes.
    assert!(before_all_others(&[0x3B; 33]).name.len() < 255);
}

#[test]
fn what_another_product_has_stays_its_own() {
    let st2021 = "3BFF1800FF8131FE55006B02091617011101434E531131808D";
    let (whole, nothing) = ("FF".repeat(25), "00".repeat(25));
    for (foreign, taken) in [
        (masked("Bit4id", st2021, &whole), 1),
        (masked("Zeta", st2021, &whole), 1),
        // Whatever has 25 bytes: under a name that comes first, and under one that comes after our lots.
        (masked("A card", &nothing, &nothing), usize::MAX),
        (masked("z card", &nothing, &nothing), usize::MAX),
        // With a mask of another length it takes nothing.
        (masked("Broken", st2021, &whole[2..]), 0),
    ] {
        let registered = to_register(card_types(), std::slice::from_ref(&foreign));
        let gone = card_types().len() - registered.len();
        assert!(
            gone == taken || (taken == usize::MAX && gone > 5),
            "{}: {gone} are not registered",
            foreign.name
        );
        let mut all = registered;
        all.push(foreign.clone());
        for atr in CNS.iter().chain(OTHERS.iter().map(|(_, atr)| atr)).map(|atr| bytes(atr)) {
            let to = pairing(&all, &atr);
            assert!(!foreign.matches(&atr) || to == Some(&foreign), "{}: {to:?}", foreign.name);
        }
    }
}

/// A key that sorts after ours keeps its cards all the same, and one that a person takes away is taken.
#[test]
fn windows_takes_the_first_name() {
    let atr = bytes(CNS[5]);
    let last = CardType::exact("\u{C9}clair", &atr);
    assert!(to_register(card_types(), std::slice::from_ref(&last)).iter().all(|ours| !ours.matches(&atr)));
    let foreign = CardType::exact("3 letters", &atr);
    let both = [foreign.clone(), before_all_others(&atr)];
    assert_eq!(pairing(&both, &atr), Some(&both[1]));
    // Capital letters come together with small ones.
    let two = [CardType::exact("b", &atr), CardType::exact("A", &atr), CardType::exact("C", &atr)];
    assert_eq!(pairing(&two, &atr), Some(&two[1]));
    assert_eq!(pairing(&two, &[]), None);
}

#[test]
fn the_bare_atr_is_registered_on_request_only() {
    let bare = bytes("3B80800101");
    assert_eq!(pairing(&card_types(), &bare), None);
    assert!(bare_contactless().matches(&bare));
}

#[test]
fn the_values_are_windows_own() {
    let text = |values: &[(&str, cns_registration::RegistryValue)], name: &str| {
        let value = values.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        match value {
            Some(cns_registration::RegistryValue::Text(text)) => text,
            other => panic!("{name}: {other:?}"),
        }
    };
    for card_type in card_types() {
        assert_eq!(card_type.atr.len(), card_type.mask.len());
        let values = card_type.values(r"C:\Program Files\CNS\cnscm.dll");
        assert_eq!(text(&values, "Crypto Provider"), "Microsoft Base Smart Card Crypto Provider");
        let ksp = "Microsoft Smart Card Key Storage Provider";
        assert_eq!(text(&values, "Smart Card Key Storage Provider"), ksp);
        assert_eq!(text(&values, "80000001"), r"C:\Program Files\CNS\cnscm.dll");
        for name in ["80000100", "80000106"] {
            let prompts = text(&values, name);
            let languages: Vec<&str> =
                prompts.split(';').map(|prompt| prompt.split_once(',').unwrap().0).collect();
            assert_eq!(languages, ["it-IT", "en-US", "en-GB", "de-DE", "fr-FR", "sl-SI"]);
            // One comma and no more for each, or Windows would cut the sentence.
            assert!(prompts.split(';').all(|prompt| prompt.matches(',').count() == 1 && prompt.len() < 100));
        }
        assert_eq!(values.len(), 7);
    }
}
