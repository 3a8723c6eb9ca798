//! The X.509 encoding that the authority's own certificate and the holders' share (RFC 5280).

use der::asn1::{BitString, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use der::oid::AssociatedOid;
use der::{Any, DateTime, Encode, Tag};
use rsa::traits::SignatureScheme;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate, Version};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// The variable parts of a certificate.
pub(super) struct TbsFields<'a> {
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Name,
    pub(super) years: (u16, u16),
    pub(super) subject: Name,
    pub(super) subject_key: &'a RsaPrivateKey,
    pub(super) extensions: Vec<Extension>,
}

/// Signs a certificate: sha256WithRSA, version 3.
pub(super) fn sign(fields: TbsFields<'_>, issuer_key: &RsaPrivateKey) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(Any::null()) };
    let to_sign = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&fields.serial).expect("a serial number is short"),
        signature: algorithm.clone(),
        issuer: fields.issuer,
        validity: validity(fields.years),
        subject: fields.subject,
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_key(fields.subject_key.to_public_key())
            .expect("an RSA key has a form"),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(fields.extensions),
    };
    let digest = Sha256::digest(to_sign.to_der().expect("sound fields"));
    // RFC 8017, 9.2, note 1: the DigestInfo of SHA-256.
    let prefix = [0x30, 0x31, 0x30, 0x0D, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];
    let scheme = Pkcs1v15Sign { hash_len: Some(32), prefix: prefix.into() };
    let none: Option<&mut rand_chacha::ChaCha20Rng> = None;
    let signature = scheme.sign(none, issuer_key, &digest).expect("a sound key signs");
    let certificate = Certificate {
        tbs_certificate: to_sign,
        signature_algorithm: algorithm,
        signature: BitString::from_bytes(&signature).expect("whole bytes"),
    };
    certificate.to_der().expect("sound fields")
}

/// An extension from its value.
pub(super) fn extension<T: Encode + AssociatedOid>(critical: bool, value: &T) -> Extension {
    let value = OctetString::new(value.to_der().expect("sound fields")).expect("short enough");
    Extension { extn_id: T::OID, critical, extn_value: value }
}

/// SHA-1 of the public key, as RFC 5280, 4.2.1.2 (1) has it.
pub(super) fn key_identifier(key: &RsaPrivateKey) -> OctetString {
    let info = SubjectPublicKeyInfoOwned::from_key(key.to_public_key()).expect("an RSA key has a form");
    OctetString::new(Sha1::digest(info.subject_public_key.raw_bytes()).to_vec()).expect("twenty bytes")
}

/// A name from object identifiers and texts: country PrintableString, everything else UTF8String.
pub(super) fn any_name(parts: &[(&str, &str)]) -> Name {
    let parts = parts.iter().map(|(oid, text)| {
        let tag = if *oid == "2.5.4.6" { Tag::PrintableString } else { Tag::Utf8String };
        let value = Any::new(tag, text.as_bytes()).expect("short enough");
        let attribute = AttributeTypeAndValue { oid: ObjectIdentifier::new_unwrap(oid), value };
        RelativeDistinguishedName(SetOfVec::try_from([attribute]).expect("one element"))
    });
    RdnSequence(parts.collect())
}

/// From the first day of one year to the first day of the other.
fn validity((first, last): (u16, u16)) -> Validity {
    Validity { not_before: new_year(first), not_after: new_year(last) }
}

/// RFC 5280, 4.1.2.5: UTCTime through the year 2049, GeneralizedTime from 2050 on.
fn new_year(year: u16) -> Time {
    let date = DateTime::new(year, 1, 1, 0, 0, 0).expect("a year of ours");
    if year < 2050 {
        Time::UtcTime(UtcTime::from_date_time(date).expect("before 2050"))
    } else {
        Time::GeneralTime(GeneralizedTime::from_date_time(date))
    }
}
