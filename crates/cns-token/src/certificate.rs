//! The holder's certificate, cut as issued: PKCS#11 wants the DER of subject, issuer and serial number byte for
//! byte, never re-encoded. Reads X.509 (RFC 5280); must not know the card.

mod dates;
pub mod names;

use std::time::{SystemTime, UNIX_EPOCH};

use x509_parser::prelude::*;
use x509_parser::public_key::PublicKey;

use crate::signature::RsaPublicKey;

/// What the module needs of a certificate.
pub struct Certificate {
    /// The whole certificate, DER.
    pub der: Vec<u8>,
    /// DER `Name` of the subject.
    pub subject: Vec<u8>,
    /// DER `Name` of the issuer.
    pub issuer: Vec<u8>,
    /// DER `INTEGER`, tag and length included.
    pub serial_number: Vec<u8>,
    /// DER `SubjectPublicKeyInfo`.
    pub public_key_info: Vec<u8>,
    /// The key, when it is RSA of 1024 to 4096 bits.
    pub rsa_key: Option<RsaPublicKey>,
    /// Why there is no such key.
    pub key_problem: Option<KeyProblem>,
    /// Common name of the subject: on a CNS `tax code/card id.hash` (docs/cards, "certificate profile").
    pub common_name: Option<String>,
    /// The tax code (codice fiscale), from the common name or the attribute serialNumber.
    tax_code: Option<String>,
    /// Given name and surname attributes of the subject, where the issuer put them in.
    pub holder: Option<(String, String)>,
    /// First and last day of validity as PKCS#11 writes dates: `YYYYMMDD`.
    pub validity: (String, String),
    /// Whether the key usage allows decryption: keyEncipherment or dataEncipherment, or no such extension.
    pub may_decrypt: bool,
    /// What the issuer says that it is for.
    pub purpose: CertificatePurpose,
    /// Beginning and end of validity, in seconds since 1970.
    valid: (i64, i64),
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificatePurpose {
    /// Logging in: client authentication among the extended key usages or a policy for it, and a key usage of digital
    /// signatures without content commitment.
    Login,
    /// Content commitment and no digital signatures (RFC 5280 4.2.1.3: nonRepudiation): qualified signatures. Such a key
    /// must not answer a server's challenge.
    Signature,
    /// Neither is said.
    Unclear,
}

impl Certificate {
    /// Parses a DER certificate; `None` when it is not one.
    pub fn parse(der: &[u8]) -> Option<Self> {
        with_x509(der, |certificate| Self::of(certificate, der))
    }

    fn of(certificate: &X509Certificate<'_>, der: &[u8]) -> Self {
        let tbs = &certificate.tbs_certificate;
        let key = rsa_key(&tbs.subject_pki);
        Self {
            der: der.to_vec(),
            subject: tbs.subject.as_raw().to_vec(),
            issuer: tbs.issuer.as_raw().to_vec(),
            serial_number: der_integer(tbs.raw_serial()),
            public_key_info: tbs.subject_pki.raw.to_vec(),
            rsa_key: key.as_ref().ok().cloned(),
            key_problem: key.err(),
            common_name: names::common_name(&tbs.subject),
            tax_code: names::tax_code(&tbs.subject),
            holder: holder(&tbs.subject),
            validity: (date(&tbs.validity.not_before), date(&tbs.validity.not_after)),
            may_decrypt: may_decrypt(certificate),
            purpose: purpose(certificate),
            valid: (tbs.validity.not_before.timestamp(), tbs.validity.not_after.timestamp()),
        }
    }

    /// Whether it is one to log in with, as opposed to one for qualified signatures.
    pub fn is_for_login(&self) -> bool {
        self.purpose == CertificatePurpose::Login
    }

    /// Whether its validity includes this time.
    #[must_use]
    pub fn is_valid_at(&self, time: SystemTime) -> bool {
        let (begin, end) = self.valid;
        (begin..=end).contains(&seconds_since_1970(time))
    }

    /// The beginning of its validity, in seconds since 1970.
    pub(crate) fn not_before(&self) -> i64 {
        self.valid.0
    }

    /// What the certificate is called by: the tax code (codice fiscale), else what stands before the first `/` of the
    /// common name.
    pub fn tax_code(&self) -> Option<&str> {
        let before_slash = || self.common_name.as_deref()?.split('/').next().map(str::trim);
        self.tax_code.as_deref().or_else(before_slash).filter(|code| !code.is_empty())
    }

    /// The card id of a common name that is exactly as the profile has it: a tax code of 16 letters and digits, `/`, 16
    /// digits, `.` and something behind it (docs/cards, "certificate profile").
    pub fn card_id_by_profile(&self) -> Option<&str> {
        let (tax_code, rest) = self.common_name.as_deref()?.split_once('/')?;
        let (id, behind) = rest.split_once('.')?;
        let sixteen = |text: &str, kind: fn(&u8) -> bool| text.len() == 16 && text.bytes().all(|b| kind(&b));
        let exact = sixteen(tax_code, u8::is_ascii_alphanumeric) && sixteen(id, u8::is_ascii_digit);
        (exact && !behind.is_empty()).then_some(id)
    }

