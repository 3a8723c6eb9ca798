//! The public key of a certificate: whether a signature fits it, found out by other code than the module's.

use cns_token::certificate::with_x509;
use rsa::sha2::{Digest as _, Sha256, Sha384, Sha512};
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use rustls::SignatureScheme;
use x509_parser::public_key::PublicKey as Parsed;

/// An RSA key, also one of 1024 bits.
#[derive(Debug, Clone)]
pub(crate) struct PublicKey(RsaPublicKey);

impl PublicKey {
    /// `None` where the certificate cannot be read, or its key is none that a card signs with.
    pub(crate) fn of(certificate: &[u8]) -> Option<Self> {
        let (modulus, exponent) = with_x509(certificate, |parsed| match parsed.public_key().parsed() {
            Ok(Parsed::RSA(key)) => {
                Some((BigUint::from_bytes_be(key.modulus), BigUint::from_bytes_be(key.exponent)))
            }
            _ => None,
        })??;
        RsaPublicKey::new(modulus, exponent).ok().map(Self)
    }

    /// Whether it is a signature with PKCS#1 v1.5 over this SHA-256 digest (RFC 8017, 8.2.2).
    pub(crate) fn fits_digest(&self, digest: &[u8], signature: &[u8]) -> bool {
        self.0.verify(Pkcs1v15Sign::new::<Sha256>(), digest, signature).is_ok()
    }

    /// Whether it is a signature over a message (RFC 8017, 8.1.2 and 8.2.2; the salt is as long as the digest).
    pub(crate) fn fits(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let key = &self.0;
        let (sha256, sha384, sha512) = (
            || Sha256::digest(message).to_vec(),
            || Sha384::digest(message).to_vec(),
            || Sha512::digest(message).to_vec(),
        );
        let checked = match scheme {
            SignatureScheme::RSA_PKCS1_SHA256 => {
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &sha256(), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA384 => {
                key.verify(Pkcs1v15Sign::new::<Sha384>(), &sha384(), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA512 => {
                key.verify(Pkcs1v15Sign::new::<Sha512>(), &sha512(), signature)
            }
            SignatureScheme::RSA_PSS_SHA256 => key.verify(Pss::new::<Sha256>(), &sha256(), signature),
            SignatureScheme::RSA_PSS_SHA384 => key.verify(Pss::new::<Sha384>(), &sha384(), signature),
            SignatureScheme::RSA_PSS_SHA512 => key.verify(Pss::new::<Sha512>(), &sha512(), signature),
            _ => return false,
        };
        checked.is_ok()
    }
}
