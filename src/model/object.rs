//! Objects as PKCS#11 shows them: a class and attributes, already in the bytes a caller gets.
//! Knows attribute numbers and their encoding; must not know slots or sessions, nor talk to the card.

use cns_card::DataFile;
use cns_token::Certificate;
use cns_token::signature::{Hash, RsaPublicKey, digest};
use cryptoki_sys::*;
use once_cell::sync::OnceCell;

/// What an object answers when asked for an attribute.
#[derive(Debug, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// Its value, in the byte order and width of the platform.
    Bytes(&'a [u8]),
    /// It has one but never shows it (the private numbers of a key).
    Sensitive,
    /// It has no such attribute.
    Absent,
}

/// One object of a token; never changes while the card is in the reader.
#[derive(Debug)]
pub struct Object {
    class: CK_OBJECT_CLASS,
    private: bool,
    attributes: Vec<(CK_ATTRIBUTE_TYPE, Vec<u8>)>,
    file: Option<LazyFile>,
}

/// A file of the card whose content is `CKA_VALUE`, read when somebody asks for it.
#[derive(Debug)]
struct LazyFile {
    which: DataFile,
    content: OnceCell<Vec<u8>>,
}

impl Object {
    /// `CKA_CLASS`.
    pub fn class(&self) -> CK_OBJECT_CLASS {
        self.class
    }