    /// The card id: what stands between the first `/` and the following `.` of the common name.
    pub fn card_id(&self) -> Option<&str> {
        let id = self.common_name.as_deref()?.split_once('/')?.1.split('.').next()?.trim();
        (!id.is_empty()).then_some(id)
    }
}

/// Reads a DER certificate, also one with a date that no calendar has; `None` when it is no certificate. The bytes
/// read may differ from `der` in the dates: nothing is to be verified with them.
pub fn with_x509<T>(der: &[u8], read: impl FnOnce(&X509Certificate<'_>) -> T) -> Option<T> {
    let readable = X509Certificate::from_der(der).is_err().then(|| dates::with_readable_dates(der)).flatten();
    let (_, certificate) = X509Certificate::from_der(readable.as_deref().unwrap_or(der)).ok()?;
    Some(read(&certificate))
}

/// Why a certificate's key cannot be used to log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyProblem {
    /// A key of another algorithm, elliptic curves most likely: no CNS profile has one.
    NotRsa,
    /// An RSA key shorter than 1024 or longer than 4096 bits.
    Length {
        /// The length of its modulus, in bits.
        bits: usize,
    },
    /// It is no key: the certificate is damaged.
    Damaged,
}

fn rsa_key(info: &SubjectPublicKeyInfo<'_>) -> Result<RsaPublicKey, KeyProblem> {
    match info.parsed() {
        Ok(PublicKey::RSA(key)) => {
            RsaPublicKey::new(key.modulus, key.exponent).ok_or_else(|| match key.key_size() {
                1024..=4096 => KeyProblem::Damaged,
                bits => KeyProblem::Length { bits },
            })
        }
        Ok(_) => Err(KeyProblem::NotRsa),
        Err(_) => Err(KeyProblem::Damaged),
    }
}

fn holder(subject: &X509Name<'_>) -> Option<(String, String)> {
    let given_name = first_text(subject.iter_by_oid(&oid_registry::OID_X509_GIVEN_NAME))?;
    let surname = first_text(subject.iter_by_oid(&oid_registry::OID_X509_SURNAME))?;
    Some((given_name, surname))
}

fn first_text<'a>(mut values: impl Iterator<Item = &'a AttributeTypeAndValue<'a>>) -> Option<String> {
    values.find_map(names::text)
}

/// Without the extension a key is not restricted (RFC 5280 4.2.1.3 restricts only what has one); one that cannot be read
/// allows nothing.
fn may_decrypt(certificate: &X509Certificate<'_>) -> bool {
    match certificate.key_usage() {
        Ok(Some(usage)) => usage.value.key_encipherment() || usage.value.data_encipherment(),
        Ok(None) => true,
        Err(_) => false,
    }
}

/// The certificate policies of a CNS authentication certificate (docs/cards, "certificate profile").
const LOGIN_POLICIES: [&str; 3] = ["1.3.76.16.2.1", "1.3.159.6.1.3.2.10", "1.3.76.12.1.1.10.2.2.10"];

fn purpose(certificate: &X509Certificate<'_>) -> CertificatePurpose {
    let (signs, commits) = match certificate.key_usage() {
        Ok(Some(usage)) => (usage.value.digital_signature(), usage.value.non_repudiation()),
        _ => (true, false),
    };
    match (signs, commits) {
        (false, true) => CertificatePurpose::Signature,
        (true, false) if names_login(certificate) => CertificatePurpose::Login,
        _ => CertificatePurpose::Unclear,
    }
}

fn names_login(certificate: &X509Certificate<'_>) -> bool {
    let client_authentication =
        matches!(certificate.extended_key_usage(), Ok(Some(extended)) if extended.value.client_auth);
    let policy = certificate.extensions().iter().any(|extension| match extension.parsed_extension() {
        ParsedExtension::CertificatePolicies(policies) => {
            policies.iter().any(|policy| LOGIN_POLICIES.contains(&policy.policy_id.to_id_string().as_str()))
        }
        _ => false,
    });
    client_authentication || policy
}

fn seconds_since_1970(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(_) => -1,
    }
}

fn date(time: &ASN1Time) -> String {
    let date = time.to_datetime();
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Tag and length put back before the content of the serial number; the content is the issuer's, untouched.
fn der_integer(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let header = match u8::try_from(length) {
        Ok(short) if short < 0x80 => vec![0x02, short],
        Ok(long) => vec![0x02, 0x81, long],
        Err(_) => [&[0x02, 0x82][..], &u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes()].concat(),
    };
    [&header, content].concat()
}
