//! What a CNS in a reader shows to PKCS#11: names, objects, key. A snapshot made once per insertion and never
//! changed, so that searches and attribute reads never touch the card.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cns_card::{CachedCard, CertificateFile, DataFile, KeyReference, PinPolicy, PublicFiles};
use cns_token::signature::{Hash, RsaPublicKey, digest};
use cns_token::{Certificate, TokenIdentity, clean, cut};
use cryptoki_sys::CKO_CERTIFICATE;

use super::handles::{Handles, ObjectHandle};
use super::mechanism::{MechanismInfo, OFFERED};
use super::object::Object;

/// The longest token label in bytes (`CK_TOKEN_INFO`, PKCS#11 3.0 section 3.2).
const LABEL_LENGTH: usize = 32;

/// The key pair of the token.
#[derive(Debug)]
pub(super) struct TokenKey {
    pub(super) public: RsaPublicKey,
    pub(super) reference: KeyReference,
    pub(super) may_decrypt: bool,
}

/// What a card showed when it was read.
pub(super) struct TokenContents {
    pub(super) files: PublicFiles,
    pub(super) identity: TokenIdentity,
    /// By which it is read faster the next time.
    pub(super) remembered: Option<CachedCard>,
}

/// The snapshot.
pub(super) struct Token {
    pub(super) label: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) pin_policy: PinPolicy,
    pub(super) key: Option<TokenKey>,
    /// As read, to prove after a reconnection that it is the same card.
    pub(super) reading: TokenContents,
    first_handle: ObjectHandle,
    private_handles: Mutex<PrivateHandles>,
    objects: Vec<Arc<Object>>,
}

/// The handles of private objects end with the login: "even if a user is later logged back into the token, those handles
/// remain invalid" (PKCS#11 2.40 5.6, C_Logout). They are counted from another number then.
struct PrivateHandles {
    first: ObjectHandle,
    /// Of the login before: `UserNotLoggedIn` for those that are used after it.
    ended: Option<ObjectHandle>,
}

impl Token {
    /// From what was read of a card, if need be a token that says that it has no certificate. Handles of its objects begin
    /// at `first_handle`.
    pub(super) fn new(
        reading: TokenContents,
        model: &str,
        pin_policy: PinPolicy,
        first_handle: ObjectHandle,
    ) -> Self {
        let TokenContents { files, identity, .. } = &reading;
        let chosen = files.certificate.as_ref().and_then(parse_certificate);
        if chosen.is_none() {
            tracing::warn!(problem = ?files.certificate_problem, "the card is a CNS without a usable certificate");
        }
        if chosen.as_ref().is_some_and(|(certificate, _)| !certificate.is_for_login()) {
            tracing::warn!("the certificate does not say that it is for logging in");
        }
        let (mut objects, key) = match &chosen {
            Some((certificate, reference)) => objects_and_key(certificate, *reference),
            None => (Object::profiles(), None),
        };
        objects.extend(data_objects(identity));
        let serial = identity.serial.clone();
        Self {
            label: label(identity, chosen.is_some()),
            model: model.to_owned(),
            pin_policy,
            key,
            reading,
            first_handle,
            private_handles: Mutex::new(PrivateHandles { first: first_handle, ended: None }),
            objects: objects.into_iter().map(|object| Arc::new(object.with_unique_id(&serial))).collect(),
            serial,
        }
    }

    /// All objects with their handles; private ones only for a logged-in user.
    pub(super) fn objects(&self, with_private: bool) -> impl Iterator<Item = (ObjectHandle, &Arc<Object>)> {
        let private = self.private_handles().first;
        let numbered = (self.first_handle..).zip(private..).zip(&self.objects);
        let handles = numbered
            .map(|((public, private), object)| (if object.is_private() { private } else { public }, object));
        handles.filter(move |(_, object)| with_private || !object.is_private())
    }

    /// The object of this handle, private or not.
    pub(super) fn object(&self, handle: ObjectHandle) -> Option<&Arc<Object>> {
        self.objects(true).find(|(known, _)| *known == handle).map(|(_, object)| object)
    }

