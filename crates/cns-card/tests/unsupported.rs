//! Cards that are no usable CNS: named for what they are, with three commands at most and never one with a PIN.

use cns_card::{Advice, CardError, Disposition, OpenedCard, TransportError, UnsupportedCard};
use testkit::script::*;

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
/// The mark CIE in the place of the specification; the first CIE.
const MARK_CIE: &str = "3BFF1800008131FE45006B04050100012101434945103180 48";
const FIRST_CIE: &str = "3BF41800FF8131805500318000C7";
const OLDER_INFOCAMERE: [&str; 4] = [
    "3BFC9800FFC11031FE55C803496E666F63616D65726528",
    "3BF49800FFC10031FE554D346376B4",
    "3BF49800FFC11031FE554D346376B4",
    "3BB794008131FE6553504B32339000D1",
];
/// What a CIE has, and other cards of its makers; and zeros for all historical bytes.
const LIKE_CIE: [&str; 3] = [
    "3B8F80018031806 5B085040011120FFF8290008A",
    "3B8F80018031806 5B0850300EF120FFF82900073",
    "3B8F80010000000000000000000000FF829000E3",
];
const LIKE_CIE_WITH_CONTACTS: [&str; 2] = ["3B7F96000080318065B085040011120FFF829000", "3B0400000000"];
const IDEMIA_APPLICATION: &str = "00A40400 10 A0000000770103000610000000000002 00";
const EMV: &str = "3B6500002063CB6800";

fn expect_unsupported(script: &Script, is: UnsupportedCard, helps: Advice) {
    expect(script, is, helps, true);
}

fn expect(script: &Script, is: UnsupportedCard, helps: Advice, certainly: bool) {
    match script.open().unwrap() {
        OpenedCard::Unsupported { what, advice, is_certain } => {
            assert_eq!((what, advice, is_certain), (is, helps, certainly));
        }
        OpenedCard::Cns(..) => panic!("not a CNS"),
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
        (MARK_CIE, UnsupportedCard::OldIdentityCard, Advice::IssuersSoftware),
        (FIRST_CIE, UnsupportedCard::OldIdentityCard, Advice::IssuersSoftware),
        ("00", UnsupportedCard::Foreign, Advice::InsertCns),
        ("", UnsupportedCard::Foreign, Advice::InsertCns),
    ];
    for (atr, what, advice) in cases {
        let script = Script::new(atr);
        expect_unsupported(&script, what, advice);
        assert_eq!(script.transactions(), 0, "{atr}");
    }
    for atr in OLDER_INFOCAMERE {
        let script = Script::new(atr);
        expect_unsupported(&script, UnsupportedCard::OlderInfocamere, Advice::AskTheChamberOfCommerce);
        assert_eq!(script.transactions(), 0, "{atr}");
    }
}

/// A mark in COMPACT-TLV, in the issuer's or pre-issuing data, says the same as in the place of the specification.
#[test]
fn a_mark_in_another_place() {
    for (atr, what) in [
        ("3B058053485043", UnsupportedCard::HealthProfessional),
        ("3B0580 65 0144534402", UnsupportedCard::SignatureOnly),
        ("3B0680 54 01434945", UnsupportedCard::OldIdentityCard),
        ("3B0480 53 423444", UnsupportedCard::DigitalDna),
        ("3B044D 505345", UnsupportedCard::SignatureOnly),
    ] {
        let mut atr = bytes(atr);
        atr[1] = u8::try_from(atr.len() - 2).unwrap();
        let script = Script::new(&hex(&atr));
        expect_unsupported(&script, what, what.advice());
        assert_eq!(script.transactions(), 0, "{atr:02X?}");
    }
}

/// A CIE is known by its application, whatever its ATR.
#[test]
fn an_identity_card_is_asked_for() {
    for atr in LIKE_CIE.iter().chain(&LIKE_CIE_WITH_CONTACTS) {
        let script = Script::new(atr);
        script.expect(CIE, "6F00 9000");
        expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);
    }
    // Any other contactless or contact ATR comes to the question too.
    let script = Script::new("3B8880010000000033818100 3A");
    script.expect(CIE, "9000");
    expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);
    let script = Script::new(EMV);
    script.expect(CONTACT_PAYMENT, "6A82").expect(CIE, "9000");
    expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);
    // It takes the other form of SELECT only.
    let script = Script::new(LIKE_CIE[0]);
    script.expect(CIE, "6700").expect("00A40400 0D A0000000308000000009816001", "9000");
    expect_unsupported(&script, UnsupportedCard::IdentityCard, Advice::CieSoftware);
}

