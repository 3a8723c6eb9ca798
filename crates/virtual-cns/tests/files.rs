//! SELECT and READ BINARY against ISO 7816-4 and the differences in docs/cards.

mod common;
use common::{ask, card, hex, status};
use virtual_cns::holders::{CertificateOptions, Purpose, public_key_of};
use virtual_cns::{Card, Holder, Personality};

const ID: &str = "00A4080004 10001003 00";
const CERTIFICATE: &str = "00A4080004 11001101 00";

#[test]
fn without_power_a_card_is_mute() {
    let mut card = Card::new(&Personality::cardos());
    assert_eq!(ask(&mut card, "00A40000023F00"), "");
    card.power_on();
    assert_eq!(status(&mut card, "00A40000023F00"), "9000");
    card.power_off();
    assert_eq!(ask(&mut card, "00A40000023F00"), "");
}

#[test]
fn every_form_of_select_finds_the_certificate() {
    for personality in [Personality::oberthur(), Personality::st2021(), Personality::athena()] {
        let card = &mut card(&personality);
        assert_eq!(status(card, CERTIFICATE), "9000");
        for step in ["00A40000023F0000", "00A4000002110000", "00A4000002110100"] {
            assert_eq!(status(card, step), "9000", "{step}");
        }
        for step in ["00A4000000", "00A4010002110000", "00A4020002110100"] {
            assert_eq!(status(card, step), "9000", "{step}");
        }
        for step in ["00A4030000", "00A409000411001101 00", "00A4030000", "00A40000021100 00"] {
            assert_eq!(status(card, step), "9000", "{step}");
        }
        assert_eq!(status(card, "00A40C0004 11001101 00"), "6A86");
        assert_eq!(status(card, "00A4080006 3F0011001101 00"), "6A82", "the path does not begin with the MF");
        assert_eq!(status(card, "00A4080003 110011 00"), "6700");
        assert_eq!(status(card, "00A4080404 11001101 00"), "6A86");
        assert_eq!(status(card, "00A4010002 2F02 00"), "6A82", "not a child DF");
    }
}

#[test]
fn a_failed_select_changes_nothing() {
    let card = &mut card(&Personality::st2021());
    ask(card, ID);
    assert_eq!(status(card, "00A4080004 11009999 00"), "6A82");
    assert_eq!(ask(card, "00B0000004"), "363039309000");
}

#[test]
fn control_information_of_id_carta() {
    let tail = format!("850101 860900FFFFFFFFFFFFFFFF 8A0105 CB18{}", "FF".repeat(24)).replace(' ', "");
    let whole = ask(&mut card(&Personality::st2021()), ID);
    assert_eq!(whole, format!("6F3880020010820301000083021003{tail}9000"));
    let without_size = ask(&mut card(&Personality::athena()), ID);
    assert_eq!(without_size, format!("6F34820301000083021003{tail}9000"));
}

#[test]
fn without_le_the_information_is_lost_kept_or_refused() {
    assert_eq!(ask(&mut card(&Personality::idemia_2021()), "00A4080004 10001003"), "9000");
    let athena = &mut card(&Personality::athena());
    assert_eq!(ask(athena, "00A4080004 10001003"), "6136");
    assert_eq!(status(athena, "00C0000036"), "9000");
    assert_eq!(status(athena, "00C0000036"), "6985", "only once");
    let oberthur = &mut card(&Personality::oberthur());
    assert_eq!(ask(oberthur, "00A4080004 10001003 10"), "6C3A");
    assert_eq!(ask(oberthur, "00A4080004 10001003 3A").len(), 2 * 0x3A + 4);
    assert_eq!(status(oberthur, "00C0000036"), "6D00");
}

#[test]
fn select_without_information_is_unknown_to_idemia() {
    assert_eq!(ask(&mut card(&Personality::idemia_2021()), "00A4080C04 10001003"), "6A86");
    assert_eq!(ask(&mut card(&Personality::st2021()), "00A4080C04 10001003"), "9000");
}