    /// Whether it was the handle of a private object before the logout.
    pub(super) fn had_private_object(&self, handle: ObjectHandle) -> bool {
        let Some(ended) = self.private_handles().ended else { return false };
        (ended..).zip(&self.objects).any(|(known, object)| known == handle && object.is_private())
    }

    /// At a logout: the handles of private objects are no more.
    pub(super) fn end_private_handles(&self, handles: &Handles) {
        let mut private = self.private_handles();
        *private = PrivateHandles { first: handles.take(Self::HANDLES), ended: Some(private.first) };
    }

    fn private_handles(&self) -> MutexGuard<'_, PrivateHandles> {
        self.private_handles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the card showed a certificate at all.
    pub(super) fn has_certificate(&self) -> bool {
        self.objects.iter().any(|object| object.class() == CKO_CERTIFICATE)
    }

    /// How many handles this token takes.
    pub(super) const HANDLES: ObjectHandle = 16;

    /// The mechanisms with the key's true size; none without a key. What an operation takes is what stands here.
    pub(super) fn mechanisms(&self) -> impl Iterator<Item = MechanismInfo> {
        self.key.iter().flat_map(|key| {
            let bits = key.public.bits();
            OFFERED.iter().map(move |(mechanism, purpose)| MechanismInfo {
                mechanism: *mechanism,
                key_bits: if purpose.digest { (0, 0) } else { (bits, bits) },
                sign: purpose.sign,
                encrypt: purpose.encrypt,
                digest: purpose.digest,
                decrypt: purpose.encrypt && key.may_decrypt,
            })
        })
    }
}

fn parse_certificate(file: &CertificateFile) -> Option<(Certificate, KeyReference)> {
    Certificate::parse(&file.der).map(|certificate| (certificate, file.key))
}

fn objects_and_key(certificate: &Certificate, reference: KeyReference) -> (Vec<Object>, Option<TokenKey>) {
    let label = certificate.tax_code().map_or_else(|| "CNS".to_owned(), clean);
    let Some(public) = &certificate.rsa_key else {
        tracing::warn!("the certificate's key is not RSA of 1024 to 4096 bits: it cannot be used");
        let id = digest(Hash::Sha1, &[&certificate.public_key_info]);
        let mut objects = Object::profiles();
        objects.push(Object::certificate(certificate, &label, &id));
        return (objects, None);
    };
    let id = digest(Hash::Sha1, &[public.modulus()]);
    let mut objects = Object::profiles();
    objects.extend([
        Object::certificate(certificate, &label, &id),
        Object::public_key(certificate, public, &label, &id),
        Object::private_key(certificate, public, &label, &id),
    ]);
    let key = TokenKey { public: public.clone(), reference, may_decrypt: certificate.may_decrypt };
    (objects, Some(key))
}

/// The files that programs ask a CNS for, unless the card is known to lack them.
fn data_objects(identity: &TokenIdentity) -> impl Iterator<Item = Object> {
    let id = identity.has_card_id.then(|| Object::data(DataFile::CardId, "EF_IDCarta"));
    let personal = identity.has_personal_data;
    let personal = personal.then(|| Object::data(DataFile::PersonalData, "EF_DatiPersonali"));
    id.into_iter().chain(personal)
}

/// How much of the card's number stands in the label.
const NUMBER_DIGITS: usize = 4;

/// `CNS NOME COGNOME 1234`: whose card it is and the end of its number, which is all that a browser's PIN prompt shows. With
/// the name alone the prompts for two cards of one person would be the same, and a PIN would be spent on the wrong one; NSS
/// moreover takes two tokens of one label for one.
fn label(identity: &TokenIdentity, has_certificate: bool) -> String {
    if !has_certificate {
        return "CNS senza certificato".to_owned();
    }
    let name = identity.name();
    let number = identity.serial.as_str();
    match number.len().checked_sub(NUMBER_DIGITS).and_then(|start| number.get(start..)) {
        Some(last) if identity.holder.is_some() && identity.is_unique() => {
            format!("{} {last}", cut(&name, LABEL_LENGTH - 1 - NUMBER_DIGITS))
        }
        _ => cut(&name, LABEL_LENGTH).to_owned(),
    }
}
