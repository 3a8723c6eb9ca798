//! What a slot says of its mechanisms and what the operations take is the same, on every card (PKCS#11 2.40 and 3.0, 5.5:
//! C_GetMechanismList "is used to obtain a list of mechanism types supported by a token", and C_GetMechanismInfo says for
//! which functions).

use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, CardBuilder, Personality};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};

use crate::common::Stage;
use crate::common::oracle::public_key;
use testkit::pkcs11::{mechanism, pss_mechanism};

/// All that the module offers somewhere, and neighbours that it never does.
const ASKED: [CK_MECHANISM_TYPE; 26] = [
    CKM_RSA_PKCS,
    CKM_RSA_X_509,
    CKM_RSA_PKCS_PSS,
    CKM_RSA_PKCS_OAEP,
    CKM_RSA_9796,
    CKM_RSA_PKCS_KEY_PAIR_GEN,
    CKM_MD5_RSA_PKCS,
    CKM_SHA1_RSA_PKCS,
    CKM_SHA224_RSA_PKCS,
    CKM_SHA256_RSA_PKCS,
    CKM_SHA384_RSA_PKCS,
    CKM_SHA512_RSA_PKCS,
    CKM_SHA1_RSA_PKCS_PSS,
    CKM_SHA224_RSA_PKCS_PSS,
    CKM_SHA256_RSA_PKCS_PSS,
    CKM_SHA384_RSA_PKCS_PSS,
    CKM_SHA512_RSA_PKCS_PSS,
    CKM_MD5,
    CKM_SHA_1,
    CKM_SHA224,
    CKM_SHA256,
    CKM_SHA384,
    CKM_SHA512,
    CKM_SHA256_HMAC,
    CKM_ECDSA,
    CKM_AES_CBC,
];

/// The parameter of a PSS mechanism; every key of 1024 bits and more holds 32 bytes of salt.
fn parameters(kind: CK_MECHANISM_TYPE) -> Option<CK_RSA_PKCS_PSS_PARAMS> {
    let (hash, mgf) = match kind {
        CKM_SHA1_RSA_PKCS_PSS => (CKM_SHA_1, CKG_MGF1_SHA1),
        CKM_SHA224_RSA_PKCS_PSS => (CKM_SHA224, CKG_MGF1_SHA224),
        CKM_RSA_PKCS_PSS | CKM_SHA256_RSA_PKCS_PSS => (CKM_SHA256, CKG_MGF1_SHA256),
        CKM_SHA384_RSA_PKCS_PSS => (CKM_SHA384, CKG_MGF1_SHA384),
        CKM_SHA512_RSA_PKCS_PSS => (CKM_SHA512, CKG_MGF1_SHA512),
        _ => return None,
    };
    Some(CK_RSA_PKCS_PSS_PARAMS { hashAlg: hash, mgf, sLen: 32 })
}

/// Begins each kind of operation with this mechanism, and ends it; what each answered, with its flag.
fn begun(stage: &Stage, kind: CK_MECHANISM_TYPE) -> Vec<(CK_FLAGS, CK_RV)> {
    let session = stage.session();
    // Where a login opens nothing, no PIN is spent on it.
    let wanted = stage.client.token_info(0).expect("a token").flags & CKF_LOGIN_REQUIRED != 0;
    if wanted {
        session.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("login");
    }
    let only = |class: CK_OBJECT_CLASS| {
        session.find(&[(CKA_CLASS, &class.to_ne_bytes())]).expect("a search").first().copied().unwrap_or(0)
    };
    let (private, public) = (only(CKO_PRIVATE_KEY), only(CKO_PUBLIC_KEY));
    assert_eq!((private != 0, public != 0), (wanted, wanted));
    let mut pss = parameters(kind);
    let mut mechanism = || pss.as_mut().map_or(mechanism(kind), |pss| pss_mechanism(kind, pss));
    let (v2, handle) = (stage.client.v2, session.handle);
    let answers = vec![
        (CKF_SIGN, crate::call!(v2, C_SignInit, handle, &mut mechanism(), private)),
        (CKF_VERIFY, crate::call!(v2, C_VerifyInit, handle, &mut mechanism(), public)),
        (CKF_ENCRYPT, crate::call!(v2, C_EncryptInit, handle, &mut mechanism(), public)),
        (CKF_DECRYPT, crate::call!(v2, C_DecryptInit, handle, &mut mechanism(), private)),
        (CKF_DIGEST, crate::call!(v2, C_DigestInit, handle, &mut mechanism())),
    ];
    assert_eq!(crate::call!(stage.client.v3, C_SessionCancel, handle, CK_FLAGS::MAX), CKR_OK);
    answers
}

