//! Signing and the rest of cryptography (PKCS#11 3.0 sections 5.11 to 5.14), judged by another library.

use std::ptr;

use cryptoki_sys::*;
use rsa::rand_core::OsRng;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use crate::common::oracle::{Hash, pkcs1_is_good, pss_is_good, public_key};
use crate::common::{SessionGuard, Stage, on_each_card};
use testkit::pkcs11::{mechanism, pss_mechanism};

const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

const HASHES: [(Hash, CK_MECHANISM_TYPE, CK_MECHANISM_TYPE, CK_MECHANISM_TYPE, CK_RSA_PKCS_MGF_TYPE); 4] = [
    (Hash::Sha1, CKM_SHA1_RSA_PKCS, CKM_SHA1_RSA_PKCS_PSS, CKM_SHA_1, CKG_MGF1_SHA1),
    (Hash::Sha256, CKM_SHA256_RSA_PKCS, CKM_SHA256_RSA_PKCS_PSS, CKM_SHA256, CKG_MGF1_SHA256),
    (Hash::Sha384, CKM_SHA384_RSA_PKCS, CKM_SHA384_RSA_PKCS_PSS, CKM_SHA384, CKG_MGF1_SHA384),
    (Hash::Sha512, CKM_SHA512_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_SHA512, CKG_MGF1_SHA512),
];

fn parameters(
    hash: Hash,
    hash_mechanism: CK_MECHANISM_TYPE,
    mgf: CK_RSA_PKCS_MGF_TYPE,
) -> CK_RSA_PKCS_PSS_PARAMS {
    CK_RSA_PKCS_PSS_PARAMS { hashAlg: hash_mechanism, mgf, sLen: hash.digest(b"").len() as CK_ULONG }
}

fn sign_in_parts(
    session: &SessionGuard<'_>,
    mut mechanism: CK_MECHANISM,
    message: &[u8],
) -> Result<Vec<u8>, CK_RV> {
    let key = session.object(CKO_PRIVATE_KEY);
    session.sign_init(&mut mechanism, key)?;
    let v2 = session.client.v2;
    for part in message.chunks(7) {
        let (part, length) = (part.as_ptr().cast_mut(), part.len() as CK_ULONG);
        testkit::pkcs11::checked(crate::call!(v2, C_SignUpdate, session.handle, part, length))?;
    }
    let mut signature = vec![0; 512];
    let mut length = 512;
    let rv = crate::call!(v2, C_SignFinal, session.handle, signature.as_mut_ptr(), &mut length);
    testkit::pkcs11::checked(rv)?;
    signature.truncate(length as usize);
    Ok(signature)
}

#[test]
fn every_mechanism_on_every_card_convinces_another_library() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        let der = stage.card().certificate_der().to_vec();
        let small = stage.card().personality().key_bits() == 1024;
        for (hash, pkcs1, pss, hash_mechanism, mgf) in HASHES {
            let signature = session.sign(mechanism(pkcs1), MESSAGE).expect("a signature");
            assert!(pkcs1_is_good(&der, hash, MESSAGE, &signature), "{hash:?} PKCS#1");
            let signature = sign_in_parts(&session, mechanism(pkcs1), MESSAGE).expect("a signature");
            assert!(pkcs1_is_good(&der, hash, MESSAGE, &signature), "{hash:?} PKCS#1 in parts");

            let mut given = parameters(hash, hash_mechanism, mgf);
            let signed = session.sign(pss_mechanism(CKM_RSA_PKCS_PSS, &mut given), &hash.digest(MESSAGE));
            if small && hash == Hash::Sha512 {
                assert_eq!(signed, Err(CKR_KEY_SIZE_RANGE), "130 bytes do not fit into 128");
                continue;
            }
            assert!(pss_is_good(&der, hash, MESSAGE, &signed.expect("a signature")), "{hash:?} PSS");
            if hash != Hash::Sha1 {
                let signature =
                    sign_in_parts(&session, pss_mechanism(pss, &mut given), MESSAGE).expect("signed");
                assert!(pss_is_good(&der, hash, MESSAGE, &signature), "{hash:?} PSS in parts");
            }
        }
        let info =
            [&hex_literal::hex!("3031300d060960864801650304020105000420")[..], &Hash::Sha256.digest(MESSAGE)];
        let signature = session.sign(mechanism(CKM_RSA_PKCS), &info.concat()).expect("a signature");
        assert!(pkcs1_is_good(&der, Hash::Sha256, MESSAGE, &signature), "raw PKCS#1, as browsers use it");
    });
}

