//! The signature keyset that some classic cards have: looked at where everything is, and never driven.

use cns_card::{Card, OpenedCard, PublicFiles, open_with_cache};
use testkit::script::*;

/// A classic card with a signature keyset.
fn opened_with_signature(script: &Script) -> (Card, PublicFiles) {
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001101", "9000");
    expect_reads(script, &[certificate(300), vec![0; 255]].concat(), 300);
    script.expect("00A40800 04 11001102", "6A82");
    script.expect(SIGNATURE_CERTIFICATE, "9000");
    expect_reads(script, &[certificate(600), vec![0; 255]].concat(), 600);
    let opened = script.open_cns();
    script.done();
    script.sent_so_far();
    opened
}

#[test]
fn it_is_found_beside_the_first() {
    let script = Script::new(CARDOS);
    let (_, files) = opened_with_signature(&script);
    assert_eq!(files.signature_certificate, Some(certificate(600)));
}

/// A listing does not ask for it.
#[test]
fn a_listing_asks_for_the_certificate_only() {
    for atr in [CARDOS, ATHENA, OBERTHUR, ST2021, OLD_INCARD] {
        let script = Script::new(atr);
        script.expect("00A40800 04 11001101", "9000");
        script.answer_any(Ok(ok(&[certificate(200), vec![0; 55]].concat())));
        let Ok(OpenedCard::Cns(_, files)) = open_with_cache(&script, "reader", &[]) else { panic!("a CNS") };
        script.done();
        assert!(files.certificate.is_some() && files.signature_certificate.is_none());
    }
}

/// No command names its PIN, its PUK or its key.
#[test]
fn it_is_never_driven() {
    for atr in [CARDOS, ST2021, OLD_INCARD] {
        let script = Script::new(atr);
        let (mut card, files) = opened_with_signature(&script);
        let key = files.certificate.unwrap().key;
        for _ in 0..8 {
            script.answer_any(Ok(bytes("9000")));
        }
        let _ = (
            card.verify(&pin()),
            card.private_key_operation(key, &[1; 128]),
            card.pin_retries().map(|query| query.retries()),
        );
        let named: Vec<Vec<u8>> = script
            .sent()
            .into_iter()
            .filter(|command| match command[1] {
                0x20 | 0x24 | 0x2C => ![0x10, 0x90].contains(&command[3]),
                0x22 => command[2] == 0xF1 && command.last() != Some(&0x01),
                _ => false,
            })
            .collect();
        assert!(named.is_empty(), "{named:02X?}");
    }
}

/// Whatever is wrong with it, the card is a CNS without it.
#[test]
fn a_broken_one_is_none() {
    let broken: [&[&str]; 5] = [
        &["6F00"],
        &["6982"],
        &["9000", "6982"],
        &["9000", "00000000 9000"],
        &["9000", "30820900 9000", "6B00", "6B00"],
    ];
    for answers in broken {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", "6A82");
        script.expect("00A40800 04 11001101", "9000");
        expect_reads(&script, &[certificate(300), vec![0; 255]].concat(), 300);
        script.expect("00A40800 04 11001102", "6A82");
        answers.iter().for_each(|answer| {
            script.answer_any(Ok(bytes(answer)));
        });
        let (_, files) = script.open_cns();
        script.done();
        assert!(files.certificate.is_some() && files.signature_certificate.is_none());
    }
}
