//! What a CNS in a reader shows to PKCS#11: names, objects, key. A snapshot made once per insertion and never
//! changed, so that searches and attribute reads never touch the card.

use std::sync::Arc;

use cns_card::{CertificateFile, KeyReference, PersonalData, PinPolicy, PublicFiles};
use cryptoki_sys::CKO_CERTIFICATE;

use super::certificate::Certificate;
use super::hash::digest;
use super::mechanism::{Hash, MechanismInfo, OFFERED};
use super::object::Object;
use super::rsa_public::RsaPublicKey;
use super::session::ObjectHandle;

/// The longest token label in bytes (`CK_TOKEN_INFO`, PKCS#11 3.0 section 3.2).
const LABEL_LENGTH: usize = 32;

/// The key pair of the token.
#[derive(Debug)]
pub(super) struct TokenKey {
    pub(super) public: RsaPublicKey,
    pub(super) reference: KeyReference,
    pub(super) may_decrypt: bool,
}

/// The snapshot.
pub(super) struct Token {
    pub(super) label: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) pin_policy: PinPolicy,
    pub(super) key: Option<TokenKey>,
    /// As read, to prove after a reconnection that it is the same card.
    pub(super) files: PublicFiles,
    first_handle: ObjectHandle,
    objects: Vec<Arc<Object>>,
}

impl Token {
    /// From the public files of a card. Handles of its objects begin at `first_handle`.
    pub(super) fn new(
        files: PublicFiles,
        model: &str,
        pin_policy: PinPolicy,
        first_handle: ObjectHandle,
    ) -> Self {
        let usable = files.certificate.as_ref().and_then(parsed);
        if usable.is_none() {
            tracing::warn!(problem = ?files.certificate_problem, "the card is a CNS without a usable certificate");
        }
        let (objects, key) = match usable {
            Some((certificate, reference)) => objects_and_key(&certificate, reference),
            None => (vec![Object::profile()], None),
        };
        Self {
            label: label(&files),
            model: model.to_owned(),
            serial: serial(&files),
            pin_policy,
            key,
            files,
            first_handle,
            objects: objects.into_iter().map(Arc::new).collect(),
        }
    }

    /// All objects with their handles; private ones only for a logged-in user.
    pub(super) fn objects(&self, with_private: bool) -> impl Iterator<Item = (ObjectHandle, &Arc<Object>)> {
        (self.first_handle..)
            .zip(&self.objects)
            .filter(move |(_, object)| with_private || !object.is_private())
    }

    /// The object of this handle, private or not.
    pub(super) fn object(&self, handle: ObjectHandle) -> Option<&Arc<Object>> {
        let index = handle.checked_sub(self.first_handle)?;
        self.objects.get(usize::try_from(index).ok()?)
    }

    /// Whether the card showed a certificate at all.
    pub(super) fn has_certificate(&self) -> bool {
        self.objects.iter().any(|object| object.class() == CKO_CERTIFICATE)
    }

    /// How many handles this token takes.
    pub(super) const HANDLES: ObjectHandle = 16;

    /// The mechanisms with the key's true size; none without a key.
    pub(super) fn mechanisms(&self) -> Vec<MechanismInfo> {
        let Some(key) = &self.key else { return Vec::new() };
        let bits = key.public.bits();
        OFFERED
            .iter()
            .map(|(mechanism, purpose)| MechanismInfo {
                mechanism: *mechanism,
                key_bits: (bits, bits),
                sign: purpose.sign,
                encrypt: purpose.encrypt,
                decrypt: purpose.encrypt && key.may_decrypt,
            })
            .collect()
    }

    /// Whether a freshly read card is the one of this snapshot. What one of the readings missed proves nothing
    /// against it; one thing at least must be there to compare.
    pub(super) fn is_same_card(&self, files: &PublicFiles) -> bool {
        let ids =
            self.files.card_id.as_ref().zip(files.card_id.as_ref()).map(|(ours, theirs)| ours == theirs);
        let certificates = self
            .files
            .certificate
            .as_ref()
            .zip(files.certificate.as_ref())
            .map(|(ours, theirs)| ours == theirs);
        ids != Some(false) && certificates != Some(false) && (ids.is_some() || certificates.is_some())
    }
}

fn parsed(file: &CertificateFile) -> Option<(Certificate, KeyReference)> {
    Certificate::parse(&file.der).map(|certificate| (certificate, file.key))
}

fn objects_and_key(certificate: &Certificate, reference: KeyReference) -> (Vec<Object>, Option<TokenKey>) {
    let label = certificate.tax_code().map_or_else(|| "CNS".to_owned(), clean);
    let Some(public) = &certificate.rsa_key else {
        tracing::warn!("the certificate's key is not RSA of 1024 to 4096 bits: it cannot be used");
        let id = digest(Hash::Sha1, &[&certificate.public_key_info]);
        return (vec![Object::profile(), Object::certificate(certificate, &label, &id)], None);
    };
    let id = digest(Hash::Sha1, &[public.modulus()]);
    let objects = vec![
        Object::profile(),
        Object::certificate(certificate, &label, &id),
        Object::public_key(certificate, public, &label, &id),
        Object::private_key(certificate, public, &label, &id),
    ];
    let key = TokenKey { public: public.clone(), reference, may_decrypt: certificate.may_decrypt };
    (objects, Some(key))
}

/// `CNS NOME COGNOME`: whose card it is, which is all that a browser's PIN prompt shows.
fn label(files: &PublicFiles) -> String {
    let certificate = files.certificate.as_ref().and_then(|file| Certificate::parse(&file.der));
    if certificate.is_none() {
        return "CNS senza certificato".to_owned();
    }
    let holder = files
        .personal_data
        .as_ref()
        .and_then(holder_on_card)
        .or_else(|| certificate.and_then(|certificate| certificate.holder));
    let text = match holder {
        Some((name, surname)) => format!("CNS {name} {surname}"),
        None => format!("CNS {}", serial(files)),
    };
    cut(&clean(&text), LABEL_LENGTH).to_owned()
}

fn holder_on_card(data: &PersonalData) -> Option<(String, String)> {
    Some((data.name.clone()?, data.surname.clone()?))
}

/// The card id; else that of the certificate; else a stable stand-in made from the certificate.
fn serial(files: &PublicFiles) -> String {
    if let Some(id) = &files.card_id {
        return id.as_str().to_owned();
    }
    let Some(file) = &files.certificate else { return "0".repeat(16) };
    let named = Certificate::parse(&file.der).and_then(|certificate| certificate.card_id().map(clean));
    match named {
        Some(id) => cut(&id, 16).to_owned(),
        None => digest(Hash::Sha1, &[&file.der])[..8].iter().map(|byte| format!("{byte:02X}")).collect(),
    }
}

/// Without colons (NSS separates token and certificate names with one) and control characters; blanks folded.
fn clean(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == ':' || c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The longest start of `text` with at most `length` bytes that ends between two characters.
fn cut(text: &str, length: usize) -> &str {
    let end = (0..=length.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].trim_end()
}
