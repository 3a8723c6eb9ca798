//! MSE, PSO and GET CHALLENGE; the raw RSA result is checked by the rsa crate's own verification.

mod common;
use common::{ask, card, hex, unhex, verify};
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest, Sha256};
use virtual_cns::holders::public_key_of;
use virtual_cns::{Card, Holder, Personality};

const RESTORE: &str = "0022F303";
const SET_KEY: &str = "0022F1B8 03 830101";

/// EMSA-PKCS1-v1_5 of SHA-256("abc") by hand: RFC 8017, 9.2; the digest is the example of FIPS 180-4.
fn block(size: usize) -> Vec<u8> {
    let info = unhex(
        "3031300D060960864801650304020105000420 BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    );
    let mut block = vec![0x00, 0x01];
    block.resize(size - info.len() - 1, 0xFF);
    block.push(0x00);
    block.extend(info);
    block
}

fn decipher(size: usize) -> String {
    match size {
        128 => format!("002A8086 81 00{} 00", hex(&block(size))),
        _ => format!("002A8086 00{:04X} 00{} 0000", size + 1, hex(&block(size))),
    }
}

fn assert_signature(card: &Card, answer: &str) {
    let key: RsaPublicKey = public_key_of(card.certificate_der()).unwrap();
    let signature = unhex(answer.strip_suffix("9000").expect(answer));
    key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(b"abc"), &signature).unwrap();
}

#[test]
fn a_raw_result_verifies_with_the_certificate() {
    for (personality, p2) in [
        (Personality::cardos(), "10"),
        (Personality::oberthur(), "10"),
        (Personality::athena(), "10"),
        (Personality::st2021(), "90"),
    ] {
        let card = &mut card(&personality);
        for command in [&verify(p2), RESTORE, SET_KEY] {
            assert_eq!(ask(card, command), "9000", "{}: {command}", personality.name);
        }
        let answer = ask(card, &decipher(personality.key_bits / 8));
        assert_signature(card, &answer);
        assert_eq!(card.signature_count(), 1);
    }
}

/// PSO is refused elsewhere, MSE is not ([#2483], review).
#[test]
fn idemia_wants_its_key_directory_current_for_pso() {
    let card = &mut card(&Personality::idemia_2021());
    let set_key = "0022F1B8 03 830102";
    assert_eq!(ask(card, &verify("10")), "9000");
    assert_eq!(ask(card, RESTORE), "9000");
    assert_eq!(ask(card, set_key), "9000");
    assert_eq!(ask(card, &decipher(256)), "6984");
    ask(card, "00A4080004 14009002 00");
    assert_eq!(ask(card, "0022F1B8 03 830101"), "6A88", "the reference is 02");
    assert_eq!(ask(card, set_key), "9000");
    let answer = ask(card, &decipher(256));
    assert_signature(card, &answer);
    ask(card, "00A4080004 10001003 00");
    ask(card, "00A4080004 14009002 00");
    assert_eq!(ask(card, &decipher(256)), "6985", "another DF ended the environment");
}

#[test]
fn chaining_where_it_is_known() {
    let card = &mut card(&Personality::idemia_2021());
    for command in [&verify("10"), "00A4080004 14009002", "0022F1B8 03 830102"] {
        assert_eq!(ask(card, command), "9000");
    }
    let body = hex(&block(256));
    let (first, last) = body.split_at(254 * 2);
    assert_eq!(ask(card, &format!("102A8086 FF 00{first}")), "9000");
    let answer = ask(card, &format!("002A8086 02 {last} 00"));
    assert_signature(card, &answer);
    ask(card, &format!("102A8086 FF 00{first}"));
    assert_eq!(ask(card, "0084000008"), "6883", "the chain was not finished");
    assert_eq!(ask(card, "1020001008 3132333435FFFFFF"), "6884");
    let st = &mut common::card(&Personality::st2021());
    assert_eq!(ask(st, &format!("102A8086 FF 00{first}")), "6E00");
}

