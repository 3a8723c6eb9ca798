//! `CK_MECHANISM` becomes `Mechanism`: unknown numbers and senseless parameters end here, without a card.

use std::mem::size_of;

use cryptoki_sys::*;

use super::Result;
use super::pointers::Pointer;
use crate::model::ModelError;
use crate::model::mechanism::{Hash, Mechanism, PssParameters};

/// The mechanism and its parameter (PKCS#11 2.40 mechanisms 2.1.6 to 2.1.12). NULL is `ArgumentsBad`.
pub(super) fn parse(mechanism: Pointer<CK_MECHANISM>) -> Result<Mechanism> {
    let mechanism = mechanism.read()?;
    let without_parameter = |parsed| no_parameter(&mechanism).map(|()| parsed);
    match mechanism.mechanism {
        CKM_RSA_PKCS => without_parameter(Mechanism::RsaPkcs),
        CKM_RSA_X_509 => without_parameter(Mechanism::RsaX509),
        CKM_SHA1_RSA_PKCS => without_parameter(Mechanism::HashRsaPkcs(Hash::Sha1)),
        CKM_SHA256_RSA_PKCS => without_parameter(Mechanism::HashRsaPkcs(Hash::Sha256)),
        CKM_SHA384_RSA_PKCS => without_parameter(Mechanism::HashRsaPkcs(Hash::Sha384)),
        CKM_SHA512_RSA_PKCS => without_parameter(Mechanism::HashRsaPkcs(Hash::Sha512)),
        CKM_RSA_PKCS_PSS => pss_parameters(&mechanism).map(Mechanism::RsaPss),
        CKM_SHA256_RSA_PKCS_PSS => pss_of(&mechanism, Hash::Sha256).map(Mechanism::HashRsaPss),
        CKM_SHA384_RSA_PKCS_PSS => pss_of(&mechanism, Hash::Sha384).map(Mechanism::HashRsaPss),
        CKM_SHA512_RSA_PKCS_PSS => pss_of(&mechanism, Hash::Sha512).map(Mechanism::HashRsaPss),
        _ => Err(ModelError::MechanismInvalid.into()),
    }
}

/// A hash function by itself (PKCS#11 2.40 mechanisms 2.20 and following).
pub(super) fn parse_digest(mechanism: Pointer<CK_MECHANISM>) -> Result<Hash> {
    let mechanism = mechanism.read()?;
    let parsed = hash(mechanism.mechanism).map_err(|_| ModelError::MechanismInvalid)?;
    no_parameter(&mechanism).map(|()| parsed)
}

/// More than this no key of this module can hold: 4096 bits without the two bytes of PSS and the shortest hash.
const LONGEST_SALT: usize = 4096 / 8 - 2 - 20;

/// A parameter pointer without a length is tolerated (clients leave garbage there), a length is not.
fn no_parameter(mechanism: &CK_MECHANISM) -> Result<()> {
    let length = mechanism.ulParameterLen;
    if length == 0 { Ok(()) } else { Err(ModelError::MechanismParamInvalid.into()) }
}

/// `CK_RSA_PKCS_PSS_PARAMS` of exactly its length, with functions we know. The hash inside MGF1 may be another one
/// than the message's: RFC 8017 8.1 allows it.
fn pss_parameters(mechanism: &CK_MECHANISM) -> Result<PssParameters> {
    if usize::try_from(mechanism.ulParameterLen) != Ok(size_of::<CK_RSA_PKCS_PSS_PARAMS>()) {
        return Err(ModelError::MechanismParamInvalid.into());
    }
    // SAFETY: the caller gives a parameter of the length of the structure that this mechanism has, or NULL.
    let parameters = unsafe { Pointer::new(mechanism.pParameter.cast::<CK_RSA_PKCS_PSS_PARAMS>()) };
    let parameters = parameters.read().map_err(|_| ModelError::MechanismParamInvalid)?;
    let salt_length = usize::try_from(parameters.sLen).map_err(|_| ModelError::MechanismParamInvalid)?;
    if salt_length > LONGEST_SALT {
        return Err(ModelError::MechanismParamInvalid.into());
    }
    Ok(PssParameters { hash: hash(parameters.hashAlg)?, mgf: mgf_hash(parameters.mgf)?, salt_length })
}