fn agree(what: &str, stage: &Stage) {
    let list = stage.client.mechanisms(0).expect("a list");
    for kind in ASKED {
        let info = stage.client.mechanism_info(0, kind);
        assert_eq!(info.is_ok(), list.contains(&kind), "{what}: {kind:#x}");
        let flags = info.map_or(0, |info| info.flags);
        for (flag, answer) in begun(stage, kind) {
            let expected = flags & flag != 0;
            assert_eq!(answer == CKR_OK, expected, "{what}: {kind:#x} {flag:#x} {answer:#x}");
        }
    }
    assert!(list.iter().all(|listed| ASKED.contains(listed)), "{list:x?}");
}

fn plain() -> CardBuilder {
    Card::builder(&Personality::st2021())
}

/// The file of the login certificate.
const CERTIFICATE: &[u16] = &[0x1100, 0x1101];
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// The login certificate without its keyUsage extension; nobody looks at the issuer's signature.
fn without_key_usage() -> Vec<u8> {
    let mut certificate = x509_cert::Certificate::from_der(plain().build().certificate_der()).expect("DER");
    let extensions = certificate.tbs_certificate.extensions.as_mut().expect("some");
    extensions.retain(|extension| extension.extn_id != KEY_USAGE);
    certificate.to_der().expect("DER")
}

#[test]
fn what_is_listed_is_what_an_operation_takes() {
    for personality in Personality::all() {
        agree(personality.name(), &Stage::with(personality));
    }
    for bits in [1024, 3072, 4096] {
        agree(&format!("{bits} bits"), &Stage::built(plain().key_bits(bits)));
    }
    for key_encipherment in [false, true] {
        let options = CertificateOptions { key_encipherment, ..CertificateOptions::PLAIN };
        agree(&format!("keyEncipherment {key_encipherment}"), &Stage::built(plain().certificate(options)));
    }
    agree("no keyUsage", &Stage::built(plain().file(CERTIFICATE, &without_key_usage())));
}

/// Nor does a token that lists nothing hash.
#[test]
fn a_card_without_a_key_offers_nothing_and_takes_nothing() {
    let stage = Stage::built(plain().file(CERTIFICATE, &[0; 2048]));
    assert_eq!(stage.client.mechanisms(0), Ok(vec![]));
    agree("no key", &stage);
    assert!(begun(&stage, CKM_SHA256).contains(&(CKF_DIGEST, CKR_MECHANISM_INVALID)));
    assert_eq!(stage.card().verify_count(), 0, "and no PIN is asked for");
}

/// RFC 5280 4.2.1.3: "This extension MAY, at the option of the certificate issuer, be either critical or non-critical" and
/// restricts the key when it is there; without it nothing is restricted.
#[test]
fn a_certificate_without_key_usage_restricts_nothing() {
    let der = without_key_usage();
    let stage = Stage::built(plain().file(CERTIFICATE, &der));
    let session = stage.logged_in();
    let private = session.object(CKO_PRIVATE_KEY);
    assert_eq!(session.attribute(private, CKA_DECRYPT), Ok(vec![CK_TRUE]));
    assert_eq!(session.attribute(private, CKA_SIGN), Ok(vec![CK_TRUE]));
    assert_ne!(stage.client.mechanism_info(0, CKM_RSA_PKCS).expect("listed").flags & CKF_DECRYPT, 0);
    let secret = b"a session key";
    let cryptogram = public_key(&der)
        .encrypt(&mut rand_chacha::rand_core::OsRng, rsa::Pkcs1v15Encrypt, secret)
        .expect("encrypted");
    let v2 = stage.client.v2;
    let begun = crate::call!(v2, C_DecryptInit, session.handle, &mut mechanism(CKM_RSA_PKCS), private);
    assert_eq!(begun, CKR_OK);
    let (mut plain, mut length) = ([0; 256], 256);
    let (data, data_length) = (cryptogram.as_ptr().cast_mut(), cryptogram.len() as CK_ULONG);
    let out = plain.as_mut_ptr();
    assert_eq!(crate::call!(v2, C_Decrypt, session.handle, data, data_length, out, &mut length), CKR_OK);
    assert_eq!(&plain[..length as usize], secret);
}
