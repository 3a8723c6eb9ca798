//! Signatures judged by another implementation of RSA and X.509 than the module's.

use oracle_sha1::Sha1;
use oracle_sha2::{Digest, Sha256, Sha384, Sha512};
use rsa::{Pkcs1v15Sign, Pss, RsaPublicKey};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

/// The hash functions of the module's mechanisms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => Sha1::digest(message).to_vec(),
            Hash::Sha256 => Sha256::digest(message).to_vec(),
            Hash::Sha384 => Sha384::digest(message).to_vec(),
            Hash::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    fn pkcs1(self) -> Pkcs1v15Sign {
        match self {
            Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
            Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }

    fn pss(self, salt: usize) -> Pss {
        match self {
            Hash::Sha1 => Pss::new_with_salt::<Sha1>(salt),
            Hash::Sha256 => Pss::new_with_salt::<Sha256>(salt),
            Hash::Sha384 => Pss::new_with_salt::<Sha384>(salt),
            Hash::Sha512 => Pss::new_with_salt::<Sha512>(salt),
        }
    }
}

pub fn certificate(der: &[u8]) -> Certificate {
    Certificate::from_der(der).expect("a certificate")
}

pub fn public_key(der: &[u8]) -> RsaPublicKey {
    let info = certificate(der).tbs_certificate.subject_public_key_info.to_der().expect("DER");
    rsa::pkcs8::DecodePublicKey::from_public_key_der(&info).expect("an RSA key")
}

pub fn pkcs1_is_good(certificate: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    public_key(certificate).verify(hash.pkcs1(), &hash.digest(message), signature).is_ok()
}

pub fn pss_is_good(certificate: &[u8], hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let salt = hash.digest(b"").len();
    public_key(certificate).verify(hash.pss(salt), &hash.digest(message), signature).is_ok()
}