/// For the mechanisms that hash themselves, the parameter must name the same hash.
fn pss_of(mechanism: &CK_MECHANISM, hash: Hash) -> Result<PssParameters> {
    let parameters = pss_parameters(mechanism)?;
    if parameters.hash == hash { Ok(parameters) } else { Err(ModelError::MechanismParamInvalid.into()) }
}

fn hash(mechanism: CK_MECHANISM_TYPE) -> Result<Hash> {
    match mechanism {
        CKM_SHA_1 => Ok(Hash::Sha1),
        CKM_SHA256 => Ok(Hash::Sha256),
        CKM_SHA384 => Ok(Hash::Sha384),
        CKM_SHA512 => Ok(Hash::Sha512),
        _ => Err(ModelError::MechanismParamInvalid.into()),
    }
}

fn mgf_hash(function: CK_RSA_PKCS_MGF_TYPE) -> Result<Hash> {
    match function {
        CKG_MGF1_SHA1 => Ok(Hash::Sha1),
        CKG_MGF1_SHA256 => Ok(Hash::Sha256),
        CKG_MGF1_SHA384 => Ok(Hash::Sha384),
        CKG_MGF1_SHA512 => Ok(Hash::Sha512),
        _ => Err(ModelError::MechanismParamInvalid.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_void;
    use std::ptr::null_mut;

    use super::super::rv::ReturnValue;
    use super::*;

    fn parsed(
        kind: CK_MECHANISM_TYPE,
        parameter: *mut c_void,
        length: usize,
    ) -> std::result::Result<Mechanism, &'static str> {
        let mut mechanism = CK_MECHANISM {
            mechanism: kind,
            pParameter: parameter,
            ulParameterLen: CK_ULONG::try_from(length).unwrap(),
        };
        // SAFETY: a live value, whose parameter is NULL or a live value of this length.
        let mechanism = unsafe { Pointer::new(&raw mut mechanism) };
        parse(mechanism).map_err(|error| ReturnValue::of(&Err(error)).name)
    }

    fn pss(
        kind: CK_MECHANISM_TYPE,
        hash: CK_ULONG,
        mgf: CK_ULONG,
        salt: CK_ULONG,
    ) -> std::result::Result<Mechanism, &'static str> {
        let mut parameters = CK_RSA_PKCS_PSS_PARAMS { hashAlg: hash, mgf, sLen: salt };
        parsed(kind, (&raw mut parameters).cast(), size_of::<CK_RSA_PKCS_PSS_PARAMS>())
    }

    const PARAM_INVALID: std::result::Result<Mechanism, &str> = Err("CKR_MECHANISM_PARAM_INVALID");

    #[test]
    fn simple_mechanisms_have_no_parameter() {
        assert_eq!(parsed(CKM_RSA_PKCS, null_mut(), 0), Ok(Mechanism::RsaPkcs));
        assert_eq!(parsed(CKM_RSA_X_509, null_mut(), 0), Ok(Mechanism::RsaX509));
        assert_eq!(parsed(CKM_SHA1_RSA_PKCS, null_mut(), 0), Ok(Mechanism::HashRsaPkcs(Hash::Sha1)));
        assert_eq!(parsed(CKM_SHA512_RSA_PKCS, null_mut(), 0), Ok(Mechanism::HashRsaPkcs(Hash::Sha512)));
        let mut junk = 0_u8;
        assert_eq!(parsed(CKM_RSA_PKCS, (&raw mut junk).cast(), 0), Ok(Mechanism::RsaPkcs));
        assert_eq!(parsed(CKM_RSA_PKCS, (&raw mut junk).cast(), 1), PARAM_INVALID);
        assert_eq!(parsed(CKM_SHA256_RSA_PKCS, null_mut(), 8), PARAM_INVALID);
    }

    /// The numbers of PKCS#11 2.40 mechanisms, table 2 and appendix B, as they stand there.
    #[test]
    fn each_number_of_the_standard_is_its_mechanism() {
        for (number, hash) in
            [(0x06, Hash::Sha1), (0x40, Hash::Sha256), (0x41, Hash::Sha384), (0x42, Hash::Sha512)]
        {
            assert_eq!(parsed(number, null_mut(), 0), Ok(Mechanism::HashRsaPkcs(hash)));
        }
        let functions = [
            (0x220, 1, Hash::Sha1),
            (0x250, 2, Hash::Sha256),
            (0x260, 3, Hash::Sha384),
            (0x270, 4, Hash::Sha512),
        ];
        for (number, generator, hash) in functions {
            let parameters = PssParameters { hash, mgf: hash, salt_length: 20 };
            assert_eq!(pss(0x0D, number, generator, 20), Ok(Mechanism::RsaPss(parameters)));
            let mut alone = CK_MECHANISM { mechanism: number, pParameter: null_mut(), ulParameterLen: 0 };
            // SAFETY: a live value without a parameter.
            let alone = unsafe { Pointer::new(&raw mut alone) };
            assert_eq!(parse_digest(alone).unwrap(), hash);
        }
        for (whole, (number, generator, hash)) in
            [0x43, 0x44, 0x45].into_iter().zip(functions.into_iter().skip(1))
        {
            let parameters = PssParameters { hash, mgf: hash, salt_length: 20 };
            assert_eq!(pss(whole, number, generator, 20), Ok(Mechanism::HashRsaPss(parameters)));
        }
    }

    /// RFC 8017 9.1.1, step 3: emLen >= hLen + sLen + 2, with the longest key (512 bytes) and the shortest hash (20).
    #[test]
    fn the_longest_salt_that_any_key_holds_is_taken() {
        let parameters = PssParameters { hash: Hash::Sha1, mgf: Hash::Sha1, salt_length: 490 };
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA_1, CKG_MGF1_SHA1, 490), Ok(Mechanism::RsaPss(parameters)));
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA_1, CKG_MGF1_SHA1, 491), PARAM_INVALID);
    }

    #[test]
    fn pss_takes_what_browsers_send() {
        let parameters = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_length: 32 };
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32), Ok(Mechanism::RsaPss(parameters)));
        assert_eq!(
            pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 32),
            Ok(Mechanism::HashRsaPss(parameters))
        );
        let mixed = PssParameters { hash: Hash::Sha384, mgf: Hash::Sha1, salt_length: 0 };
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA1, 0), Ok(Mechanism::RsaPss(mixed)));
    }

    #[test]
    fn senseless_pss_parameters_are_refused() {
        assert_eq!(parsed(CKM_RSA_PKCS_PSS, null_mut(), 0), PARAM_INVALID);
        assert_eq!(parsed(CKM_RSA_PKCS_PSS, null_mut(), 24), PARAM_INVALID);
        let mut short = CK_RSA_PKCS_PSS_PARAMS { hashAlg: CKM_SHA256, mgf: CKG_MGF1_SHA256, sLen: 32 };
        assert_eq!(parsed(CKM_RSA_PKCS_PSS, (&raw mut short).cast(), 16), PARAM_INVALID);
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_MD5, CKG_MGF1_SHA256, 32), PARAM_INVALID);
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA224, 32), PARAM_INVALID);
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA256, 0, 32), PARAM_INVALID);
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, CK_ULONG::MAX), PARAM_INVALID);
        assert_eq!(pss(CKM_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256, 491), PARAM_INVALID);
        assert_eq!(pss(CKM_SHA256_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384, 48), PARAM_INVALID);
    }

    #[test]
    fn an_unknown_mechanism_differs_from_a_bad_parameter() {
        assert_eq!(parsed(CKM_ECDSA, null_mut(), 0), Err("CKR_MECHANISM_INVALID"));
        assert_eq!(parsed(CKM_SHA1_RSA_PKCS_PSS, null_mut(), 0), Err("CKR_MECHANISM_INVALID"));
        assert_eq!(parsed(CK_ULONG::MAX, null_mut(), 9), Err("CKR_MECHANISM_INVALID"));
    }

    #[test]
    fn a_missing_mechanism_is_a_bad_argument() {
        // SAFETY: NULL is allowed.
        let missing = unsafe { Pointer::new(null_mut()) };
        assert_eq!(ReturnValue::of(&parse(missing).map(drop)).name, "CKR_ARGUMENTS_BAD");
    }
}
