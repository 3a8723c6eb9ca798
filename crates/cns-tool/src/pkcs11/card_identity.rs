//! TLS with the card's key: a client identity for rustls whose signatures the module makes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{Error, OtherError, SignatureAlgorithm, SignatureScheme};

/// What the card can sign with, the best first.
const SCHEMES: [SignatureScheme; 6] = [
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];
/// A PSS signature with SHA-512 and a salt of its length does not fit into a shorter key (RFC 8017, 9.1.1).
const SHORTEST_FOR_PSS_SHA512: usize = 1042;

/// Certificate and key of the card, and what the server wanted of them.
#[derive(Debug)]
pub(crate) struct CardIdentity {
    key: Arc<CertifiedKey>,
    asked: AtomicBool,
}

impl CardIdentity {
    pub(crate) fn new(
        session: Session,
        key: ObjectHandle,
        certificate: Vec<u8>,
        key_bits: usize,
    ) -> Arc<Self> {
        let key = CardKey { session: Arc::new(Mutex::new(session)), key, key_bits };
        let chain = vec![CertificateDer::from(certificate)];
        Arc::new(Self {
            key: Arc::new(CertifiedKey::new(chain, Arc::new(key))),
            asked: AtomicBool::new(false),
        })
    }

    /// Did the server ask for a certificate?
    pub(crate) fn was_asked_for(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for CardIdentity {
    fn resolve(&self, _hints: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        Some(Arc::clone(&self.key))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

struct CardKey {
    session: Arc<Mutex<Session>>,
    key: ObjectHandle,
    key_bits: usize,
}

impl std::fmt::Debug for CardKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardKey(…)")
    }
}

impl SigningKey for CardKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let fits = |scheme: &SignatureScheme| {
            *scheme != SignatureScheme::RSA_PSS_SHA512 || self.key_bits >= SHORTEST_FOR_PSS_SHA512
        };
        let scheme = SCHEMES.into_iter().filter(fits).find(|scheme| offered.contains(scheme))?;
        Some(Box::new(CardSigner { session: Arc::clone(&self.session), key: self.key, scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

struct CardSigner {
    session: Arc<Mutex<Session>>,
    key: ObjectHandle,
    scheme: SignatureScheme,
}

impl std::fmt::Debug for CardSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardSigner({:?})", self.scheme)
    }
}

impl Signer for CardSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mechanism = mechanism(self.scheme)?;
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.sign(&mechanism, self.key, message).map_err(|error| Error::Other(OtherError(Arc::new(error))))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

fn mechanism(scheme: SignatureScheme) -> Result<Mechanism<'static>, Error> {
    let mechanism = match scheme {
        SignatureScheme::RSA_PSS_SHA256 => {
            Mechanism::Sha256RsaPkcsPss(pss(MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32)?)
        }
        SignatureScheme::RSA_PSS_SHA384 => {
            Mechanism::Sha384RsaPkcsPss(pss(MechanismType::SHA384, PkcsMgfType::MGF1_SHA384, 48)?)
        }
        SignatureScheme::RSA_PSS_SHA512 => {
            Mechanism::Sha512RsaPkcsPss(pss(MechanismType::SHA512, PkcsMgfType::MGF1_SHA512, 64)?)
        }
        SignatureScheme::RSA_PKCS1_SHA256 => Mechanism::Sha256RsaPkcs,
        SignatureScheme::RSA_PKCS1_SHA384 => Mechanism::Sha384RsaPkcs,
        SignatureScheme::RSA_PKCS1_SHA512 => Mechanism::Sha512RsaPkcs,
        other => return Err(Error::General(format!("{other:?}"))),
    };
    Ok(mechanism)
}

/// A salt as long as the digest, in bytes (RFC 8446, 4.2.3).
fn pss(hash_alg: MechanismType, mgf: PkcsMgfType, salt: usize) -> Result<PkcsPssParams, Error> {
    let s_len = salt.try_into().map_err(|error: cryptoki::error::Error| Error::General(error.to_string()))?;
    Ok(PkcsPssParams { hash_alg, mgf, s_len })
}
