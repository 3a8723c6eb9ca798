//! Certificates in the shapes that issuers give them (RFC 5280, X.520), put together byte by byte: string types, several
//! names, the tax code elsewhere, dates that no calendar has.

#[path = "../../../tests/common/certificate_der.rs"]
mod certificate_der;

use certificate_der::*;
use cns_token::{Certificate, KeyProblem};

fn certificate(subject: &[Vec<u8>]) -> Certificate {
    let [from, until] = [b"240101000000Z", b"300101000000Z"].map(|time| tlv(UTC_TIME, time));
    Certificate::parse(&certificate_with(subject, from, until)).expect("a certificate")
}

const TAX_CODE: &str = "RSSMRA80A01H501U";

#[test]
fn every_type_of_string() {
    let name = format!("{TAX_CODE}/6090001234567000.hash");
    let two_bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let four_bytes: Vec<u8> = name.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
    for (string_type, value) in [
        (UTF8, name.as_bytes()),
        (PRINTABLE, name.as_bytes()),
        (TELETEX, name.as_bytes()),
        (IA5, name.as_bytes()),
        (BMP, &two_bytes),
        (UNIVERSAL, &four_bytes),
    ] {
        let certificate = certificate(&[attribute(COMMON_NAME, string_type, value)]);
        assert_eq!(certificate.common_name.as_deref(), Some(name.as_str()), "{string_type:#x}");
        assert_eq!(certificate.tax_code(), Some(TAX_CODE), "{string_type:#x}");
        assert_eq!(certificate.card_id_by_profile(), Some("6090001234567000"), "{string_type:#x}");
    }
}

#[test]
fn letters_beyond_ascii() {
    let read =
        |string_type, value: &[u8]| certificate(&[attribute(COMMON_NAME, string_type, value)]).common_name;
    assert_eq!(read(TELETEX, b"Nicol\xF2"), Some("Nicol\u{f2}".to_owned()));
    assert_eq!(read(UTF8, "Nicol\u{f2}".as_bytes()), Some("Nicol\u{f2}".to_owned()));
    // A UTF8String that is none is read as what it most likely is.
    assert_eq!(read(UTF8, b"Nicol\xF2"), Some("Nicol\u{f2}".to_owned()));
    assert_eq!(read(BMP, &[0x00, b'N', 0xD8, 0x00]), Some("N\u{fffd}".to_owned()));
    assert_eq!(read(UNIVERSAL, &[0x00, 0x11, 0x00, 0x00, 0, 0, 0, b'N']), Some("\u{fffd}N".to_owned()));
}

#[test]
fn the_common_name_of_the_profile_before_another() {
    let plain = attribute(COMMON_NAME, UTF8, b"ROSSI MARIO");
    let by_profile = attribute(COMMON_NAME, PRINTABLE, format!("{TAX_CODE}/7430001.hash").as_bytes());
    for subject in [[plain.clone(), by_profile.clone()], [by_profile, plain.clone()]] {
        let certificate = certificate(&subject);
        assert_eq!(certificate.common_name.as_deref(), Some("RSSMRA80A01H501U/7430001.hash"));
        assert_eq!(certificate.tax_code(), Some(TAX_CODE));
    }
    assert_eq!(certificate(&[plain]).tax_code(), Some("ROSSI MARIO"));
}

#[test]
fn a_tax_code_in_the_serial_number() {
    let name = attribute(COMMON_NAME, UTF8, b"Rossi Mario");
    for value in [
        "TINIT-RSSMRA80A01H501U",
        "IT:RSSMRA80A01H501U",
        "CF:RSSMRA80A01H501U",
        "cf:RSSMRA80A01H501U",
        TAX_CODE,
    ] {
        let certificate = certificate(&[name.clone(), attribute(SERIAL_NUMBER, PRINTABLE, value.as_bytes())]);
        assert_eq!(certificate.tax_code(), Some(TAX_CODE), "{value}");
    }
    let provisional = attribute(SERIAL_NUMBER, PRINTABLE, b"TINIT-12345678901");
    assert_eq!(certificate(&[name.clone(), provisional]).tax_code(), Some("12345678901"));
    let other = attribute(SERIAL_NUMBER, PRINTABLE, b"PASIT-AA1234567");
    assert_eq!(certificate(&[name, other]).tax_code(), Some("Rossi Mario"));
    assert_eq!(certificate(&[]).tax_code(), None);
}

/// A device's number and a name can have 16 letters and digits too. Digits of a code may be letters (omocodia).
#[test]
fn not_all_that_is_as_long_is_a_tax_code() {
    let name = attribute(COMMON_NAME, UTF8, b"Rossi Mario");
    for other in ["6090001234567000", "2F0A1B2C3D4E5F60", "DEVICE0123456789", "ALESSANDROMARINO"] {
        let number = attribute(SERIAL_NUMBER, PRINTABLE, other.as_bytes());
        assert_eq!(certificate(&[name.clone(), number]).tax_code(), Some("Rossi Mario"), "{other}");
    }
    for code in ["RSSMRA80A01H501U", "RSSMRAULALMHRLMU", "rssmra80a01h501u"] {
        let number = attribute(SERIAL_NUMBER, PRINTABLE, code.as_bytes());
        assert_eq!(certificate(&[name.clone(), number]).tax_code(), Some(code));
    }
    // Of two names, the one with the code before its slash.
    let device = attribute(COMMON_NAME, UTF8, b"6090001234567000/token.1");
    let holder = attribute(COMMON_NAME, UTF8, format!("{TAX_CODE}/6090001234567000.h").as_bytes());
    assert_eq!(certificate(&[device, holder]).card_id_by_profile(), Some("6090001234567000"));
}