#[test]
fn raw_rsa_takes_numbers_below_the_modulus_only() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let key = public_key(stage.card().certificate_der());
    let mut block = vec![0xFF; 255];
    block.insert(0, 0);
    let signature = session.sign(mechanism(CKM_RSA_X_509), &block).expect("a signature");
    let opened = rsa::hazmat::rsa_encrypt(&key, &rsa::BigUint::from_bytes_be(&signature)).expect("in range");
    assert_eq!(opened, rsa::BigUint::from_bytes_be(&block));
    stage.forget();
    assert_eq!(session.sign(mechanism(CKM_RSA_X_509), &[0xFF; 256]), Err(CKR_DATA_INVALID));
    assert_eq!(session.sign(mechanism(CKM_RSA_X_509), &[1; 257]), Err(CKR_DATA_LEN_RANGE));
    assert_eq!(session.sign(mechanism(CKM_RSA_PKCS), &[1; 246]), Err(CKR_DATA_LEN_RANGE));
    assert_eq!(stage.commands(), Vec::<String>::new(), "no command for what cannot be signed");
}

#[test]
fn a_length_query_and_a_short_buffer_leave_the_operation_and_the_card_alone() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
    stage.forget();
    let (data, data_length) = (MESSAGE.as_ptr().cast_mut(), MESSAGE.len() as CK_ULONG);
    let mut length = 0;
    let v2 = stage.client.v2;
    let rv = crate::call!(v2, C_Sign, session.handle, data, data_length, ptr::null_mut(), &mut length);
    assert_eq!((rv, length), (CKR_OK, 256));
    let mut short = [0; 255];
    let mut length = 255;
    let rv = crate::call!(v2, C_Sign, session.handle, data, data_length, short.as_mut_ptr(), &mut length);
    assert_eq!((rv, length), (CKR_BUFFER_TOO_SMALL, 256));
    assert_eq!(stage.commands(), Vec::<String>::new());
    let signature = session.sign_once(MESSAGE).expect("still active");
    assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
    assert_eq!(session.sign_once(MESSAGE), Err(CKR_OPERATION_NOT_INITIALIZED), "over after a signature");
}

