//! Cards that answer anything at all: no panic, no endless conversation, no PIN command that was not asked for.

mod common;

use cns_card::{DataFile, OpenedCard, TransportError};
use common::*;
use proptest::prelude::*;

fn status() -> impl Strategy<Value = [u8; 2]> {
    prop_oneof![
        6 => Just([0x90, 0x00]),
        1 => any::<u8>().prop_map(|n| [0x61, n]),
        1 => any::<u8>().prop_map(|n| [0x6C, n]),
        1 => any::<u8>().prop_map(|n| [0x63, n]),
        2 => proptest::sample::select(vec![
            [0x62, 0x82], [0x67, 0x00], [0x68, 0x84], [0x69, 0x82], [0x69, 0x83], [0x69, 0x84], [0x69, 0x86],
            [0x6A, 0x82], [0x6A, 0x86], [0x6A, 0x88], [0x6B, 0x00], [0x6D, 0x00], [0x6E, 0x00], [0x6F, 0x00],
        ]),
        1 => any::<[u8; 2]>(),
    ]
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => Just(vec![]),
        2 => Just([&[0x30, 0x82, 0x02, 0x10][..], &[7; 251]].concat()),
        1 => Just(vec![7; 255]),
        1 => Just(vec![9; 128]),
        1 => Just(personal_data(30)[..255].to_vec()),
        1 => Just(b"6030000000000019".to_vec()),
        1 => Just(b"JSign4".to_vec()),
        1 => Just(bytes("5A086030000000000019")),
        1 => Just([&[0x01, 0x02, 0x10, 0x00, 0x00, 0x30, 0x82, 0x02, 0x0C][..], &[7; 246]].concat()),
        1 => proptest::collection::vec((any::<bool>(), 0usize..4, 0u8..4), 0..48).prop_map(object_map),
        1 => proptest::collection::vec(any::<u8>(), 0..600),
    ]
}

fn object_map(slots: Vec<(bool, usize, u8)>) -> Vec<u8> {
    let high = [0x10, 0x20, 0x30, 0xFA];
    slots.iter().flat_map(|(used, kind, n)| [if *used { 0xFF } else { 0 }, high[*kind], *n, 4, 0]).collect()
}

fn answer() -> impl Strategy<Value = Result<Vec<u8>, TransportError>> {
    prop_oneof![
        20 => (data(), status()).prop_map(|(data, status)| Ok([&data[..], &status].concat())),
        1 => proptest::collection::vec(any::<u8>(), 0..3).prop_map(Ok),
        1 => proptest::sample::select(vec![
            TransportError::Transmit, TransportError::CardReset, TransportError::CardRemoved, TransportError::Timeout,
        ]).prop_map(Err),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn anything(
        atr in proptest::sample::select(vec![
            CARDOS, ST2021, OLD_INCARD, IDEMIA, COSMO7, ACE2025, BARE, IDEMIA_NFC_OF_ANOTHER_LOT, FIRMAQUI,
            UNKNOWN_LOT,
        ]),
        answers in proptest::collection::vec(answer(), 0..60),
        last in status(),
    ) {
        let script = Script::new(atr);
        answers.into_iter().for_each(|answer| { script.answer_any(answer); });
        script.forever(&last);
        let opened = script.open();
        prop_assert_eq!(script.count(0x20) + script.count(0x24) + script.count(0x2C), 0);
        let commands = script.sent_so_far();
        let questions = if [BARE, IDEMIA_NFC_OF_ANOTHER_LOT].contains(&atr) { 3 } else { 0 };
        // Twice, when the reader does not carry an extended command.
        prop_assert!(commands <= 2 * (128 + questions));
        if matches!(opened, Ok(OpenedCard::Unsupported { .. })) {
            // Of an ATR that other countries use, number and certificate were read, perhaps in both forms of each command and
            // with files selected one by one. 25 is the most that was found.
            let most = if [IDEMIA, IDEMIA_NFC_OF_ANOTHER_LOT].contains(&atr) { 32 } else { 3 };
            prop_assert!(commands <= most);
        }
        let Ok(OpenedCard::Cns(mut card, files)) = opened else { return Ok(()) };

        let _ = card.verify(&pin());
        prop_assert!(script.count(0x20) <= 1);
        prop_assert!(script.sent_so_far() <= 40);
        if let Some(certificate) = files.certificate {
            let _ = card.private_key_operation(certificate.key, &[1; 256]);
            prop_assert!(script.count(0x20) == 0);
            prop_assert!(script.sent_so_far() <= 80);
        }
        let _ = card.change_pin(&pin(), &pin());
        prop_assert!(script.count(0x24) <= 1 && script.count(0x20) == 0);
        script.sent_so_far();
        let _ = card.unblock_pin(&puk(), &pin());
        prop_assert!(script.count(0x2C) <= 1 && script.count(0x20) == 0);
        script.sent_so_far();
        let _ = (card.pin_retries(), card.puk_retries());
        prop_assert!(script.sent_so_far() == 0 || card.can_query_retries());
        for file in [DataFile::CardId, DataFile::PersonalData] {
            let _ = card.read_data(file);
            prop_assert!(script.count(0x20) + script.count(0x24) + script.count(0x2C) == 0);
            prop_assert!(script.sent_so_far() <= 40);
        }
        prop_assert!(script.sent_so_far() <= 120);
    }
}