#[test]
fn the_end_of_a_file_as_each_card_tells_it() {
    let read = |personality: &Personality, command: &str| {
        let mut card = card(personality);
        ask(&mut card, ID);
        let answer = ask(&mut card, command);
        (answer.len() / 2 - 2, answer[answer.len() - 4..].to_string())
    };
    let end = |length: usize, status: &str| (length, status.to_string());
    assert_eq!(read(&Personality::st2021(), "00B00008FF"), end(8, "9000"));
    assert_eq!(read(&Personality::cardos(), "00B00008FF"), end(8, "6282"));
    assert_eq!(read(&Personality::oberthur(), "00B00008FF"), end(0, "6C08"));
    assert_eq!(read(&Personality::oberthur(), "00B0000808"), end(8, "9000"));
    for personality in Personality::all().iter().filter(|personality| personality.family <= 'C') {
        assert_eq!(read(personality, "00B00010FF"), end(0, "6B00"), "{}", personality.name);
        assert_eq!(read(personality, "00B07FFFFF"), end(0, "6B00"), "{}", personality.name);
    }
    assert_eq!(read(&Personality::cardos(), "00B0000000"), end(0, "6700"));
    assert_eq!(read(&Personality::idemia_2021(), "00B0000000"), end(16, "9000"));
    assert_eq!(read(&Personality::st2021(), "00B00000"), end(0, "6700"), "no Le");
    assert_eq!(read(&Personality::st2021(), "00B0810010"), end(0, "6A82"), "no short identifiers");
    assert_eq!(read(&Personality::st2021(), "00B0E10010"), end(0, "6A86"));
}

#[test]
fn nothing_to_read_without_a_current_ef() {
    let card = &mut card(&Personality::st2021());
    assert_eq!(ask(card, "00B0000010"), "6986");
    ask(card, ID);
    ask(card, "00A40000023F0000");
    assert_eq!(ask(card, "00B0000010"), "6986");
}

#[test]
fn access_bytes_are_obeyed() {
    let card = &mut card(&Personality::oberthur());
    ask(card, "00A4080002 0405 00");
    assert_eq!(ask(card, "00B0000010"), "6982", "never");
    ask(card, "00A4080004 12001203 3A");
    assert_eq!(ask(card, "00B0000004"), "6982", "PIN first");
    ask(card, &common::verify("10"));
    assert_eq!(ask(card, "00B0000004"), "000000009000");
    assert_eq!(ask(card, "00D6000102 ABCD"), "9000");
    assert_eq!(ask(card, "00B0000004"), "00ABCD009000");
    assert_eq!(ask(card, "00D6003F02 ABCD"), "6A84");
    ask(card, "00A4080004 10001003 3A");
    assert_eq!(ask(card, "00D6000001 30"), "6982");
    card.reset();
    ask(card, "00A4080004 12001203 3A");
    assert_eq!(ask(card, "00B0000004"), "6982", "a reset takes the PIN away");
}

#[test]
fn certificates_are_where_the_layout_says_and_zeros_follow() {
    for personality in
        [Personality::cardos(), Personality::oberthur(), Personality::athena(), Personality::st2021()]
    {
        let card = Card::new(&personality);
        let file = card.file(&[0x1100, 0x1101]).unwrap();
        let (certificate, rest) = file.split_at(card.certificate_der().len());
        assert_eq!(certificate, card.certificate_der());
        assert_eq!(rest.len(), personality.certificate_file.saturating_sub(certificate.len()));
        assert!(rest.iter().all(|byte| *byte == 0));
    }
    let idemia = Card::new(&Personality::idemia_2021());
    assert_eq!(idemia.file(&[0x1100, 0x1101]).unwrap(), [0; 2048]);
    let file = idemia.file(&[0x1400, 0x9001, 0x2002]).unwrap();
    assert!(file.len() == 2048 && file.starts_with(idemia.certificate_der()));
    let map = idemia.file(&[0x1400, 0x4000]).unwrap();
    assert_eq!(hex(&map[..15]), "FF10020800FF2002080000FAFE0000");
    assert_eq!(map.len(), 240);
    assert_eq!(hex(&idemia.file(&[0x1400, 0x5000]).unwrap()[..10]), "FF3002080000FAFE0000");
}

