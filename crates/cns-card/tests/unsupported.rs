//! Cards that are no usable CNS: named for what they are, with three commands at most and never one with a PIN.

mod common;

use cns_card::{Advice, CardError, Disposition, Language, Recognised, TransportError, UnsupportedCard};
use common::*;

const J_SIGN: &str = "00A40400 08 A00000009501004D 00";
const JSIGN_PROOF: &str = "00CA018000";
const CIE: &str = "00A40400 0D A0000000308000000009816001 00";
const CONTACT_PAYMENT: &str = "00A40400 0E 315041592E5359532E4444463031 00";
const CONTACTLESS_PAYMENT: &str = "00A40400 0E 325041592E5359532E4444463031 00";

// docs/cards, unsupported; smartcard_list.txt.
const CHIPDOC: &str = "3BFF1800008131FE45006B150C0302010101434E5310318061";
const DIGITAL_DNA: &str = "3BFF1800008131FE45006B150C03020101014234441031806B";
const ROMANIAN: &str = "3BF01300008131FE45E8";
const CIE3: &str = "3B8F80018031806549544A3441120FFF82900088";
const HPC: &str = "3BFF1800008131FE45006B0405010001120248504310318 06C";
const DSD: &str = "3BFF1800008131FE55006B020904030101014453441031 8068";
const PSE: &str = "3BFF1800FF8131FE55006B02091303010001505345103180 94";
const EMV: &str = "3B6500002063CB6800";

fn expect_unsupported(script: &Script, is: UnsupportedCard, helps: Advice) {
    expect(script, is, helps, true);
}

fn expect(script: &Script, is: UnsupportedCard, helps: Advice, certainly: bool) {
    match script.open().unwrap() {
        Recognised::Unsupported { what, advice, is_certain } => {
            assert_eq!((what, advice, is_certain), (is, helps, certainly));
        }
        Recognised::Cns(..) => panic!("not a CNS"),
    }
    script.done();
    assert_eq!(script.count(0x20) + script.count(0x24) + script.count(0x2C), 0);
    assert!(script.sent_so_far() <= 3);
    assert_eq!(script.disconnected(), [Disposition::Leave]);
}

#[test]
fn named_by_the_atr_without_a_command() {
    let cases = [
        (CHIPDOC, UnsupportedCard::DigitalDna, Advice::IssuersSoftware),
        (DIGITAL_DNA, UnsupportedCard::DigitalDna, Advice::IssuersSoftware),
        (ROMANIAN, UnsupportedCard::RomanianHealthCard, Advice::RomanianHealthCard),
        (CIE3, UnsupportedCard::IdentityCard, Advice::CieSoftware),
        (HPC, UnsupportedCard::HealthProfessional, Advice::IssuersSoftware),
        (DSD, UnsupportedCard::SignatureOnly, Advice::SignatureSoftware),
        (PSE, UnsupportedCard::SignatureOnly, Advice::SignatureSoftware),
        ("00", UnsupportedCard::Foreign, Advice::InsertCns),
        ("", UnsupportedCard::Foreign, Advice::InsertCns),
    ];
    for (atr, what, advice) in cases {
        let script = Script::new(atr);
        expect_unsupported(&script, what, advice);
        assert_eq!(script.transactions(), 0, "{atr}");
    }
}

#[test]
fn a_bare_contactless_card() {
    let script = Script::new(BARE);
    script.expect(J_SIGN, "6A82").expect(CIE, "6F00 9000");
    expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);

    let script = Script::new(BARE);
    script.expect(J_SIGN, "6A82").expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6F00 9000");
    expect_unsupported(&script, UnsupportedCard::PaymentCard, Advice::InsertCns);

    let script = Script::new(BARE);
    script.expect(J_SIGN, "6A82").expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
    expect_unsupported(&script, UnsupportedCard::Foreign, Advice::InsertCns);

    // The application alone proves nothing.
    for answer in ["6A88", "4D79417070 9000", "9000", "6282", "4A5369676E34 6282"] {
        let script = Script::new(BARE);
        script.expect(J_SIGN, "9000").expect(JSIGN_PROOF, answer).expect(CIE, "6A82");
        expect_unsupported(&script, UnsupportedCard::Foreign, Advice::InsertCns);
    }
}