/// Nothing that is known: the side of a card that holds no CNS, or a card for another reader altogether.
#[test]
fn a_side_without_cns() {
    for atr in LIKE_CIE.iter().chain(&["3B8880010000000033818100 3A"]) {
        let script = Script::new(atr);
        script.expect(CIE, "6A82").expect(IDEMIA_APPLICATION, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
        expect_unsupported(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot);
    }
    let script = Script::new(IDEMIA_NFC_OF_ANOTHER_LOT);
    script.expect(IDEMIA_APPLICATION, "6A82").expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
    expect_unsupported(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot);
    for atr in LIKE_CIE_WITH_CONTACTS {
        let script = Script::new(atr);
        script.expect(CIE, "6A82").expect(CONTACT_PAYMENT, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
        expect_unsupported(&script, UnsupportedCard::Foreign, Advice::InsertCns);
    }
}

/// A disturbed answer that looked like a success: nothing of a CNS is behind it, and another look may show that.
#[test]
fn an_application_with_nothing_in_it_is_no_cns() {
    let script = Script::new(IDEMIA_NFC_OF_ANOTHER_LOT);
    script.expect(IDEMIA_APPLICATION, "9000").forever(&[0x6A, 0x82]);
    let opened = cns_card::open_with_cache(&script, "reader", &[]).unwrap();
    let OpenedCard::Unsupported { what, is_certain, .. } = opened else { panic!("a CNS") };
    assert_eq!((what, is_certain), (UnsupportedCard::ContactlessSide, false));
    assert_eq!(script.count(0x20), 0);
}

/// A card of another country with the ATR of IDEMIA 2021 (docs/cards, unsupported): its certificates are not DER. Nothing
/// is sent after the first of them is read, least of all a PIN command.
#[test]
fn a_certificate_that_is_none_on_an_atr_that_other_countries_use() {
    for content in ["0100075D789C", "A5C31D00FF00", "00000001", "31820759"] {
        for atr in [IDEMIA, COSMO91, IDEMIA_NFC[0]] {
            let mut content = bytes(content);
            content.resize(256, 0x5A);
            let script = Script::new(atr);
            script
                .expect("00A40800 06 140090012002", "9000")
                .expect_bytes(&bytes("00B0000000"), &ok(&content));
            let opened = cns_card::open_with_cache(&script, "reader", &[]).unwrap();
            let OpenedCard::Unsupported { what, advice, is_certain } = opened else { panic!("a CNS") };
            assert_eq!(what, UnsupportedCard::UnreadableCertificate);
            assert_eq!((advice, is_certain), (Advice::CheckTheCertificate, true));
            script.done();
            assert_eq!(script.count(0x20), 0);
            assert_eq!(script.sent_so_far(), 2);
            assert_eq!(script.disconnected(), [Disposition::Leave]);
        }
    }
}

/// An erased or absent certificate is that of a TS-CNS that was not activated, and the files of other families are what
/// they were.
#[test]
fn an_empty_certificate_file_is_no_foreign_card() {
    for empty in [0x00, 0xFF] {
        let script = Script::new(IDEMIA);
        script.expect("00A40800 06 140090012002", "9000");
        script.expect_bytes(&bytes("00B0000000"), &ok(&[empty; 256]));
        script.expect("00A40800 04 14004000", "6A82").expect("00A40800 04 11001101", "6A82");
        let opened = cns_card::open_with_cache(&script, "reader", &[]).unwrap();
        assert!(matches!(opened, OpenedCard::Cns(..)));
        script.done();
    }
}

/// Whom the holder of a card without certificate asks follows from the issuer's digits.
#[test]
fn who_is_asked_about_a_card_without_certificate() {
    for (number, advice) in [
        ("36303330303030303030303030303139", Advice::AskTheIssuer),
        ("37343330303030303030303030303139", Advice::AskWhoIssuedIt),
        ("31323037303030303030303030303139", Advice::AskWhoIssuedIt),
    ] {
        let script = Script::new(CARDOS);
        script.expect("00A40800 04 10001003", "9000").expect("00B0000010", &format!("{number} 9000"));
        script.expect("00A40800 04 11001101", "6A82").expect("00A40800 06 140090012002", "6A82");
        script.expect("00A40800 04 11001102", "6A82");
        assert_eq!(script.open_cns().1.advice(), Some(advice), "{number}");
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
    expect_unsupported(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot);

    // The application alone proves nothing.
    for answer in ["6A88", "4D79417070 9000", "9000", "6282", "4A5369676E34 6282"] {
        let script = Script::new(BARE);
        script.expect(J_SIGN, "9000").expect(JSIGN_PROOF, answer).expect(CIE, "6A82");
        expect_unsupported(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot);
    }
}

/// Whatever it answers, three commands are the end of it.
#[test]
fn absurd_answers_to_the_questions() {
    for answer in [&[][..], &[0x90], &[0x6C, 0x10], &[0, 0], &[0x6F, 0], &[0x69, 0x82], &[0; 65_536]] {
        for atr in [BARE, EMV] {
            let script = Script::new(atr);
            script.forever(answer);
            let what = if atr == BARE { UnsupportedCard::ContactlessSide } else { UnsupportedCard::Foreign };
            // Only a refusal says something of the card.
            expect(&script, what, what.advice(), answer == [0x69, 0x82]);
        }
    }
}

/// One disturbed answer, whichever it is, does not make a card a foreign one for certain.
#[test]
fn a_disturbed_answer_leaves_a_doubt() {
    for answer in ["", "90", "0000", "6400", "6581", "6F00"] {
        let script = Script::new(BARE);
        script.expect(J_SIGN, answer).expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6A82");
        expect(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot, false);

        let script = Script::new(BARE);
        script.expect(J_SIGN, "9000").expect(JSIGN_PROOF, answer).expect(CIE, "6A82");
        expect(&script, UnsupportedCard::ContactlessSide, Advice::UseTheContactSlot, false);

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
    script.expect(CONTACT_PAYMENT, "6A82").expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6118");
    expect_unsupported(&script, UnsupportedCard::PaymentCard, Advice::InsertCns);

    let script = Script::new(EMV);
    script.expect(CONTACT_PAYMENT, "6A82").expect(CIE, "6A82").expect(CONTACTLESS_PAYMENT, "6D00");
    expect_unsupported(&script, UnsupportedCard::Foreign, Advice::InsertCns);
}
