//! Slots and tokens (PKCS#11 3.0 section 5.5): what a person reads in a chooser and a PIN prompt.

use cryptoki_sys::*;
use virtual_cns::in_process::Readers;
use virtual_cns::{Card, Holder, Personality};

use crate::common::{READER, Stage, label_of, on_each_card};

fn text(field: &[u8]) -> &str {
    let text = std::str::from_utf8(field).expect("UTF-8");
    assert!(!text.contains('\0'), "padded with blanks, not NUL");
    text.trim_end()
}

#[test]
fn each_card_shows_its_holder_its_number_and_its_family() {
    on_each_card(|stage| {
        let info = stage.client.token_info(0).expect("a token");
        let (label, id) = {
            let card = stage.card();
            (label_of(&card), card.card_id().to_owned())
        };
        assert_eq!(text(&info.label), label);
        assert_eq!(text(&info.serialNumber), id);
        assert!(text(&info.model).starts_with("CNS"), "{}", text(&info.model));
        assert!(!text(&info.manufacturerID).is_empty());
        assert_eq!((info.ulMinPinLen, info.ulMaxPinLen), (5, 8));
        let expected = CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED;
        assert_eq!(info.flags, expected, "a healthy card: no PIN flag, no RNG, not write protected");
    });
}

#[test]
fn a_name_with_apostrophes_or_umlauts_is_whole() {
    let builder =
        |name: &str| Card::builder(&Personality::st2021()).holder(Holder::by_name(name).expect("known"));
    let stage = Stage::built(builder("dangelo"));
    assert_eq!(text(&stage.client.token_info(0).expect("a token").label), label_of(&stage.card()));
    assert!(text(&stage.client.token_info(0).expect("a token").label).starts_with("CNS NICCOLO' D'ANGELO' "));
    drop(stage);
    let stage = Stage::built(builder("müller"));
    let info = stage.client.token_info(0).expect("a token");
    assert!(text(&info.label).starts_with("CNS JÜRGEN MÜLLER "), "{}", text(&info.label));
}

/// One person with a health card and a Chamber of Commerce token: two PINs, so the prompts must differ.
#[test]
fn two_cards_of_one_holder_have_two_labels() {
    let labels = ["6090001234567000", "7430001234567018"].map(|number| {
        let stage = Stage::built(Card::builder(&Personality::st2021()).card_id(number));
        let label = text(&stage.client.token_info(0).expect("a token").label).to_owned();
        stage.another_process();
        assert_eq!(
            text(&stage.client.token_info(0).expect("a token").label),
            label,
            "always the same for a card"
        );
        label
    });
    assert_eq!(labels, ["CNS MARIO ROSSI 7000", "CNS MARIO ROSSI 7018"]);
}

/// 32 bytes with the longest of names, cut between two letters, and no colon: NSS separates names with it.
#[test]
fn a_long_name_leaves_room_for_the_number() {
    let holder = Holder { given_name: "MARIA GIOVANNA ÈÈÈÈ:ÈÈÈÈÈÈ", ..Holder::ROSSI };
    let stage = Stage::built(Card::builder(&Personality::st2021()).holder(holder));
    let label = text(&stage.client.token_info(0).expect("a token").label).to_owned();
    let number = stage.card().card_id()[12..].to_owned();
    assert!(label.starts_with("CNS MARIA GIOVANNA È") && label.ends_with(&format!(" {number}")), "{label}");
    assert!(label.len() <= 32 && !label.contains(':'), "{label}");
}

