//! Holder certificates with the CNS profile: critical key usage, client authentication, the CNS policy, the tax code
//! and card number in the common name, six years.
//!
//! The profile is docs/cards/README.md, section 5; deviations (expired, no policy, a chosen size) are options for tests.

use super::authority::Authority;
use super::holder::Holder;
use super::x509::{TbsFields, any_name, extension, key_identifier, sign};
use base64ct::{Base64, Encoding};
use der::asn1::{Ia5String, ObjectIdentifier, OctetString};
use der::{DateTime, Decode, Encode};
use rsa::RsaPrivateKey;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::time::SystemTime;
use x509_cert::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, CertificatePolicies, CrlDistributionPoints, ExtendedKeyUsage, KeyUsage,
    KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::name::Name;

const CNS_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.76.16.2.1");
const SIGNATURE_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.76.999.1.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
const SMARTCARD_LOGON: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.2");
/// A private extension that carries nothing: it makes a certificate as long as a test wants it.
const FILLER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1");

/// How long a CNS certificate is valid.
const YEARS: u16 = 6;

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

    /// The same, valid on the day of use: issued on 1 January of last year, for six years. For cards that programs with
    /// a clock of their own look at; the other tests keep the fixed years, and with them the same bytes in every run.
    ///
    /// # Panics
    /// If the system's clock is before 1970.
    #[must_use]
    pub fn valid_now(self) -> CertificateOptions {
        self.valid_at(SystemTime::now())
    }

    /// [`CertificateOptions::valid_now`] with a clock of the caller's.
    ///
    /// # Panics
    /// If that is before 1970.
    #[must_use]
    pub fn valid_at(self, now: SystemTime) -> CertificateOptions {
        let date = DateTime::from_system_time(now).expect("a clock after 1970");
        let first = date.year() - 1;
        CertificateOptions { years: (first, first + YEARS), ..self }
    }

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
        let fields = TbsFields {
            serial: number,
            issuer: authority.name.clone(),
            years: self.years,
            subject: self.subject(holder, card_id, personal_data),
            subject_key: key,
            extensions,
        };
        sign(fields, &authority.key)
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
