//! Holder certificates with the CNS profile: critical key usage, client authentication, the CNS policy, the tax code
//! and card number in the common name, six years.
//!
//! The profile is cards.md section 5; deviations (expired, no policy, a chosen size) are options for tests.

use super::Holder;
use super::authority::Authority;
use super::validity::validity;
use base64ct::{Base64, Encoding};
use der::asn1::{BitString, Ia5String, ObjectIdentifier, OctetString, SetOfVec};
use der::oid::AssociatedOid;
use der::{Any, Decode, Encode, Tag};
use rsa::traits::SignatureScheme;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage,
    KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{Certificate, TbsCertificate, Version};

const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const CNS_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.76.16.2.1");
const SIGNATURE_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.76.999.1.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const SMARTCARD_LOGON: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.2");
/// A private extension that carries nothing: it makes a certificate as long as a test wants it.
const FILLER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1");

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The CNS login certificate.
    Authentication,
    /// The qualified signature certificate of the classic signature keyset: critical nonRepudiation only.
    Signature,
}

/// How a holder certificate looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateOptions {
    /// Login or signature.
    pub purpose: Purpose,
    /// First and last year; the days are 1 January of both.
    pub years: (u16, u16),
    /// Whether the CNS policy is there.
    pub policy: bool,
    /// Whether extended key usage with client authentication is there.
    pub client_authentication: bool,
    /// Whether key usage has keyEncipherment besides digitalSignature.
    pub key_encipherment: bool,
    /// Whether extended key usage has smartcard logon and e-mail besides client authentication.
    pub more_usages: bool,
    /// Whether the subject has surname and given name.
    pub names: bool,
    /// The exact DER length wanted.
    pub length: Option<usize>,
}

impl Default for CertificateOptions {
    fn default() -> Self {
        CertificateOptions::PLAIN
    }
}

impl CertificateOptions {
    /// The least that the profile asks for.
    pub const PLAIN: CertificateOptions = CertificateOptions {
        purpose: Purpose::Authentication,
        years: (2025, 2031),
        policy: true,
        client_authentication: true,
        key_encipherment: false,
        more_usages: false,
        names: false,
        length: None,
    };

    /// Issues the certificate of a key.
    ///
    /// # Panics
    /// If the wanted length is below what the profile needs.
    pub fn issue(
        &self,
        holder: &Holder,
        card_id: &str,
        personal_data: &[u8],
        key: &RsaPrivateKey,
    ) -> Vec<u8> {
        let bare = self.issue_filled((holder, card_id), personal_data, key, 8, None);
        let Some(wanted) = self.length else { return bare };
        // A length octet more may make one size unreachable; a serial number longer by one byte reaches it.
        for serial in [8, 9] {
            let mut filler = wanted.checked_sub(bare.len()).expect("the profile needs more than that");
            for _ in 0..4 {
                let made = self.issue_filled((holder, card_id), personal_data, key, serial, Some(filler));
                if made.len() == wanted {
                    return made;
                }
                filler = (filler + wanted).saturating_sub(made.len());
            }
        }
        panic!("no certificate of {wanted} bytes can be made (bare: {})", bare.len());
    }

    fn issue_filled(
        &self,
        (holder, card_id): (&Holder, &str),
        personal_data: &[u8],
        key: &RsaPrivateKey,
        serial: usize,
        filler: Option<usize>,
    ) -> Vec<u8> {
        let authority = Authority::test();
        let mut extensions = self.extensions(authority, key);
        if let Some(length) = filler {
            let value = OctetString::new(vec![0x5A; length]).expect("short enough");
            extensions.push(Extension { extn_id: FILLER, critical: false, extn_value: value });
        }
        let digest = Sha256::digest(format!("{card_id}{:?}", self.purpose));
        let mut number = digest[..serial].to_vec();
        number[0] = (number[0] & 0x3F) | 0x40;
        let body = Body {
            serial: number,
            issuer: authority.name.clone(),
            years: self.years,
            subject: self.subject(holder, card_id, personal_data),
            subject_key: key,
            extensions,
        };
        sign(body, &authority.key)
    }

