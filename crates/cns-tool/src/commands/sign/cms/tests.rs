//! Messages read by another implementation (`cms`), and what that one cannot read, byte for byte.

use std::time::Duration;

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier};
use x509_cert::der::{Decode as _, Encode as _};

use super::*;

const DIGEST: [u8; 32] = [0x5A; 32];

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn read(message: &[u8]) -> SignedData {
    let info = ContentInfo::from_der(message).expect("ContentInfo");
    assert_eq!(info.content_type.to_string(), "1.2.840.113549.1.7.2");
    info.content.decode_as().expect("SignedData")
}

#[test]
fn another_implementation_reads_the_message() {
    let card = virtual_cns::Card::new(&virtual_cns::Personality::idemia_2021());
    let certificate = card.certificate_der();
    // 2026-07-01 00:00:00, and the first second of 2050.
    for (now, tag, text) in
        [(1_782_864_000, 0x17, &b"260701000000Z"[..]), (2_524_608_000, 0x18, b"20500101000000Z")]
    {
        let unsigned = CmsMessage::new(&DIGEST, certificate, at(now)).expect("a certificate");
        let message = read(&unsigned.with_signature(&[7; 256]));
        let [signer] = message.signer_infos.0.as_slice() else { panic!("one signer") };
        let attributes = signer.signed_attrs.as_ref().expect("attributes");
        assert_eq!(attributes.to_der().expect("DER"), unsigned.to_sign(), "what is signed is what is there");
        let value = |oid: &str| {
            let found = attributes.iter().find(|attribute| attribute.oid.to_string() == oid).expect(oid);
            found.values.get(0).expect("a value").to_der().expect("DER")
        };
        assert_eq!(value("1.2.840.113549.1.9.3"), DATA);
        assert_eq!(value("1.2.840.113549.1.9.4"), [&[0x04, 32], &DIGEST[..]].concat());
        assert_eq!(value("1.2.840.113549.1.9.5"), [&[tag, text.len() as u8], text].concat());
        let hash = Sha256::digest(certificate);
        assert!(value("1.2.840.113549.1.9.16.2.47").ends_with(&hash));
        assert_eq!(attributes.len(), 4);
        assert_eq!(signer.signature.as_bytes(), [7; 256]);
        let Some(CertificateChoices::Certificate(inside)) =
            message.certificates.as_ref().and_then(|all| all.0.get(0))
        else {
            panic!("a certificate")
        };
        assert_eq!(inside.to_der().expect("DER"), certificate);
        let SignerIdentifier::IssuerAndSerialNumber(named) = &signer.sid else { panic!("issuer and serial") };
        assert_eq!(named.issuer, inside.tbs_certificate.issuer);
        assert_eq!(named.serial_number, inside.tbs_certificate.serial_number);
    }
}

/// Lengths with octets to spare, an explicit default version, a SET in another order: the issuer signed these bytes.
#[test]
fn bytes_that_are_not_der_stay_as_they_were_issued() {
    let issuer = [&[0x30, 0x81, 0x08][..], &[0x31, 0x06, 0x30, 0x04, 0x06, 0x00, 0x0C, 0x00]].concat();
    let serial = [0x02, 0x82, 0x00, 0x02, 0x00, 0x80];
    let tbs = [&[0xA0, 0x03, 0x02, 0x01, 0x00][..], &serial, &[0x30, 0x00], &issuer, &[0x30, 0x00]].concat();
    let tbs = [&[0x30, 0x82, 0x00, u8::try_from(tbs.len()).expect("short")][..], &tbs].concat();
    let length = u8::try_from(tbs.len() + 2).expect("short");
    let certificate = [&[0x30, 0x83, 0x00, 0x00, length][..], &tbs, &[0x01, 0x00]].concat();
    // What comes after it on a card (a file's filling) is no part of it.
    let file = [&certificate[..], &[0xFF; 20]].concat();
    let unsigned = CmsMessage::new(&DIGEST, &file, at(0)).expect("a certificate");
    let message = unsigned.with_signature(&[9; 128]);
    let holds = |bytes: &[u8]| message.windows(bytes.len()).any(|window| window == bytes);
    assert!(holds(&certificate) && !holds(&[0xFF; 2]));
    let named = [&issuer[..], &serial].concat();
    assert!(holds(&[&[0x30, u8::try_from(named.len()).expect("short")][..], &named].concat()));
    assert!(holds(&Sha256::digest(&certificate)));
}

#[test]
fn what_is_no_certificate_makes_no_message() {
    let cases: [&[u8]; 6] = [
        &[],
        &[0x30],
        &[0x30, 0x80, 0, 0],
        &[0x30, 0x05, 1],
        &[0x30, 0x03, 0x02, 0x01, 0x00],
        &[0x30, 0x89, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0],
    ];
    for bytes in cases {
        assert!(CmsMessage::new(&DIGEST, bytes, at(0)).is_none(), "{bytes:02x?}");
    }
}

/// RFC 8017, 9.2, note 1: the prefix for SHA-256.
#[test]
fn digest_info_of_sha256() {
    let prefix = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
        0x04, 0x20,
    ];
    assert_eq!(digest_info(&DIGEST), [&prefix[..], &DIGEST].concat());
}
