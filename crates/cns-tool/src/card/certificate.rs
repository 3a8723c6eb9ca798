//! What a certificate says, for people: read tolerantly, shown as it stands.

use cns_token::certificate::{names, with_x509};
use cns_token::{CertificatePurpose, KeyProblem};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use x509_parser::der_parser::Oid;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Name;

/// The policy of CNS authentication certificates (AgID).
pub const CNS_POLICY: &str = "1.3.76.16.2.1";
/// Days before the end of its validity from which a certificate is called about to expire.
const SOON: i64 = 60;
/// Signature algorithms with SHA-1: sha1WithRSAEncryption (RFC 8017) and ecdsa-with-SHA1 (RFC 3279).
const WITH_SHA1: [&str; 2] = ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];

/// The facts of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateDetails {
    /// As the issuer signed it.
    pub der: Vec<u8>,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// The subject's distinguished name.
    pub subject: String,
    /// The subject's common name.
    pub common_name: Option<String>,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The issuer as people call it: its common name, else its organisation, else all there is.
    pub issuer_name: String,
    /// The beginning of its validity.
    pub not_before: OffsetDateTime,
    /// The end of its validity.
    pub not_after: OffsetDateTime,
    /// Policies, as dotted numbers.
    pub policies: Vec<String>,
    /// Key usages, in the words of RFC 5280.
    pub key_usage: Vec<&'static str>,
    /// Extended key usages, in the words of RFC 5280 where it has some, else as dotted numbers.
    pub extended_key_usage: Vec<String>,
    /// E-mail addresses of the subject.
    pub emails: Vec<String>,
    /// The length of the RSA key in bits; `None` for another kind of key.
    pub key_bits: Option<usize>,
    /// Why the key cannot be used to log in.
    pub key_problem: Option<KeyProblem>,
    /// What the issuer says that it is for.
    pub purpose: CertificatePurpose,
    /// The issuer signed it with SHA-1.
    pub signed_with_sha1: bool,
    tax_code: Option<String>,
    card_id: Option<String>,
}

/// Where in its validity a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It begins later.
    NotYet,
    /// For so many days more.
    Valid(i64),
    /// For so many days more, at most 60.
    Soon(i64),
    /// It has ended.
    Expired,
}

impl Validity {
    /// As JSON has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotYet => "not-yet-valid",
            Self::Valid(_) => "valid",
            Self::Soon(_) => "expires-soon",
            Self::Expired => "expired",
        }
    }

    /// How many whole days are left, of a certificate that is valid.
    #[must_use]
    pub fn days_left(self) -> Option<i64> {
        match self {
            Self::Valid(days) | Self::Soon(days) => Some(days),
            Self::NotYet | Self::Expired => None,
        }
    }
}

impl CertificateDetails {
    /// Reads a certificate; `None` when it is none.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let token_certificate = cns_token::Certificate::parse(der)?;
        with_x509(der, |parsed| Self::of(parsed, token_certificate))
    }

    fn of(parsed: &X509Certificate<'_>, token_certificate: cns_token::Certificate) -> Self {
        let mut facts = Self {
            serial: parsed.raw_serial().iter().map(|byte| format!("{byte:02X}")).collect(),
            subject: names::distinguished_name(parsed.subject()),
            issuer: names::distinguished_name(parsed.issuer()),
            issuer_name: short_name(parsed.issuer()),
            not_before: parsed.validity().not_before.to_datetime(),
            not_after: parsed.validity().not_after.to_datetime(),
            policies: Vec::new(),
            key_usage: Vec::new(),
            extended_key_usage: Vec::new(),
            emails: Vec::new(),
            key_bits: match parsed.public_key().parsed() {
                Ok(PublicKey::RSA(key)) => Some(key.key_size()),
                _ => None,
            },
            key_problem: token_certificate.key_problem,
            purpose: token_certificate.purpose,
            signed_with_sha1: WITH_SHA1
                .contains(&parsed.signature_algorithm.algorithm.to_id_string().as_str()),
            tax_code: names::tax_code(parsed.subject()),
            card_id: token_certificate.card_id().map(str::to_owned),
            common_name: token_certificate.common_name,
            der: token_certificate.der,
        };
        for extension in parsed.extensions() {
            facts.take(extension.parsed_extension());
        }
        facts
    }

    /// Where in its validity it is at a time.
    #[must_use]
    pub fn validity(&self, now: OffsetDateTime) -> Validity {
        let left = (self.not_after - now).whole_days();
        match () {
            () if now < self.not_before => Validity::NotYet,
            () if now > self.not_after => Validity::Expired,
            () if left <= SOON => Validity::Soon(left),
            () => Validity::Valid(left),
        }
    }

    /// The tax code, wherever the issuer has put it.
    #[must_use]
    pub fn tax_code(&self) -> Option<&str> {
        self.tax_code.as_deref()
    }

    /// The card's number in the common name.
    #[must_use]
    pub fn card_id(&self) -> Option<&str> {
        self.card_id.as_deref()
    }

    /// SHA-256 of the certificate, in hexadecimal with colons.
    #[must_use]
    pub fn sha256(&self) -> String {
        fingerprint(&Sha256::digest(&self.der))
    }

    /// SHA-1 of the certificate, in hexadecimal with colons.
    #[must_use]
    pub fn sha1(&self) -> String {
        fingerprint(&Sha1::digest(&self.der))
    }

    fn take(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::CertificatePolicies(policies) => {
                self.policies = policies.iter().map(|policy| policy.policy_id.to_id_string()).collect();
            }
            ParsedExtension::KeyUsage(usage) => {
                let named = [
                    (usage.digital_signature(), "digitalSignature"),
                    (usage.non_repudiation(), "nonRepudiation"),
                    (usage.key_encipherment(), "keyEncipherment"),
                    (usage.data_encipherment(), "dataEncipherment"),
                    (usage.key_agreement(), "keyAgreement"),
                    (usage.key_cert_sign(), "keyCertSign"),
                    (usage.crl_sign(), "cRLSign"),
                ];
                self.key_usage = named.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                let named = [
                    (usage.client_auth, "clientAuth"),
                    (usage.server_auth, "serverAuth"),
                    (usage.email_protection, "emailProtection"),
                    (usage.any, "anyExtendedKeyUsage"),
                ];
                self.extended_key_usage =
                    named.iter().filter(|(is, _)| *is).map(|(_, name)| (*name).to_owned()).collect();
                self.extended_key_usage.extend(usage.other.iter().map(name_of));
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                let emails = names.general_names.iter().filter_map(|name| match name {
                    GeneralName::RFC822Name(address) => Some((*address).to_owned()),
                    _ => None,
                });
                self.emails = emails.collect();
            }
            _ => {}
        }
    }
}

