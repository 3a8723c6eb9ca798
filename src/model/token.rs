//! What a CNS in a reader shows to PKCS#11: names, objects, key. A snapshot made once per insertion and never
//! changed, so that searches and attribute reads never touch the card.

use std::sync::Arc;

use cns_card::{CertificateFile, DataFile, Holder, KeyReference, PinId, PinPolicy, PublicFiles, Remembered};
use cryptoki_sys::{
    CK_MECHANISM_TYPE, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512_RSA_PKCS_PSS,
    CKO_CERTIFICATE,
};

use super::certificate::Certificate;
use super::hash::digest;
use super::mechanism::{Hash, MechanismInfo, OFFERED};
use super::object::Object;
use super::owner::{Owner, clean, cut};
use super::rsa_public::RsaPublicKey;
use super::session::ObjectHandle;

/// The longest token label in bytes (`CK_TOKEN_INFO`, PKCS#11 3.0 section 3.2).
const LABEL_LENGTH: usize = 32;

/// What a slot stands for. A card with a signature key of its own PIN has a slot for each, so that a client asks for
/// the PIN that the key needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Logging in, with the PIN of the card.
    Login,
    /// Signing documents, with the signature PIN, which is asked for each signature.
    Signature,
}

/// The key pair of the token.
#[derive(Debug)]
pub(super) struct TokenKey {
    pub(super) public: RsaPublicKey,
    pub(super) reference: KeyReference,
    pub(super) may_decrypt: bool,
    /// Each use needs a PIN of its own.
    pub(super) always_authenticate: bool,
}

/// What a card showed when it was read.
pub(super) struct Reading {
    pub(super) files: PublicFiles,
    pub(super) owner: Owner,
    /// By which it is read faster the next time.
    pub(super) remembered: Option<Remembered>,
}

/// The snapshot.
pub(super) struct Token {
    /// The PIN that opens the token's key.
    pub(super) pin: PinId,
    pub(super) label: String,
    pub(super) model: String,
    pub(super) serial: String,
    pub(super) pin_policy: PinPolicy,
    pub(super) key: Option<TokenKey>,
    /// As read, to prove after a reconnection that it is the same card.
    pub(super) reading: Reading,
    first_handle: ObjectHandle,
    objects: Vec<Arc<Object>>,
}

