//! Transcripts of the first look at a card: which commands, byte for byte, and how many; and of data files, which are read on
//! demand.

use cns_card::{
    CardError, CertificateProblem, DataFile, Disposition, OpenedCard, StatusWord, UnsupportedCard,
};
use testkit::script::*;

#[test]
fn a_classic_card() {
    for atr in [CARDOS, ATHENA, OBERTHUR, ST2021, OLD_INCARD, UNKNOWN_LOT] {
        let script = Script::new(atr);
        let der = certificate(1234);
        expect_classic_listing(&script, &der);
        let (card, files) = script.open_cns();
        script.done();
        assert_eq!(script.transactions(), 1);
        assert_eq!(files.card_id.unwrap().as_str(), "6030000000000019");
        let data = files.personal_data.unwrap();
        assert_eq!((data.surname.as_deref(), data.name.as_deref()), (Some("ROSSI"), Some("MARIO")));
        assert_eq!(files.certificate.unwrap().der, der);
        assert_eq!(files.certificate_problem, None);
        assert!(!card.can_query_retries());
        assert!(card.family().len() <= 16 && card.family().is_ascii());
        card.close(Disposition::Leave);
        assert_eq!(script.disconnected(), [Disposition::Leave]);
    }
}

/// The file is longer than the certificate, as it often is: what follows is cut off.
#[test]
fn a_certificate_shorter_than_one_read() {
    let script = Script::new(CARDOS);
    let der = certificate(200);
    expect_classic_listing(&script, &der);
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate.unwrap().der, der);
}

#[test]
fn an_idemia_card() {
    let script = Script::new(IDEMIA);
    let der = certificate(1885);
    expect_idemia_listing(&script, &der);
    let (card, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate.unwrap().der, der);
    assert_eq!(card.family(), "CNS IDEMIA 2021");
    assert!(card.can_query_retries());
}