#[test]
fn files_of_any_content_for_bad_input() {
    let personality = Personality::st2021();
    let card = Card::builder(&personality)
        .file(&[0x1100, 0x1101], &[0xFF; 5000])
        .without_file(&[0x1100, 0x1102])
        .without_size(&[0x1100, 0x1101])
        .card_id("6090990000000099")
        .holder(Holder::DANGELO)
        .build();
    assert_eq!(card.file(&[0x1100, 0x1101]).unwrap().len(), 5000);
    assert_eq!(card.file(&[0x1000, 0x1003]).unwrap(), b"6090990000000099");
    let card = &mut { card };
    card.power_on();
    assert_eq!(ask(card, "00A4080004 11001102 00"), "6A82");
    assert!(ask(card, CERTIFICATE).starts_with("6F34820301000083021101"));
}

#[test]
fn unknown_things_are_refused_by_name() {
    let card = &mut card(&Personality::cardos());
    assert_eq!(ask(card, "00CB3FFF00"), "6D00");
    assert_eq!(ask(card, "80A40000023F00"), "6E00");
    assert_eq!(ask(card, "01A40000023F00"), "6881");
    assert_eq!(ask(card, "0CA40000023F00"), "6882");
    assert_eq!(ask(card, "00A40000033F00"), "6700");
    assert_eq!(ask(card, "00A400000000023F000000"), "6700", "no extended length");
    assert_eq!(ask(card, "00A4040007A0000000041010"), "6A82");
    assert_eq!(ask(card, "00CA018000"), "6A88");
    let st = &mut common::card(&Personality::st2021());
    assert_eq!(status(st, "00A400000000023F000000"), "9000");
}

#[test]
fn another_pair_beside_the_first() {
    let signature = CertificateOptions { purpose: Purpose::Signature, ..CertificateOptions::PLAIN };
    let idemia = Card::builder(&Personality::idemia_2021())
        .another_pair(signature.clone())
        .another_pair(CertificateOptions::PLAIN)
        .build();
    for (number, certificate) in [0x2003, 0x2004].into_iter().zip(idemia.further_certificates()) {
        assert_eq!(idemia.file(&[0x1400, 0x9001, number]).unwrap(), certificate);
    }
    let map = hex(&idemia.file(&[0x1400, 0x4000]).unwrap()[..35]);
    let length = |at: usize| format!("{:04X}", idemia.further_certificates()[at].len());
    let expected = [
        "FF10020800FF20020800",
        "FF10030800FF2003",
        &length(0),
        "FF10040800FF2004",
        &length(1),
        "00FAFE0000",
    ]
    .concat();
    assert_eq!(map, expected);
    let map = idemia.file(&[0x1400, 0x5000]).unwrap();
    assert_eq!((map.len(), hex(&map[..20]).as_str()), (240, "FF30020800FF30030800FF3004080000FAFE0000"));
    let classic = Card::builder(&Personality::cardos()).another_pair(signature).build();
    assert_eq!(classic.file(&[0x1400, 0x9001, 0x2002]).unwrap(), classic.further_certificates()[0]);
    assert!(classic.file(&[0x1400, 0x4000]).is_none());
}

/// What the old certificate was longer stays in the file.
#[test]
fn a_certificate_renewed_in_its_place() {
    let options = |length| CertificateOptions { length: Some(length), ..CertificateOptions::PLAIN };
    for (personality, path, start) in [
        (Personality::st2021(), &[0x1100, 0x1101][..], 0),
        (Personality::by_name("infocamere").unwrap(), &[0x2FFF, 0x8228], 5),
        (Personality::by_name("cosmo7").unwrap(), &[0x1400, 0x9001, 0x200E], 0),
    ] {
        let mut card = Card::builder(&personality).certificate(options(1500)).build();
        let old = card.certificate_der().to_vec();
        for (length, with_new_key) in [(1400, false), (1600, true)] {
            card.renew(&options(length), with_new_key);
            let renewed = card.certificate_der().to_vec();
            assert_eq!(renewed.len(), length);
            assert_eq!(public_key_of(&renewed) == public_key_of(&old), !with_new_key);
            let file = card.file(path).unwrap();
            assert_eq!(file[start..start + length], renewed);
            if length == 1400 {
                assert_eq!(file[start + 1400..start + 1500], old[1400..]);
            }
            if start == 5 {
                assert_eq!(usize::from(u16::from_be_bytes([file[1], file[2]])), length);
            }
        }
    }
}