impl Token {
    /// From what was read of a card. Handles of its objects begin at `first_handle`. `None`: the card has nothing for
    /// this role. For a login there is always a token, if need be one that says that it has no certificate.
    pub(super) fn new(
        reading: Reading,
        role: Role,
        model: &str,
        pin_policy: PinPolicy,
        first_handle: ObjectHandle,
    ) -> Option<Self> {
        let Reading { files, owner, .. } = &reading;
        let chosen = choose(files, role);
        if chosen.is_none() && role == Role::Signature {
            return None;
        }
        if chosen.is_none() {
            tracing::warn!(problem = ?files.certificate_problem, "the card is a CNS without a usable certificate");
        }
        let (mut objects, key) = match &chosen {
            Some((certificate, reference)) => objects_and_key(certificate, *reference, role),
            None => (Object::profiles(), None),
        };
        if role == Role::Login {
            objects.extend(data_objects(owner));
        }
        let pin = match role {
            Role::Login => PinId::Authentication,
            Role::Signature => PinId::Signature,
        };
        let serial = owner.serial.clone();
        Some(Self {
            pin: chosen.as_ref().map_or(pin, |(_, reference)| reference.pin()),
            label: label(owner, role, chosen.is_some()),
            model: model.to_owned(),
            pin_policy,
            key,
            reading,
            first_handle,
            objects: objects.into_iter().map(|object| Arc::new(object.with_unique_id(&serial))).collect(),
            serial,
        })
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

    /// The mechanisms with the key's true size; none without a key. Clients that hash PSS on the token never ask for a
    /// PIN in between, so a key that wants one for each use does not offer that.
    pub(super) fn mechanisms(&self) -> Vec<MechanismInfo> {
        let Some(key) = &self.key else { return Vec::new() };
        let bits = key.public.bits();
        OFFERED
            .iter()
            .filter(|(mechanism, _)| !(key.always_authenticate && is_hashed_pss(*mechanism)))
            .map(|(mechanism, purpose)| MechanismInfo {
                mechanism: *mechanism,
                key_bits: if purpose.digest { (0, 0) } else { (bits, bits) },
                sign: purpose.sign,
                encrypt: purpose.encrypt,
                digest: purpose.digest,
                decrypt: purpose.encrypt && key.may_decrypt,
            })
            .collect()
    }
}

/// The certificate for a role: told by what its issuer says it is for, not by where it lies. When the certificates do
/// not say, the place decides.
fn choose(files: &PublicFiles, role: Role) -> Option<(Certificate, KeyReference)> {
    let first = files.certificate.as_ref().and_then(parsed);
    let second = files.signature_certificate.as_ref().and_then(parsed);
    let swapped = match (&first, &second) {
        (Some((first, _)), Some((second, _))) => !first.is_for_login() && second.is_for_login(),
        _ => false,
    };
    match role {
        Role::Login if swapped => second,
        Role::Login => first,
        Role::Signature if swapped => first,
        Role::Signature => second,
    }
}

fn parsed(file: &CertificateFile) -> Option<(Certificate, KeyReference)> {
    Certificate::parse(&file.der).map(|certificate| (certificate, file.key))
}

fn objects_and_key(
    certificate: &Certificate,
    reference: KeyReference,
    role: Role,
) -> (Vec<Object>, Option<TokenKey>) {
    let tax_code = certificate.tax_code().map_or_else(|| "CNS".to_owned(), clean);
    let label = match role {
        Role::Login => tax_code,
        Role::Signature => tax_code + " (firma)",
    };
    let Some(public) = &certificate.rsa_key else {
        tracing::warn!("the certificate's key is not RSA of 1024 to 4096 bits: it cannot be used");
        let id = digest(Hash::Sha1, &[&certificate.public_key_info]);
        let mut objects = Object::profiles();
        objects.push(Object::certificate(certificate, &label, &id));
        return (objects, None);
    };
    let always_authenticate = role == Role::Signature;
    let id = digest(Hash::Sha1, &[public.modulus()]);
    let mut objects = Object::profiles();
    objects.extend([
        Object::certificate(certificate, &label, &id),
        Object::public_key(certificate, public, &label, &id),
        Object::private_key(certificate, public, &label, &id, always_authenticate),
    ]);
    let key = TokenKey {
        public: public.clone(),
        reference,
        may_decrypt: certificate.may_decrypt,
        always_authenticate,
    };
    (objects, Some(key))
}

/// The files that programs ask a CNS for, unless the card is known to lack them.
fn data_objects(owner: &Owner) -> impl Iterator<Item = Object> {
    let id = owner.has_card_id.then(|| Object::data(DataFile::CardId, "EF_IDCarta"));
    let personal = owner.has_personal_data;
    let personal = personal.then(|| Object::data(DataFile::PersonalData, "EF_DatiPersonali"));
    id.into_iter().chain(personal)
}

fn is_hashed_pss(mechanism: CK_MECHANISM_TYPE) -> bool {
    [CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512_RSA_PKCS_PSS].contains(&mechanism)
}

/// `CNS NOME COGNOME`: whose card it is, which is all that a browser's PIN prompt shows; and which PIN, where it is
/// not the card's usual one.
fn label(owner: &Owner, role: Role, has_certificate: bool) -> String {
    if !has_certificate {
        return "CNS senza certificato".to_owned();
    }
    let prefix = match role {
        Role::Login => "CNS",
        Role::Signature => "CNS PIN FIRMA",
    };
    cut(&name_of(owner, prefix), LABEL_LENGTH).to_owned()
}

/// The holder's name, or the card's number where it has none.
pub(super) fn name_of(owner: &Owner, prefix: &str) -> String {
    clean(&match &owner.holder {
        Some(Holder { name, surname }) => format!("{prefix} {name} {surname}"),
        None => format!("{prefix} {}", owner.serial),
    })
}