    /// Whether it shows only after login.
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The value of one attribute.
    pub fn attribute(&self, attribute: CK_ATTRIBUTE_TYPE) -> AttributeValue<'_> {
        if let (CKA_VALUE, Some(file)) = (attribute, &self.file) {
            return file
                .content
                .get()
                .map_or(AttributeValue::Absent, |content| AttributeValue::Bytes(content));
        }
        match self.attributes.iter().find(|(known, _)| *known == attribute) {
            Some((_, value)) => AttributeValue::Bytes(value),
            None if self.class == CKO_PRIVATE_KEY && PRIVATE_NUMBERS.contains(&attribute) => {
                AttributeValue::Sensitive
            }
            None => AttributeValue::Absent,
        }
    }

    /// Whether every attribute of a search template stands in the object with the same value.
    pub fn matches(&self, template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)]) -> bool {
        template.iter().all(|(wanted, value)| self.attribute(*wanted) == AttributeValue::Bytes(value))
    }

    /// Bytes of all values together (`C_GetObjectSize`).
    pub fn size(&self) -> usize {
        self.attributes.iter().map(|(_, value)| value.len()).sum()
    }

    /// Fills in the content of a file of the card that was not read before.
    pub(super) fn fill_value<E>(&self, read: impl FnOnce(DataFile) -> Result<Vec<u8>, E>) -> Result<(), E> {
        match &self.file {
            Some(file) => file.content.get_or_try_init(|| read(file.which)).map(drop),
            None => Ok(()),
        }
    }

    /// A file of the card as a data object (PKCS#11 3.0 section 4.5), named as OpenSC names it.
    pub(super) fn data(which: DataFile, name: &str) -> Self {
        let mut object = Self::token_object(CKO_DATA, false);
        object.bytes(CKA_LABEL, name.as_bytes());
        object.bytes(CKA_APPLICATION, name.as_bytes());
        object.bytes(CKA_OBJECT_ID, &[]);
        object.file = Some(LazyFile { which, content: OnceCell::new() });
        object
    }

    /// The claims of the token (PKCS#11 Profiles 3.0): "Baseline Provider", which each other one needs, and "Public
    /// Certificates Token", with which browsers list the certificate first and ask for the PIN of the chosen one only.
    pub(super) fn profiles() -> Vec<Self> {
        let claim = |profile| {
            let mut object = Self::token_object(CKO_PROFILE, false);
            object.number(CKA_PROFILE_ID, profile);
            object
        };
        [CKP_PUBLIC_CERTIFICATES_TOKEN, CKP_BASELINE_PROVIDER].map(claim).into()
    }

    /// With the id that no other object has, on this card and on others (PKCS#11 3.0 section 4.4.1):
    /// a digest of what it is, so that it stays the same.
    pub(super) fn with_unique_id(mut self, card: &str) -> Self {
        let mut content = card.as_bytes().to_vec();
        for (attribute, value) in &self.attributes {
            content.extend_from_slice(&attribute.to_ne_bytes());
            content.extend_from_slice(&digest(Hash::Sha256, &[value]));
        }
        let id = digest(Hash::Sha256, &[&content]);
        let id: String = id[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.bytes(CKA_UNIQUE_ID, id.as_bytes());
        self
    }

    /// The certificate object (PKCS#11 3.0 section 4.6).
    pub(super) fn certificate(certificate: &Certificate, label: &str, id: &[u8]) -> Self {
        let mut object = Self::token_object(CKO_CERTIFICATE, false);
        object.add_identity(label, id, certificate);
        object.number(CKA_CERTIFICATE_TYPE, CKC_X_509);
        object.number(CKA_CERTIFICATE_CATEGORY, CK_CERTIFICATE_CATEGORY_TOKEN_USER);
        object.flags(&[(CKA_TRUSTED, false)]);
        object.bytes(CKA_ISSUER, &certificate.issuer);
        object.bytes(CKA_SERIAL_NUMBER, &certificate.serial_number);
        object.bytes(CKA_VALUE, &certificate.der);
        object.bytes(CKA_CHECK_VALUE, &digest(Hash::Sha1, &[&certificate.der])[..3]);
        object
    }

    /// The public key object (PKCS#11 3.0 section 4.8): without it browsers drop the certificate before login.
    pub(super) fn public_key(certificate: &Certificate, key: &RsaPublicKey, label: &str, id: &[u8]) -> Self {
        let mut object = Self::token_object(CKO_PUBLIC_KEY, false);
        object.add_identity(label, id, certificate);
        object.rsa_key(key);
        object.number(CKA_MODULUS_BITS, key.bits() as CK_ULONG);
        object.flags(&[
            (CKA_ENCRYPT, true),
            (CKA_VERIFY, true),
            (CKA_VERIFY_RECOVER, false),
            (CKA_WRAP, false),
            (CKA_TRUSTED, false),
        ]);
        object
    }

    /// The private key object (PKCS#11 3.0 section 4.9). No `CKA_ALLOWED_MECHANISMS`: absent means all of the token's.
    pub(super) fn private_key(certificate: &Certificate, key: &RsaPublicKey, label: &str, id: &[u8]) -> Self {
        let mut object = Self::token_object(CKO_PRIVATE_KEY, true);
        object.add_identity(label, id, certificate);
        object.rsa_key(key);
        object.flags(&[
            (CKA_SIGN, true),
            (CKA_SIGN_RECOVER, false),
            (CKA_DECRYPT, certificate.may_decrypt),
            (CKA_UNWRAP, false),
            (CKA_SENSITIVE, true),
            (CKA_ALWAYS_SENSITIVE, false),
            (CKA_EXTRACTABLE, false),
            (CKA_NEVER_EXTRACTABLE, false),
            (CKA_ALWAYS_AUTHENTICATE, false),
            (CKA_WRAP_WITH_TRUSTED, false),
        ]);
        object
    }

    fn token_object(class: CK_OBJECT_CLASS, private: bool) -> Self {
        let mut object = Self { class, private, attributes: Vec::new(), file: None };
        object.number(CKA_CLASS, class);
        object.flags(&[
            (CKA_TOKEN, true),
            (CKA_PRIVATE, private),
            (CKA_MODIFIABLE, false),
            (CKA_COPYABLE, false),
            (CKA_DESTROYABLE, false),
        ]);
        object
    }

    /// What links the three objects of one key pair.
    fn add_identity(&mut self, label: &str, id: &[u8], certificate: &Certificate) {
        self.bytes(CKA_LABEL, label.as_bytes());
        self.bytes(CKA_ID, id);
        self.bytes(CKA_SUBJECT, &certificate.subject);
        self.bytes(CKA_PUBLIC_KEY_INFO, &certificate.public_key_info);
        self.bytes(CKA_START_DATE, certificate.validity.0.as_bytes());
        self.bytes(CKA_END_DATE, certificate.validity.1.as_bytes());
    }

    /// What both halves of an RSA key show. Nobody knows where it was generated, since no `C_GenerateKeyPair` did it:
    /// `CKA_LOCAL` is false, as `CKA_KEY_GEN_MECHANISM` says too, and so are `CKA_ALWAYS_SENSITIVE` and
    /// `CKA_NEVER_EXTRACTABLE`, as of every key that came from elsewhere (PKCS#11 2.40 4.7, 4.9 and 5.7).
    fn rsa_key(&mut self, key: &RsaPublicKey) {
        self.number(CKA_KEY_TYPE, CKK_RSA);
        self.number(CKA_KEY_GEN_MECHANISM, CK_UNAVAILABLE_INFORMATION);
        self.bytes(CKA_MODULUS, key.modulus());
        self.bytes(CKA_PUBLIC_EXPONENT, key.exponent());
        self.flags(&[(CKA_DERIVE, false), (CKA_LOCAL, false)]);
    }

    fn bytes(&mut self, attribute: CK_ATTRIBUTE_TYPE, value: &[u8]) {
        self.attributes.push((attribute, value.to_vec()));
    }

    fn number(&mut self, attribute: CK_ATTRIBUTE_TYPE, value: CK_ULONG) {
        self.bytes(attribute, &value.to_ne_bytes());
    }

    fn flags(&mut self, flags: &[(CK_ATTRIBUTE_TYPE, bool)]) {
        for (attribute, value) in flags {
            self.bytes(*attribute, &[if *value { CK_TRUE } else { CK_FALSE }]);
        }
    }
}

/// The attributes of an RSA private key that never leave the card (PKCS#11 3.0, table 25).
const PRIVATE_NUMBERS: [CK_ATTRIBUTE_TYPE; 6] =
    [CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT];