/// Whatever it answers, three commands are the end of it.
#[test]
fn absurd_answers_to_the_questions() {
    for answer in [&[][..], &[0x90], &[0x6C, 0x10], &[0, 0], &[0x6F, 0], &[0x69, 0x82], &[0; 65_536]] {
        for atr in [BARE, EMV] {
            let script = Script::new(atr);
            script.forever(answer);
            // Only a refusal says something of the card.
            expect(&script, UnsupportedCard::Foreign, Advice::InsertCns, answer == [0x69, 0x82]);
        }
    }
}

/// One disturbed answer, whichever it is, does not make a card a foreign one for certain.
#[test]
fn a_disturbed_answer_leaves_a_doubt() {
    for answer in ["", "90", "0000", "6400", "6581", "6F00"] {
        let script = Script::new(BARE);
        script.expect(J_SIGN, answer).expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
        expect(&script, UnsupportedCard::Foreign, Advice::InsertCns, false);

        let script = Script::new(BARE);
        script.expect(J_SIGN, "9000").expect(JSIGN_PROOF, answer).expect(CIE, "6A82");
        expect(&script, UnsupportedCard::Foreign, Advice::InsertCns, false);

        // What another answer says is certain all the same.
        let script = Script::new(BARE);
        script.expect(J_SIGN, answer).expect(CIE, "9000");
        expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);
    }
}

/// A card that could not be asked is not known to be a foreign one.
#[test]
fn a_broken_contact_is_an_error() {
    for error in [TransportError::Transmit, TransportError::CardRemoved, TransportError::Timeout] {
        let script = Script::new(BARE);
        script.expect_failure(J_SIGN, error);
        assert_eq!(script.open().err(), Some(CardError::Transport(error)));
        script.done();
        assert_eq!(script.disconnected(), [Disposition::Leave]);
    }
    let script = Script::new(BARE);
    script.begin_fails(TransportError::Busy);
    assert_eq!(script.open().err(), Some(CardError::Transport(TransportError::Busy)));
    assert_eq!(script.disconnected(), [Disposition::Leave]);
}

#[test]
fn the_holder_is_told_in_three_languages() {
    let advice = UnsupportedCard::RomanianHealthCard.advice();
    assert!(advice.in_language(Language::Romanian).contains("casa dumneavoastră județeană"));
    assert!(advice.in_language(Language::Italian).contains("telefonare alla propria cassa"));
    assert!(advice.to_string().contains("have your CID code ready"));
    assert_eq!(UnsupportedCard::PaymentCard.in_language(Language::Italian), "una carta di pagamento");
}

/// A TS-CNS without certificate stays a CNS, and its holder is told where to go.
#[test]
fn a_cns_without_certificate() {
    let script = Script::new(ST2021);
    script.expect("00A40800 04 10001003", "9000");
    script.expect_bytes(&bytes("00B0000010"), &ok(CARD_ID));
    script.expect("00A40800 04 11001101", "9000").expect_bytes(&bytes("00B0000000"), &ok(&[0; 256]));
    script.expect("00A40800 06 140090012002", "6A82");
    script.expect("00A40800 04 11001102", "6A82");
    let (_, files) = script.open_cns();
    script.done();
    assert_eq!((files.certificate.as_ref(), files.advice()), (None, Some(Advice::AskTheIssuer)));
    assert_eq!(opened(&Script::new(ST2021), 300).1.advice(), None);
}

#[test]
fn a_payment_card() {
    let script = Script::new(EMV);
    script.expect(CONTACT_PAYMENT, "6F00 9000");
    expect_unsupported(&script, UnsupportedCard::PaymentCard, Advice::InsertCns);

    let script = Script::new(EMV);
    script.expect(CONTACT_PAYMENT, "6A82").expect(CONTACTLESS_PAYMENT, "6118");
    expect_unsupported(&script, UnsupportedCard::PaymentCard, Advice::InsertCns);

    let script = Script::new(EMV);
    script.expect(CONTACT_PAYMENT, "6A82").expect(CONTACTLESS_PAYMENT, "6D00");
    expect_unsupported(&script, UnsupportedCard::Foreign, Advice::InsertCns);
}