#[test]
fn slots_only_grow_and_keep_their_ids() {
    let readers = Readers::new(&["A", "B"]);
    let stage = Stage::over(readers, Card::new(&Personality::cardos()).shared());
    assert_eq!(stage.client.slots(false), Ok(vec![0, 1]));
    assert_eq!(stage.client.slots(true), Ok(vec![]));
    stage.readers.unplug("A");
    stage.readers.plug_in("C");
    assert_eq!(stage.client.slots(false), Ok(vec![0, 1, 2]), "a gone reader stays as an empty slot");
    stage.readers.insert("C", stage.card.clone());
    assert_eq!(stage.client.slots(true), Ok(vec![2]));
    stage.readers.plug_in("A");
    assert_eq!(stage.client.slots(false), Ok(vec![0, 1, 2]), "the same reader is the same slot");
    let info = stage.client.slot_info(0).expect("a slot");
    assert_eq!(text(&info.slotDescription), "A");
    assert_eq!(info.flags, CKF_REMOVABLE_DEVICE | CKF_HW_SLOT);
}

#[test]
fn without_a_service_there_are_no_slots_and_they_appear_once_it_runs() {
    let readers = Readers::new(&[READER]);
    readers.stop_service();
    let stage = Stage::over(readers, Card::new(&Personality::cardos()).shared());
    assert_eq!(stage.client.slots(false), Ok(vec![]));
    stage.readers.start_service();
    assert_eq!(stage.client.slots(false), Ok(vec![0]));
}

#[test]
fn an_empty_reader_has_no_token() {
    let stage = Stage::over(Readers::new(&[READER]), Card::new(&Personality::cardos()).shared());
    assert_eq!(stage.client.slots(false), Ok(vec![0]));
    assert_eq!(stage.client.token_info(0).err(), Some(CKR_TOKEN_NOT_PRESENT));
    assert_eq!(stage.client.try_open(0, CKF_SERIAL_SESSION).err(), Some(CKR_TOKEN_NOT_PRESENT));
    assert_eq!(stage.client.token_info(7).err(), Some(CKR_SLOT_ID_INVALID));
}

#[test]
fn a_foreign_card_is_turned_away_with_three_commands_at_most_and_remembered() {
    // An EMV card's ATR: no historical bytes of a CNS.
    let atr = [0x3B, 0x65, 0x00, 0x00, 0x20, 0x63, 0xCB, 0x68, 0x00];
    let stage = Stage::built(Card::builder(&Personality::cardos()).atr(&atr));
    for _ in 0..100 {
        assert!(stage.client.is_present(0));
        assert_eq!(stage.client.token_info(0).err(), Some(CKR_TOKEN_NOT_RECOGNIZED));
        assert_eq!(stage.client.try_open(0, CKF_SERIAL_SESSION).err(), Some(CKR_TOKEN_NOT_RECOGNIZED));
    }
    let commands = stage.commands();
    assert!(commands.len() <= 3 && commands.iter().all(|name| name.starts_with("SELECT")), "{commands:?}");
}

#[test]
fn the_mechanisms_are_those_that_work_with_the_true_key_size() {
    on_each_card(|stage| {
        let list = stage.client.mechanisms(0).expect("a list");
        for wanted in [
            CKM_RSA_PKCS,
            CKM_RSA_X_509,
            CKM_RSA_PKCS_PSS,
            CKM_SHA1_RSA_PKCS,
            CKM_SHA256_RSA_PKCS,
            CKM_SHA384_RSA_PKCS,
            CKM_SHA512_RSA_PKCS,
            CKM_SHA256_RSA_PKCS_PSS,
            CKM_SHA384_RSA_PKCS_PSS,
            CKM_SHA512_RSA_PKCS_PSS,
        ] {
            assert!(list.contains(&wanted), "{wanted:#x}");
            let info = stage.client.mechanism_info(0, wanted).expect("listed");
            assert_ne!(info.flags & CKF_SIGN, 0);
            assert_ne!(info.flags & CKF_VERIFY, 0);
            let encrypts = info.flags & CKF_ENCRYPT != 0;
            assert!(encrypts || info.flags & CKF_DECRYPT == 0, "no DECRYPT without ENCRYPT");
            let bits = stage.card().personality().key_bits() as CK_ULONG;
            assert_eq!((info.ulMinKeySize, info.ulMaxKeySize), (bits, bits));
        }
        assert_eq!(stage.client.mechanism_info(0, CKM_ECDSA).err(), Some(CKR_MECHANISM_INVALID));
    });
}