/// ceil(L/255) + 6, also with personal data that would need two reads: names and tax code stand in front.
#[test]
fn a_cold_listing_stays_within_its_figure() {
    for length in [300, 509, 510, 511, 765, 1020, 1234, 1885, 1886, 2040, 2041, 4000, 8192] {
        let script = Script::new(ST2021);
        let der = certificate(length);
        script.expect("00A40800 04 10001003", "9000");
        script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
        script.expect("00A40800 04 11001101", "9000");
        expect_reads(&script, &[der.clone(), vec![0; 300]].concat(), length);
        script.expect("00A40800 04 11001102", "9000");
        let data = personal_data(200);
        expect_personal_data(&script, &data);
        script.expect(SIGNATURE_CERTIFICATE, "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.certificate.unwrap().der, der);
        let data = files.personal_data.unwrap();
        assert_eq!(data.tax_code.as_deref(), Some("RSSMRA80A01H501U"));
        assert_eq!((data.surname.as_deref(), data.residence_address), (Some("ROSSI"), None));
        let commands = script.sent_so_far();
        assert!(commands <= length.div_ceil(255) + 6, "{commands} commands for {length} bytes");
    }
}

/// A certificate that is where the family does not have it is found all the same.
#[test]
fn other_layouts_are_probed() {
    let der = certificate(600);
    let file = [der.clone(), vec![0; 255]].concat();
    for nothing in ["6A82", "9000", "6982"] {
        let script = Script::new(UNKNOWN_LOT);
        script.expect("00A40800 04 10001003", "6A82");
        match nothing {
            "9000" => {
                script.expect("00A40800 04 11001101", "9000");
                script.expect_bytes(&bytes("00B00000FF"), &ok(&[0; 255]));
            }
            status => {
                script.expect("00A40800 04 11001101", status);
            }
        }
        script.expect("00A40800 06 140090012002", "9000");
        expect_reads(&script, &file, der.len());
        script.expect("00A40800 04 11001102", "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.certificate.unwrap().der, der);
        assert_eq!((files.card_id, files.personal_data), (None, None));
    }
}

#[test]
fn files_that_hold_no_certificate() {
    let long = [&[0x30, 0x82, 0x20, 0x00][..], &[1; 251]].concat();
    let endless = [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF][..], &[1; 249]].concat();
    let absent = CertificateProblem::Absent;
    let cases: &[(&[u8], CertificateProblem)] = &[
        (&[0xFF; 255], absent),
        (&[0x00; 255], absent),
        (&[], absent),
        (&[0x30], absent),
        (&[0x30, 0x80, 0, 0], absent),
        (&[0x04, 0x82, 0x01, 0x00], absent),
        (&long, CertificateProblem::TooLong { length: 0x2004 }),
        (&endless, CertificateProblem::TooLong { length: 0x1_0000_0005 }),
    ];
    for (content, problem) in cases {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", "6A82");
        script.expect("00A40800 04 11001101", "9000");
        script.expect_bytes(&bytes("00B00000FF"), &ok(content));
        if content.len() == 1 {
            script.expect("00B00001FE", "6B00");
        }
        script.expect("00A40800 06 140090012002", "6A82");
        script.expect("00A40800 04 11001102", "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.certificate, None);
        assert_eq!(files.certificate_problem, Some(*problem), "{content:02X?}");
    }
}

#[test]
fn a_certificate_that_is_cut_off() {
    let script = Script::new(CARDOS);
    let der = certificate(700);
    script.expect("00A40800 04 10001003", "6A82");
    script.expect("00A40800 04 11001101", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&der[..255]));
    script.expect_bytes(&bytes("00B000FFFF"), &[&der[255..300], &[0x62, 0x82]].concat());
    script.expect("00A40800 06 140090012002", "6A82");
    script.expect("00A40800 04 11001102", "6A82");
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(
        files.certificate_problem,
        Some(CertificateProblem::Truncated { declared: 700, present: 300 })
    );
}

/// Every way of saying "that was all" and of giving less than was asked for.
#[test]
fn short_and_strange_reads() {
    let der = certificate(500);
    let script = Script::new(CARDOS);
    script.expect("00A40800 04 10001003", "6110"); // the answer is not fetched
    script.expect("00B0000010", "6C08");
    script.expect("00B0000008", "3630333031323334 9000");
    script.expect("00B0000808", "6B00");
    script.expect("00A40800 04 11001101", "6C1A");
    script.expect("00A40800 04 11001101 1A", "6F00 9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&der[..128]));
    script.expect_bytes(&bytes("00B00080FF"), &[&der[128..228], &[0x61, 0x9B]].concat());
    script.expect_bytes(&bytes("00C000009B"), &ok(&der[228..383]));
    script.expect_bytes(&bytes("00B0017F75"), &[&der[383..], &[0x62, 0x82]].concat());
    script.expect("00A40800 04 11001102", "9000");
    script.expect("00B00000FF", "9000"); // empty: no loop
    script.expect(SIGNATURE_CERTIFICATE, "6982");
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!(files.certificate.unwrap().der, der);
    assert_eq!(files.card_id.unwrap().as_str(), "60301234");
    assert_eq!(files.personal_data, None);
}

/// One byte more than was asked for is no answer: fatal for the certificate, not for the other files.
#[test]
fn longer_reads_than_asked_for() {
    let script = Script::new(CARDOS);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(&[b'7'; 17]));
    script.expect("00A40800 04 11001101", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&certificate(256)));
    assert_eq!(script.open().err(), Some(CardError::Malformed { command: "READ BINARY" }));
    script.done();
}

/// A card that does not know SELECT by path: file by file, and not asked twice.
#[test]
fn select_step_by_step() {
    for refusal in ["6A86", "6A81", "6D00", "6B00"] {
        let der = certificate(300);
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", refusal);
        // What may be about Le is asked once with it.
        if matches!(refusal, "6A86" | "6B00") {
            script.expect("00A40800 04 10001003 00", refusal);
        }
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00A40000 02 1000", "9000");
        script.expect("00A40000 02 1003", "9000");
        script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00A40000 02 1100", "9000");
        script.expect("00A40000 02 1101", "9000");
        expect_reads(&script, &[der.clone(), vec![0; 255]].concat(), 300);
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00A40000 02 1100", "9000");
        script.expect("00A40000 02 1102", "6A82");
        script.expect("00A40000 02 3F00", "9000");
        script.expect("00A40000 02 1400", "6A82");
        let (_, files) = script.open_cns();
        script.done();
        assert_eq!(files.certificate.unwrap().der, der);
    }
}

