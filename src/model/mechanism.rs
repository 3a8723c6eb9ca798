//! The mechanisms this module offers, as types: what `src/abi` makes of `CK_MECHANISM`.
//! May know PKCS#11 numbers of mechanisms; must not know return codes, pointers or the card.

pub use cns_token::signature::{Hash, PssParameters};
use cryptoki_sys::{
    CK_MECHANISM_TYPE, CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_RSA_X_509, CKM_SHA_1, CKM_SHA1_RSA_PKCS,
    CKM_SHA256, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKM_SHA384_RSA_PKCS,
    CKM_SHA384_RSA_PKCS_PSS, CKM_SHA512, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS,
};

/// The mechanism that is this hash function alone.
pub(super) fn digest_mechanism(hash: Hash) -> CK_MECHANISM_TYPE {
    match hash {
        Hash::Sha1 => CKM_SHA_1,
        Hash::Sha256 => CKM_SHA256,
        Hash::Sha384 => CKM_SHA384,
        Hash::Sha512 => CKM_SHA512,
    }
}

/// One mechanism with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// `CKM_RSA_PKCS`: the caller gives the DigestInfo (or any short message), PKCS#1 v1.5 padding is ours.
    RsaPkcs,
    /// `CKM_RSA_X_509`: raw RSA on a number the caller padded.
    RsaX509,
    /// `CKM_RSA_PKCS_PSS`: the caller gives the digest.
    RsaPss(PssParameters),
    /// `CKM_SHAxxx_RSA_PKCS`: hashed here, PKCS#1 v1.5.
    HashRsaPkcs(Hash),
    /// `CKM_SHAxxx_RSA_PKCS_PSS`: hashed here, PSS.
    HashRsaPss(PssParameters),
}

impl Mechanism {
    /// Its number; `None` for what has none that is offered.
    pub fn number(self) -> Option<CK_MECHANISM_TYPE> {
        Some(match self {
            Mechanism::RsaPkcs => CKM_RSA_PKCS,
            Mechanism::RsaX509 => CKM_RSA_X_509,
            Mechanism::RsaPss(_) => CKM_RSA_PKCS_PSS,
            Mechanism::HashRsaPkcs(Hash::Sha1) => CKM_SHA1_RSA_PKCS,
            Mechanism::HashRsaPkcs(Hash::Sha256) => CKM_SHA256_RSA_PKCS,
            Mechanism::HashRsaPkcs(Hash::Sha384) => CKM_SHA384_RSA_PKCS,
            Mechanism::HashRsaPkcs(Hash::Sha512) => CKM_SHA512_RSA_PKCS,
            Mechanism::HashRsaPss(PssParameters { hash: Hash::Sha256, .. }) => CKM_SHA256_RSA_PKCS_PSS,
            Mechanism::HashRsaPss(PssParameters { hash: Hash::Sha384, .. }) => CKM_SHA384_RSA_PKCS_PSS,
            Mechanism::HashRsaPss(PssParameters { hash: Hash::Sha512, .. }) => CKM_SHA512_RSA_PKCS_PSS,
            Mechanism::HashRsaPss(PssParameters { hash: Hash::Sha1, .. }) => return None,
        })
    }
}

/// What a mechanism can be used for (`CK_MECHANISM_INFO`). Key sizes come from the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MechanismUses {
    /// `C_Sign*` and `C_Verify*`.
    pub sign: bool,
    /// `C_Encrypt*`, and `C_Decrypt*` where the key usage allows it.
    pub encrypt: bool,
    /// `C_Digest*`, in software.
    pub digest: bool,
}

const SIGN: MechanismUses = MechanismUses { sign: true, encrypt: false, digest: false };
const SIGN_AND_ENCRYPT: MechanismUses = MechanismUses { sign: true, encrypt: true, digest: false };
const DIGEST: MechanismUses = MechanismUses { sign: false, encrypt: false, digest: true };

/// Every mechanism offered, in the order of the list that `C_GetMechanismList` gives.
pub const OFFERED: [(CK_MECHANISM_TYPE, MechanismUses); 14] = [
    (CKM_RSA_PKCS, SIGN_AND_ENCRYPT),
    (CKM_RSA_X_509, SIGN_AND_ENCRYPT),
    (CKM_RSA_PKCS_PSS, SIGN),
    (CKM_SHA1_RSA_PKCS, SIGN),
    (CKM_SHA256_RSA_PKCS, SIGN),
    (CKM_SHA384_RSA_PKCS, SIGN),
    (CKM_SHA512_RSA_PKCS, SIGN),
    (CKM_SHA256_RSA_PKCS_PSS, SIGN),
    (CKM_SHA384_RSA_PKCS_PSS, SIGN),
    (CKM_SHA512_RSA_PKCS_PSS, SIGN),
    (CKM_SHA_1, DIGEST),
    (CKM_SHA256, DIGEST),
    (CKM_SHA384, DIGEST),
    (CKM_SHA512, DIGEST),
];

/// A mechanism as `C_GetMechanismInfo` describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MechanismInfo {
    /// The `CKM_` number.
    pub mechanism: CK_MECHANISM_TYPE,
    /// Smallest and largest key of the token in bits; 0 where no key is used.
    pub key_bits: (usize, usize),
    /// Signing on the card, verifying in software.
    pub sign: bool,
    /// Encrypting in software.
    pub encrypt: bool,
    /// Hashing in software.
    pub digest: bool,
    /// Decrypting on the card; never true without `encrypt` (older JDKs drop the mechanism otherwise).
    pub decrypt: bool,
}
