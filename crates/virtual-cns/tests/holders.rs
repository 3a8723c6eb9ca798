//! Certificates and keys: deterministic, with the CNS profile, and with what a test wants different.

use der::Decode;
use der::oid::AssociatedOid;
use sha2::{Digest, Sha256};
use std::time::{Duration, SystemTime};
use virtual_cns::holders::{Authority, CertificateOptions};
use virtual_cns::{Card, Holder, Personality};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{CertificatePolicies, ExtendedKeyUsage, KeyUsage, KeyUsages};

fn extension<T: for<'a> Decode<'a> + AssociatedOid>(certificate: &Certificate) -> Option<(bool, T)> {
    certificate.tbs_certificate.get::<T>().unwrap()
}

#[test]
fn the_profile() {
    let card = Card::builder(&Personality::st2021()).holder(Holder::MUELLER).build();
    let certificate = Certificate::from_der(card.certificate_der()).unwrap();
    let subject = certificate.tbs_certificate.subject.to_string();
    assert!(subject.contains("MLLJGN68S30A952K/6090040000000033."), "{subject}");
    let (critical, usage) = extension::<KeyUsage>(&certificate).unwrap();
    assert!(critical && usage.0 == KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment);
    let (_, usages) = extension::<ExtendedKeyUsage>(&certificate).unwrap();
    assert!(usages.0.iter().any(|usage| usage.to_string() == "1.3.6.1.5.5.7.3.2"));
    let (_, policies) = extension::<CertificatePolicies>(&certificate).unwrap();
    assert_eq!(policies.0[0].policy_identifier.to_string(), "1.3.76.16.2.1");
    let authority = Certificate::from_der(Authority::test().certificate_der()).unwrap();
    assert_eq!(certificate.tbs_certificate.issuer, authority.tbs_certificate.subject);
}

#[test]
fn the_same_card_is_the_same_and_different_cards_differ() {
    let of = |personality: Personality, holder: Holder| {
        Card::builder(&personality).holder(holder).build().certificate_der().to_vec()
    };
    let rossi = of(Personality::cardos(), Holder::ROSSI);
    assert_eq!(rossi, of(Personality::cardos(), Holder::ROSSI));
    assert_ne!(rossi, of(Personality::oberthur(), Holder::ROSSI));
    assert_ne!(rossi, of(Personality::cardos(), Holder::BIANCHI));
    // Golden: the authority is the same for everybody, on every machine and with every version of this crate.
    let fingerprint = Sha256::digest(Authority::test().certificate_der());
    assert_eq!(
        format!("{fingerprint:x}"),
        "9f56a0717fb87083f5f1f358191465e025c6e1542f81c4dd79d3cecce4da7789"
    );
}

#[test]
fn a_certificate_of_any_length() {
    for length in [1885, 1886, 1700, 2047] {
        let options = CertificateOptions { length: Some(length), ..CertificateOptions::PLAIN };
        let card = Card::builder(&Personality::st2021()).certificate(options).build();
        assert_eq!(card.certificate_der().len(), length);
        Certificate::from_der(card.certificate_der()).unwrap();
    }
}

#[test]
fn expired_and_without_policy() {
    let options = CertificateOptions { years: (2015, 2021), policy: false, ..CertificateOptions::PLAIN };
    let card = Card::builder(&Personality::cardos()).certificate(options).build();
    let certificate = Certificate::from_der(card.certificate_der()).unwrap();
    assert!(extension::<CertificatePolicies>(&certificate).is_none());
    assert_eq!(certificate.tbs_certificate.validity.not_after.to_date_time().year(), 2021);
}

/// On the day of use, on a leap day, on the first and last of a year, long after the fixed years have ended.
#[test]
fn valid_whenever_it_is_used() {
    // 29 February 2028, 1 January 2031, 31 December 2031 at the last second, 15 June 2045: seconds after 1970.
    for seconds in [1_835_395_200, 1_924_992_000, 1_956_527_999, 2_381_184_000] {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let options = CertificateOptions::PLAIN.valid_at(now);
        let card = Card::builder(&Personality::cardos()).certificate(options).build();
        let validity = Certificate::from_der(card.certificate_der()).unwrap().tbs_certificate.validity;
        let (begin, end) = (validity.not_before.to_system_time(), validity.not_after.to_system_time());
        let year = Duration::from_secs(365 * 86_400);
        assert!(begin + year <= now && now + 4 * year < end, "{seconds}: {validity:?}");
    }
    assert_eq!(
        CertificateOptions::PLAIN.valid_now().years.1,
        CertificateOptions::PLAIN.valid_now().years.0 + 6
    );
}