    fn subject(&self, holder: &Holder, card_id: &str, personal_data: &[u8]) -> Name {
        let digest = Base64::encode_string(&Sha1::digest(personal_data));
        let common_name = format!("{}/{card_id}.{digest}", holder.tax_code);
        let mut parts = vec![("2.5.4.6", "IT"), ("2.5.4.10", "CNS (TEST)"), ("2.5.4.11", "REGIONE PROVA")];
        if self.names {
            parts.extend([("2.5.4.4", holder.surname), ("2.5.4.42", holder.given_name)]);
        }
        parts.push(("2.5.4.3", &common_name));
        any_name(&parts)
    }

    fn extensions(&self, authority: &Authority, key: &RsaPrivateKey) -> Vec<Extension> {
        let mut usage = KeyUsages::DigitalSignature.into();
        if self.key_encipherment {
            usage |= KeyUsages::KeyEncipherment;
        }
        if self.purpose == Purpose::Signature {
            usage = KeyUsages::NonRepudiation.into();
        }
        let mut extensions = vec![
            extension(true, &KeyUsage(usage)),
            extension(false, &SubjectKeyIdentifier(key_identifier(key))),
            extension(
                false,
                &AuthorityKeyIdentifier {
                    key_identifier: Some(key_identifier(&authority.key)),
                    authority_cert_issuer: None,
                    authority_cert_serial_number: None,
                },
            ),
            extension(false, &CrlDistributionPoints(vec![revocation_list()])),
        ];
        if self.purpose == Purpose::Authentication && self.client_authentication {
            let mut usages = vec![CLIENT_AUTH];
            if self.more_usages {
                usages.extend([EMAIL_PROTECTION, SMARTCARD_LOGON]);
            }
            extensions.push(extension(false, &ExtendedKeyUsage(usages)));
        }
        if self.policy {
            let policy = match self.purpose {
                Purpose::Authentication => CNS_POLICY,
                Purpose::Signature => SIGNATURE_POLICY,
            };
            let policy = PolicyInformation { policy_identifier: policy, policy_qualifiers: None };
            extensions.push(extension(false, &CertificatePolicies(vec![policy])));
        }
        extensions
    }
}

/// The variable parts of a certificate.
pub(super) struct Body<'a> {
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Name,
    pub(super) years: (u16, u16),
    pub(super) subject: Name,
    pub(super) subject_key: &'a RsaPrivateKey,
    pub(super) extensions: Vec<Extension>,
}

/// Signs a certificate: sha256WithRSA, version 3.
pub(super) fn sign(body: Body<'_>, issuer_key: &RsaPrivateKey) -> Vec<u8> {
    let algorithm = AlgorithmIdentifierOwned { oid: SHA256_WITH_RSA, parameters: Some(Any::null()) };
    let to_sign = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&body.serial).expect("a serial number is short"),
        signature: algorithm.clone(),
        issuer: body.issuer,
        validity: validity(body.years),
        subject: body.subject,
        subject_public_key_info: SubjectPublicKeyInfoOwned::from_key(body.subject_key.to_public_key())
            .expect("an RSA key has a form"),
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(body.extensions),
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

fn revocation_list() -> DistributionPoint {
    let address = Ia5String::new("http://crl.regione-prova.invalid/cittadini-test.crl").expect("ASCII");
    DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![
            GeneralName::UniformResourceIdentifier(address),
        ])),
        reasons: None,
        crl_issuer: None,
    }
}

/// The DER of a certificate's public key, for tests that verify.
pub fn public_key_of(certificate: &[u8]) -> Option<rsa::RsaPublicKey> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let info = certificate.tbs_certificate.subject_public_key_info.to_der().ok()?;
    rsa::pkcs8::DecodePublicKey::from_public_key_der(&info).ok()
}