#[test]
fn no_operation_without_pin_key_and_a_sound_block() {
    let card = &mut card(&Personality::oberthur());
    assert_eq!(ask(card, SET_KEY), "6985", "MSE RESTORE first");
    ask(card, RESTORE);
    assert_eq!(ask(card, &decipher(128)), "6985", "no key");
    assert_eq!(ask(card, "0022F1B8 03 830107"), "6A88", "no such key");
    assert_eq!(ask(card, "0022F1B8 03 840101"), "6A80");
    assert_eq!(ask(card, "0022F1A4 03 830101"), "6A86");
    assert_eq!(ask(card, "0022F304"), "6A88");
    assert_eq!(ask(card, SET_KEY), "9000");
    assert_eq!(ask(card, &decipher(128)), "6982", "no PIN");
    ask(card, &verify("10"));
    assert_eq!(
        ask(card, &format!("002A8086 80 {} 00", hex(&block(128)))),
        "6700",
        "no padding indicator, short"
    );
    assert_eq!(ask(card, &format!("002A8086 81 01{} 00", hex(&block(128)))), "6A80");
    assert_eq!(ask(card, &format!("002A8086 81 00{} 00", "FF".repeat(128))), "6A80", "above the modulus");
    assert_eq!(ask(card, &format!("002A8086 81 00{}", hex(&block(128)))), "6700", "no Le");
    assert_eq!(ask(card, "002A9E9A 03 010203 00"), "6A86");
    assert_eq!(card.signature_count(), 0);
    card.reset();
    ask(card, &verify("10"));
    assert_eq!(ask(card, &decipher(128)), "6985", "a reset ends the environment");
}

#[test]
fn the_environment_outlives_another_directory_on_cardos_only() {
    for (personality, answer) in [(Personality::cardos(), "9000"), (Personality::oberthur(), "6985")] {
        let card = &mut card(&personality);
        for command in [&verify("10"), RESTORE, SET_KEY, "00A4080C04 10001003"] {
            assert_eq!(ask(card, command), "9000");
        }
        assert!(ask(card, &decipher(128)).ends_with(answer), "{}", personality.name);
    }
}

#[test]
fn cardos_pads_a_signature_itself() {
    let card = &mut card(&Personality::cardos());
    for command in [&verify("10"), RESTORE, "0022F1B6 03 830101"] {
        assert_eq!(ask(card, command), "9000");
    }
    let block = block(128);
    let answer = ask(card, &format!("002A9E9A 33 {} 00", hex(&block[128 - 51..])));
    assert_signature(card, &answer);
}

#[test]
fn a_second_key_under_its_own_pin() {
    let personality = Personality::st2021();
    let card = &mut Card::builder(&personality).signature_keyset().holder(Holder::BIANCHI).build();
    card.power_on();
    assert_eq!(card.file(&[0x1400, 0x9010]).unwrap(), card.signature_certificate_der().unwrap());
    ask(card, &verify("90"));
    ask(card, RESTORE);
    ask(card, "0022F1B8 03 830110");
    assert_eq!(ask(card, &decipher(256)), "6982", "the login PIN does not sign");
    assert_eq!(ask(card, "0020009A 08 3234363830313335"), "9000");
    let answer = ask(card, &decipher(256));
    let key = public_key_of(card.signature_certificate_der().unwrap()).unwrap();
    let signature = unhex(answer.strip_suffix("9000").unwrap());
    key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(b"abc"), &signature).unwrap();
    assert_eq!(ask(card, &decipher(256)), "6982", "each signature wants the PIN");
}

#[test]
fn larger_keys() {
    let card = &mut Card::builder(&Personality::st2021()).key_bits(3072).build();
    card.power_on();
    for command in [&verify("90"), RESTORE, SET_KEY] {
        assert_eq!(ask(card, command), "9000");
    }
    let answer = ask(card, &decipher(384));
    assert_signature(card, &answer);
}

#[test]
fn challenges() {
    let idemia = &mut card(&Personality::idemia_2021());
    assert_eq!(ask(idemia, "0084000020").len(), 2 * 32 + 4);
    assert_eq!(ask(idemia, "0084000021"), "6700");
    assert_eq!(ask(idemia, "0084000108"), "6A86");
    assert_eq!(ask(idemia, "00840000"), "6700");
    assert_ne!(ask(idemia, "0084000008"), ask(idemia, "0084000008"));
}
