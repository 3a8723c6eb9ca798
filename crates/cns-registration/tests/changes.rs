//! What is written and removed in a registry that holds something already.

use cns_registration::{
    CardType, RegisteredType, Wishes, bare_contactless, before_all_others, card_types, pairing, registration,
    removal,
};

const OURS: &str = r"C:\Program Files\CNS\cnscm.dll";
const ST2021: [u8; 25] = [
    0x3B, 0xFF, 0x18, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x55, 0x00, 0x6B, 0x02, 0x09, 0x16, 0x17, 0x01, 0x11,
    0x01, 0x43, 0x4E, 0x53, 0x11, 0x31, 0x80, 0x8D,
];
const ASKED: Wishes = Wishes { take_over: true, contactless: true };

fn key(card_type: CardType, minidriver: &str) -> RegisteredType {
    RegisteredType { card_type, minidriver: minidriver.into(), key_storage_provider: None }
}

/// The registry after the changes.
fn after(registered: &[RegisteredType], wishes: Wishes) -> Vec<RegisteredType> {
    let changes = registration(registered, wishes);
    let written = |key: &RegisteredType| changes.write.iter().any(|new| new.name == key.card_type.name);
    let mut after: Vec<_> = registered.to_vec();
    after.retain(|key| !written(key) && !changes.remove.contains(&key.card_type.name));
    after.extend(changes.write.into_iter().map(|new| key(new, OURS)));
    after
}

fn driver(registered: &[RegisteredType], atr: &[u8]) -> Option<String> {
    let types: Vec<CardType> = registered.iter().map(|key| key.card_type.clone()).collect();
    let found = pairing(&types, atr)?;
    Some(registered.iter().find(|key| key.card_type == *found)?.minidriver.clone())
}

#[test]
fn an_empty_registry_gets_all_and_keeps_none() {
    let new = after(&[], Wishes::default());
    assert_eq!(new.len(), card_types().len());
    assert_eq!(driver(&new, &ST2021).as_deref(), Some(OURS));
    // Once more, as a repair does it: nothing else.
    assert_eq!(after(&new, Wishes::default()), new);
    assert_eq!(removal(&new, &OURS.to_uppercase()).len(), new.len());
    assert!(removal(&new, r"D:\elsewhere\cnscm.dll").is_empty());
}

#[test]
fn another_products_card_stays_unless_a_person_asks() {
    for name in ["Bit4id", "OpenSC", "zz"] {
        let foreign = key(CardType::exact(name, &ST2021), "other.dll");
        let new = after(std::slice::from_ref(&foreign), Wishes::default());
        assert!(new.contains(&foreign));
        assert_eq!(new.len(), card_types().len(), "one of ours is left out");
        assert_eq!(driver(&new, &ST2021).as_deref(), Some("other.dll"));
        let taken = after(&new, ASKED);
        assert!(taken.contains(&foreign), "its key is not touched");
        assert_eq!(driver(&taken, &ST2021).as_deref(), Some(OURS));
        // A repair or an upgrade does not forget what was asked for.
        let mut again = after(&taken, Wishes::default());
        let by_name =
            |one: &RegisteredType, other: &RegisteredType| one.card_type.name.cmp(&other.card_type.name);
        again.sort_by(by_name);
        let mut taken = taken;
        taken.sort_by(by_name);
        assert_eq!(again, taken);
        assert!(removal(&again, OURS).iter().all(|gone| *gone != name));
        assert_eq!(removal(&again, OURS).len(), again.len() - 1);
    }
}

#[test]
fn a_product_that_comes_later_gets_its_card_at_the_next_repair() {
    let mut registered = after(&[], Wishes::default());
    registered.push(key(CardType::exact("OpenSC", &ST2021), "other.dll"));
    let changes = registration(&registered, Wishes::default());
    assert_eq!(changes.remove, ["CNS ST 2021"]);
}

#[test]
fn what_a_person_asked_for_is_theirs_alone() {
    let new = after(&[], ASKED);
    assert_eq!(new.len(), card_types().len() + 1);
    assert!(new.iter().any(|key| key.card_type == bare_contactless()));
    assert!(!registration(&[], Wishes::default()).write.contains(&bare_contactless()));
    let first = key(before_all_others(&[0x3B, 0x00]), OURS);
    assert!(registration(std::slice::from_ref(&first), Wishes::default()).write.contains(&first.card_type));
}

/// Another product may give its key a name of ours, and a key of ours may be damaged.
#[test]
fn a_key_is_ours_by_its_minidriver_too() {
    let foreign = key(CardType::exact("CNS ST 2021", &ST2021), r"C:\other\driver.dll");
    let new = after(std::slice::from_ref(&foreign), Wishes::default());
    assert!(new.contains(&foreign) && !removal(&new, OURS).contains(&"CNS ST 2021"));
    assert_eq!(driver(&after(&new, ASKED), &ST2021).as_deref(), Some(OURS));
    let damaged = key(CardType::exact("CNS ST 2021", &[]), "");
    assert_eq!(removal(std::slice::from_ref(&damaged), OURS), ["CNS ST 2021"]);
    assert_eq!(after(&[damaged], Wishes::default()), after(&[], Wishes::default()));
    // The same driver in another folder is ours, and not what is taken away here.
    let elsewhere = key(CardType::exact("CNS ST 2021", &ST2021), r"D:\CNS\CNSCM.DLL");
    assert!(elsewhere.is_ours() && removal(&[elsewhere], OURS).is_empty());
}

/// The registry has no capital letters: a key of the same name would be written over.
#[test]
fn another_products_key_of_a_name_of_ours_is_not_written_over() {
    for name in ["CNS Athena", "cns athena"] {
        let foreign = key(CardType::exact(name, &[0x3B, 0x02, 0x14, 0x50]), r"C:\other\driver.dll");
        for wishes in [Wishes::default(), ASKED] {
            let changes = registration(std::slice::from_ref(&foreign), wishes);
            assert!(changes.write.iter().all(|new| !new.name.eq_ignore_ascii_case(name)), "{name}");
            assert!(changes.remove.is_empty(), "{name}");
        }
    }
}