#[test]
fn wrong_parameters_are_refused_before_the_card_is_asked() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    stage.forget();
    let mut wrong_mgf = parameters(Hash::Sha256, CKM_SHA256, 0x99);
    let mut wrong_hash = parameters(Hash::Sha256, CKM_MD5, CKG_MGF1_SHA256);
    let mut other_hash = parameters(Hash::Sha384, CKM_SHA384, CKG_MGF1_SHA384);
    for (mechanism, rv) in [
        (&mut pss_mechanism(CKM_RSA_PKCS_PSS, &mut wrong_mgf), CKR_MECHANISM_PARAM_INVALID),
        (&mut pss_mechanism(CKM_RSA_PKCS_PSS, &mut wrong_hash), CKR_MECHANISM_PARAM_INVALID),
        (&mut pss_mechanism(CKM_SHA256_RSA_PKCS_PSS, &mut other_hash), CKR_MECHANISM_PARAM_INVALID),
        (&mut mechanism(CKM_RSA_PKCS_PSS), CKR_MECHANISM_PARAM_INVALID),
        (&mut mechanism(CKM_ECDSA), CKR_MECHANISM_INVALID),
    ] {
        assert_eq!(session.sign_init(mechanism, key), Err(rv), "{:#x}", { mechanism.mechanism });
    }
    let public = session.object(CKO_PUBLIC_KEY);
    assert_eq!(session.sign_init(&mut mechanism(CKM_RSA_PKCS), public), Err(CKR_KEY_TYPE_INCONSISTENT));
    assert_eq!(session.sign_init(&mut mechanism(CKM_RSA_PKCS), 4711), Err(CKR_KEY_HANDLE_INVALID));
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn verifying_is_done_in_software() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let mut signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).expect("a signature");
    stage.forget();
    let key = session.object(CKO_PUBLIC_KEY);
    let verify = |signature: &[u8]| {
        let v2 = stage.client.v2;
        let begun = crate::call!(v2, C_VerifyInit, session.handle, &mut mechanism(CKM_SHA256_RSA_PKCS), key);
        assert_eq!(begun, CKR_OK);
        let (data, data_length) = (MESSAGE.as_ptr().cast_mut(), MESSAGE.len() as CK_ULONG);
        let (signature, length) = (signature.as_ptr().cast_mut(), signature.len() as CK_ULONG);
        crate::call!(v2, C_Verify, session.handle, data, data_length, signature, length)
    };
    assert_eq!(verify(&signature), CKR_OK);
    signature[200] ^= 1;
    assert_eq!(verify(&signature), CKR_SIGNATURE_INVALID);
    assert_eq!(verify(&signature[1..]), CKR_SIGNATURE_LEN_RANGE);
    assert_eq!(stage.commands(), Vec::<String>::new());
}

#[test]
fn decryption_follows_the_key_usage_of_the_certificate() {
    let built = |key_encipherment| {
        let options = CertificateOptions { key_encipherment, ..CertificateOptions::default() };
        Stage::built(Card::builder(&Personality::st2021()).certificate(options))
    };
    let secret = b"a session key of 48 bytes, as TLS 1.2 would wrap";
    let stage = built(true);
    let session = stage.logged_in();
    let key = public_key(stage.card().certificate_der());
    let mut cryptogram = key.encrypt(&mut OsRng, rsa::Pkcs1v15Encrypt, secret).expect("encrypted");
    let v2 = stage.client.v2;
    let private = session.object(CKO_PRIVATE_KEY);
    let decrypt = |cryptogram: &mut Vec<u8>| {
        let rv = crate::call!(v2, C_DecryptInit, session.handle, &mut mechanism(CKM_RSA_PKCS), private);
        assert_eq!(rv, CKR_OK);
        let (mut plain, mut length) = ([0; 256], 256);
        let (data, data_length) = (cryptogram.as_mut_ptr(), cryptogram.len() as CK_ULONG);
        let rv =
            crate::call!(v2, C_Decrypt, session.handle, data, data_length, plain.as_mut_ptr(), &mut length);
        (rv, plain[..length as usize].to_vec())
    };
    assert_eq!(decrypt(&mut cryptogram), (CKR_OK, secret.to_vec()));
    // A wrong padding is not told: a message all the same, the same each time, for as many commands to the card.
    stage.forget();
    cryptogram[100] ^= 1;
    let made_up = decrypt(&mut cryptogram);
    let commands = stage.commands();
    stage.forget();
    assert_eq!(decrypt(&mut cryptogram), made_up);
    assert_eq!((made_up.0, stage.commands()), (CKR_OK, commands));
    assert!(made_up.1.len() <= 245 && made_up.1 != secret, "{made_up:?}");
    assert_eq!(decrypt(&mut vec![0xFF; 256]).0, CKR_ENCRYPTED_DATA_INVALID, "not below the modulus");
    assert_eq!(decrypt(&mut vec![1; 255]).0, CKR_ENCRYPTED_DATA_LEN_RANGE);
    drop(session);
    drop(stage);

    let stage = built(false);
    let session = stage.logged_in();
    let private = session.object(CKO_PRIVATE_KEY);
    let rv =
        crate::call!(stage.client.v2, C_DecryptInit, session.handle, &mut mechanism(CKM_RSA_PKCS), private);
    assert_eq!(rv, CKR_KEY_FUNCTION_NOT_PERMITTED);
    assert_eq!(stage.client.mechanism_info(0, CKM_RSA_PKCS).expect("listed").flags & CKF_DECRYPT, 0);
    assert_eq!(session.attribute(private, CKA_DECRYPT), Ok(vec![CK_FALSE]));
}