fn short_name(name: &X509Name<'_>) -> String {
    let mut parts = name.iter_common_name().chain(name.iter_organization()).filter_map(names::text);
    parts.next().unwrap_or_else(|| names::distinguished_name(name))
}

fn name_of(oid: &Oid<'_>) -> String {
    match oid.to_id_string().as_str() {
        "1.3.6.1.4.1.311.20.2.2" => "smartcardLogon".to_owned(),
        other => other.to_owned(),
    }
}

fn fingerprint(digest: &[u8]) -> String {
    let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use virtual_cns::Personality;
    use virtual_cns::holders::CertificateOptions;
    use x509_parser::prelude::FromDer as _;

    use super::*;

    fn certificate() -> CertificateDetails {
        let options = CertificateOptions { more_usages: true, ..CertificateOptions::PLAIN };
        let card = virtual_cns::Card::builder(&Personality::st2021()).certificate(options).build();
        CertificateDetails::parse(card.certificate_der()).expect("a certificate")
    }

    #[test]
    fn a_cns_certificate() {
        let certificate = certificate();
        assert_eq!(certificate.tax_code(), Some("RSSMRA80A01H501U"));
        assert_eq!(certificate.card_id(), Some("6090040000000017"));
        assert_eq!(certificate.policies, [CNS_POLICY]);
        assert_eq!(certificate.key_usage, ["digitalSignature"]);
        assert_eq!(certificate.extended_key_usage, ["clientAuth", "emailProtection", "smartcardLogon"]);
        assert_eq!(certificate.key_bits, Some(2048));
        assert_eq!((certificate.not_before.year(), certificate.not_after.year()), (2025, 2031));
    }

    #[test]
    fn an_issuer_goes_by_its_common_name_or_else_its_organisation() {
        assert_eq!(certificate().issuer_name, "Regione Prova - CA Cittadini (TEST)");
        // X.501: SEQUENCE of SET of SEQUENCE { type, UTF8String }; 2.5.4.3 is CN, .10 is O, .11 is OU.
        let named = |parts: &[(u8, &str)]| {
            let mut der = vec![0x30, 0];
            for (kind, value) in parts {
                let length = u8::try_from(value.len()).unwrap();
                der.extend([0x31, length + 9, 0x30, length + 7, 0x06, 3, 0x55, 4, *kind, 0x0C, length]);
                der.extend(value.bytes());
            }
            der[1] = u8::try_from(der.len() - 2).unwrap();
            short_name(&X509Name::from_der(&der).unwrap().1)
        };
        assert_eq!(named(&[(10, "Ente"), (3, "CA dell'Ente")]), "CA dell'Ente");
        assert_eq!(named(&[(11, "Ufficio"), (10, "Ente")]), "Ente");
        assert_eq!(named(&[(10, "Ente"), (3, " ")]), "Ente");
        assert_eq!(named(&[(11, "Ufficio")]), "OU=Ufficio");
    }

    #[test]
    fn sixty_days_ahead() {
        let certificate = certificate();
        let end = certificate.not_after;
        assert_eq!(certificate.validity(end - Duration::days(61)), Validity::Valid(61));
        assert_eq!(certificate.validity(end - Duration::days(60)), Validity::Soon(60));
        assert_eq!(certificate.validity(end - Duration::hours(1)), Validity::Soon(0));
        assert_eq!(certificate.validity(end + Duration::seconds(1)), Validity::Expired);
        assert_eq!(certificate.validity(certificate.not_before - Duration::seconds(1)), Validity::NotYet);
    }

    #[test]
    fn anything_else_is_none() {
        assert_eq!(CertificateDetails::parse(b""), None);
        assert_eq!(CertificateDetails::parse(&[0x30, 0x03, 0x02, 0x01, 0x00]), None);
    }
}