/// A date hides no certificate: nobody needs it to log in.
#[test]
fn dates_that_no_calendar_has() {
    let name = attribute(COMMON_NAME, UTF8, format!("{TAX_CODE}/6090001234567000.h").as_bytes());
    let from = tlv(UTC_TIME, b"240101000000Z");
    for (tag, written, read) in [
        (UTC_TIME, &b"300631235959Z"[..], "20300630"),
        (UTC_TIME, b"300230000000Z", "20300228"),
        (UTC_TIME, b"320230000000Z", "20320229"),
        (UTC_TIME, b"301301000000Z", "20301201"),
        (UTC_TIME, b"300101246060Z", "20300101"),
        (UTC_TIME, b"3006312359Z", "20300630"),
        (UTC_TIME, b"3006312359+0200", "20300630"),
        (GENERALIZED_TIME, b"20300631235959Z", "20300630"),
        (GENERALIZED_TIME, b"20300631", "20300630"),
        // No leap year, as one in four hundred years is.
        (GENERALIZED_TIME, b"21000229000000Z", "21000228"),
    ] {
        let der = certificate_with(std::slice::from_ref(&name), from.clone(), tlv(tag, written));
        let shown = String::from_utf8_lossy(written).into_owned();
        let certificate = Certificate::parse(&der).unwrap_or_else(|| panic!("{shown}"));
        assert_eq!(certificate.validity, ("20240101".to_owned(), read.to_owned()), "{shown}");
        assert_eq!(certificate.tax_code(), Some(TAX_CODE), "{shown}");
        assert_eq!(certificate.der, der, "the bytes stay as issued");
        assert!(der.windows(certificate.subject.len()).any(|part| part == certificate.subject), "{shown}");
        assert_eq!(certificate.rsa_key.as_ref().map(|key| key.bits()), Some(1024), "{shown}");
    }
    // What is no date at all is no limit.
    for (tag, no_date) in [
        (UTC_TIME, &b""[..]),
        (UTC_TIME, b"A"),
        (UTC_TIME, b"Z"),
        (UTC_TIME, b"3"),
        (UTC_TIME, b"\xFF\xFF"),
        (GENERALIZED_TIME, b"203"),
        (UTF8, b"never"),
    ] {
        let der = certificate_with(std::slice::from_ref(&name), tlv(tag, no_date), tlv(tag, no_date));
        let certificate = Certificate::parse(&der).unwrap_or_else(|| panic!("{no_date:x?}"));
        assert_eq!(certificate.validity, ("19700101".to_owned(), "99991231".to_owned()), "{no_date:x?}");
        assert_eq!(certificate.tax_code(), Some(TAX_CODE), "{no_date:x?}");
    }
    let trailing = certificate_with(&[name], from, tlv(UTC_TIME, b"300101000000Z\xFF"));
    assert_eq!(Certificate::parse(&trailing).expect("a certificate").validity.1, "20300101");
}

/// id-ecPublicKey on P-256 (RFC 5480), a damaged modulus, keys too short and too long.
#[test]
fn keys_that_cannot_be_used() {
    let problem = |key: Vec<u8>| {
        let [from, until] = [b"240101000000Z", b"300101000000Z"].map(|time| tlv(UTC_TIME, time));
        let certificate =
            Certificate::parse(&certificate_with_key(&[], from, until, key)).expect("a certificate");
        assert_eq!(certificate.rsa_key.is_none(), certificate.key_problem.is_some());
        certificate.key_problem
    };
    assert_eq!(problem(elliptic_curve()), Some(KeyProblem::NotRsa));
    assert_eq!(problem(rsa(&modulus(2048, 1))), None);
    assert_eq!(problem(rsa(&modulus(2048, 2))), Some(KeyProblem::Damaged));
    assert_eq!(problem(rsa(&modulus(512, 1))), Some(KeyProblem::Length { bits: 512 }));
    assert_eq!(problem(rsa(&modulus(8192, 1))), Some(KeyProblem::Length { bits: 8192 }));
    let without_key = sequence(&[rsa_encryption(), tlv(0x03, &[0x00, 0xFF, 0xFF])]);
    assert_eq!(problem(without_key), Some(KeyProblem::Damaged));
}

/// Every cut and every changed byte of one ends without a panic.
#[test]
fn damaged_ones_never_panic() {
    let der = certificate_with(
        &[attribute(COMMON_NAME, BMP, b"\0R\0S")],
        tlv(UTC_TIME, b"240101000000Z"),
        tlv(UTC_TIME, b"300631000000Z"),
    );
    for end in 0..der.len() {
        let _ = Certificate::parse(&der[..end]);
        for byte in [0x00, 0x7F, 0x80, 0xFF] {
            let mut other = der.clone();
            other[end] = byte;
            let _ = Certificate::parse(&other);
        }
    }
}