/// Answers that no card gives end in an error or in nothing found, within the stated number of commands.
#[test]
fn absurd_answers() {
    let answers: &[&[u8]] = &[
        &[],
        &[0x90],
        &[0x61, 0x00],
        &[0x01, 0x61, 0x10],
        &[0x6C, 0x10],
        &[0x04, 0x90, 0x00],
        &[0x00, 0x00],
        &[0x6F, 0x00],
        &[0x67, 0x00],
        &[0x30; 302],
        &[0; 65_536],
    ];
    for atr in [CARDOS, IDEMIA] {
        for answer in answers {
            let script = Script::new(atr);
            script.forever(answer);
            match script.open() {
                Ok(OpenedCard::Cns(_, files)) => assert_eq!(files.certificate, None),
                Ok(OpenedCard::Unsupported { what, .. }) => {
                    // A certificate file with something else in it, on an ATR that other countries use.
                    assert_eq!((atr, what), (IDEMIA, UnsupportedCard::UnreadableCertificate));
                }
                Err(error) => {
                    assert!(matches!(
                        error,
                        CardError::Malformed { .. }
                            | CardError::TooManyCommands { .. }
                            | CardError::Status { .. }
                    ));
                    assert_eq!(script.disconnected(), [Disposition::Leave]);
                }
            }
            assert_eq!(script.count(0x20), 0);
            assert!(script.sent_so_far() <= 128);
        }
    }
}

/// A card that fails at its certificate, as a bad contact makes it, is not taken for one without.
#[test]
fn a_failure_is_not_an_empty_card() {
    for (failure, is_error) in
        [("6F00", true), ("6581", true), ("6400", true), ("6A82", false), ("6982", false)]
    {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", "6A82");
        script.expect("00A40800 04 11001101", failure);
        script.expect("00A40800 06 140090012002", "6A82");
        if !is_error {
            script.expect("00A40800 04 11001102", "6A82");
        }
        assert_eq!(script.open().is_err(), is_error, "{failure}");
        script.done();
    }
}

/// One byte per READ: bounded.
#[test]
fn a_card_that_gives_one_byte_at_a_time() {
    let script = Script::new(CARDOS);
    script.expect("00A40800 04 10001003", "9000");
    script.forever(&[0x30, 0x90, 0x00]);
    assert!(matches!(
        script.open(),
        Err(CardError::TooManyCommands { operation: "open" }) | Ok(OpenedCard::Cns(..))
    ));
    assert!(script.sent_so_far() <= 128);
}

#[test]
fn data_files_are_read_whole_and_on_demand() {
    let script = Script::new(CARDOS);
    let (mut card, _) = logged_in(&script);
    let data = personal_data(200);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    assert_eq!(card.read_data(DataFile::CardId).unwrap(), CARD_ID);
    script.expect("00A40800 04 11001102", "9000");
    script.expect_bytes(&bytes("00B00000FF"), &ok(&data[..255]));
    script.expect_bytes(&bytes("00B000FFFF"), &ok(&data[255..]));
    script.expect("00B00190FF", "6B00");
    assert_eq!(card.read_data(DataFile::PersonalData).unwrap(), data);
    script.expect("00A40800 04 11001102", "6A82");
    let absent = CardError::Status { command: "SELECT", status: StatusWord::FILE_NOT_FOUND };
    assert_eq!(card.read_data(DataFile::PersonalData), Err(absent));
    script.done();
}

/// After a reset the card is proved before anything of it is shown.
#[test]
fn data_of_another_card_are_not_read() {
    let script = Script::new(CARDOS);
    let (mut card, _) = opened(&script, 300);
    script.reset();
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(b"6030000000000027"));
    assert_eq!(card.read_data(DataFile::PersonalData), Err(CardError::DifferentCard));
    script.done();
}