#[test]
fn larger_keys_sign_too() {
    for bits in [3072, 4096] {
        let stage = Stage::built(Card::builder(&Personality::st2021()).key_bits(bits));
        let session = stage.logged_in();
        let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).expect("a signature");
        assert_eq!(signature.len(), bits / 8);
        assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
    }
}

#[test]
fn a_signature_that_the_public_key_does_not_confirm_is_thrown_away() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    stage.card().faults().set_hook(Box::new(|command, _| {
        (command[..4] == [0x00, 0x2A, 0x80, 0x86]).then(|| [&[0x42; 256][..], &[0x90, 0x00]].concat())
    }));
    assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE), Err(CKR_DEVICE_ERROR));
    stage.card().faults().clear();
    assert!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).is_ok(), "and the next one works");
}

#[test]
fn one_wrong_answer_costs_another_question_not_the_handshake() {
    let stage = Stage::with(&Personality::cardos());
    let session = stage.logged_in();
    let mut wrong = Some([&[0x42; 128][..], &[0x90, 0x00]].concat());
    stage.card().faults().set_hook(Box::new(move |command, _| {
        if command[..4] == [0x00, 0x2A, 0x80, 0x86] { wrong.take() } else { None }
    }));
    let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).expect("a signature");
    assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature));
    assert_eq!(stage.card().verify_count(), 1);
}

/// Java signs RSASSA-PSS only with tokens that offer the hash by itself.
#[test]
fn digests_are_made_in_software() {
    let stage = Stage::with(&Personality::cardos());
    let session = stage.session();
    stage.forget();
    let v2 = stage.client.v2;
    for (hash, _, _, hash_mechanism, _) in HASHES {
        let info = stage.client.mechanism_info(0, hash_mechanism).expect("listed");
        assert_eq!((info.flags, info.ulMinKeySize, info.ulMaxKeySize), (CKF_DIGEST, 0, 0));
        let expected = hash.digest(MESSAGE);
        let (data, data_length) = (MESSAGE.as_ptr().cast_mut(), MESSAGE.len() as CK_ULONG);
        for in_parts in [false, true] {
            let begun = crate::call!(v2, C_DigestInit, session.handle, &mut mechanism(hash_mechanism));
            assert_eq!(begun, CKR_OK);
            let (mut digest, mut length) = ([0; 64], 0);
            let rv = if in_parts {
                for part in MESSAGE.chunks(5) {
                    let (part, length) = (part.as_ptr().cast_mut(), part.len() as CK_ULONG);
                    assert_eq!(crate::call!(v2, C_DigestUpdate, session.handle, part, length), CKR_OK);
                }
                let query = crate::call!(v2, C_DigestFinal, session.handle, ptr::null_mut(), &mut length);
                assert_eq!((query, length as usize), (CKR_OK, expected.len()));
                crate::call!(v2, C_DigestFinal, session.handle, digest.as_mut_ptr(), &mut length)
            } else {
                length = 64;
                crate::call!(
                    v2,
                    C_Digest,
                    session.handle,
                    data,
                    data_length,
                    digest.as_mut_ptr(),
                    &mut length
                )
            };
            assert_eq!(rv, CKR_OK);
            assert_eq!(digest[..length as usize], expected);
        }
    }
    assert_eq!(stage.commands(), Vec::<String>::new());
}
