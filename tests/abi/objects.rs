//! Objects and searches (PKCS#11 3.0 sections 4 and 5.7).

use cryptoki_sys::*;

use crate::common::oracle::{certificate, public_key};
use crate::common::{Stage, on_each_card};
use oracle_sha1::{Digest, Sha1};
use rsa::traits::PublicKeyParts as _;
use testkit::pkcs11::mechanism;
use virtual_cns::faults::When;
use virtual_cns::{Effect, Fault, Personality};
use x509_cert::der::Encode;

#[test]
fn before_login_the_profile_the_certificate_and_its_public_key_are_seen() {
    on_each_card(|stage| {
        let session = stage.session();
        assert_eq!(session.find(&[]).expect("a search").len(), 6, "with the card's number and personal data");
        let public_certificates = CKP_PUBLIC_CERTIFICATES_TOKEN.to_ne_bytes();
        assert_eq!(session.find(&[(CKA_PROFILE_ID, &public_certificates)]).expect("a search").len(), 1);
        let expected = stage.card().certificate_der().to_vec();
        let found = session.object(CKO_CERTIFICATE);
        assert_eq!(session.attribute(found, CKA_VALUE).expect("a value"), expected);
        session.object(CKO_PUBLIC_KEY);
        assert_eq!(session.find(&[(CKA_CLASS, &CKO_PRIVATE_KEY.to_ne_bytes())]), Ok(vec![]));
    });
}

#[test]
fn one_id_links_the_objects_and_the_tax_code_names_them() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        let tax_code = stage.card().holder().tax_code.to_owned();
        let der = stage.card().certificate_der().to_vec();
        let private = session.object(CKO_PRIVATE_KEY);
        let modulus = session.attribute(private, CKA_MODULUS).expect("a modulus");
        let id = Sha1::digest(&modulus).to_vec();
        for class in [CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY] {
            let object = session.object(class);
            assert_eq!(session.attribute(object, CKA_ID), Ok(id.clone()));
            assert_eq!(session.attribute(object, CKA_LABEL), Ok(tax_code.clone().into_bytes()));
            assert_eq!(session.find(&[(CKA_ID, &id), (CKA_CLASS, &class.to_ne_bytes())]), Ok(vec![object]));
        }
        assert_eq!(session.find(&[(CKA_VALUE, &der)]).expect("a search").len(), 1);
    });
}

/// Big-endian and without leading zeros (PKCS#11 3.0, 2.1.2), as another implementation takes them out of the certificate.
#[test]
fn the_public_key_is_the_certificates() {
    on_each_card(|stage| {
        let expected = public_key(stage.card().certificate_der());
        let session = stage.session();
        let object = session.object(CKO_PUBLIC_KEY);
        assert_eq!(session.attribute(object, CKA_MODULUS), Ok(expected.n().to_bytes_be()));
        assert_eq!(session.attribute(object, CKA_PUBLIC_EXPONENT), Ok(expected.e().to_bytes_be()));
        let bits = CK_ULONG::try_from(expected.n().bits()).expect("few");
        assert_eq!(session.attribute(object, CKA_MODULUS_BITS), Ok(bits.to_ne_bytes().to_vec()));
    });
}

#[test]
fn names_and_serial_number_are_cut_as_issued() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let found = session.object(CKO_CERTIFICATE);
    let parsed = certificate(stage.card().certificate_der()).tbs_certificate;
    for (kind, expected) in [
        (CKA_SUBJECT, parsed.subject.to_der()),
        (CKA_ISSUER, parsed.issuer.to_der()),
        (CKA_SERIAL_NUMBER, parsed.serial_number.to_der()),
        (CKA_PUBLIC_KEY_INFO, parsed.subject_public_key_info.to_der()),
    ] {
        assert_eq!(session.attribute(found, kind), Ok(expected.expect("DER")), "{kind:#x}");
    }
}

#[test]
fn secrets_are_sensitive_and_strangers_absent() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.logged_in();
    let key = session.object(CKO_PRIVATE_KEY);
    assert_eq!(session.attribute(key, CKA_PRIVATE_EXPONENT), Err(CKR_ATTRIBUTE_SENSITIVE));
    assert_eq!(session.attribute(key, CKA_EC_POINT), Err(CKR_ATTRIBUTE_TYPE_INVALID));
    assert_eq!(session.attribute(key, CKA_ALLOWED_MECHANISMS), Err(CKR_ATTRIBUTE_TYPE_INVALID));
    assert_eq!(session.attribute(key, CKA_EXTRACTABLE), Ok(vec![CK_FALSE]));
    assert_eq!(session.attribute(key, CKA_ALWAYS_AUTHENTICATE), Ok(vec![CK_FALSE]));
    assert_eq!(session.attribute(9999, CKA_CLASS), Err(CKR_OBJECT_HANDLE_INVALID));
}

/// 2.40 4.7.1, table 18 (CKA_LOCAL: "CK_TRUE only if key was either generated locally (i.e., on the token) with a
/// C_GenerateKey or C_GenerateKeyPair call or created with a C_CopyObject call as a copy of a key which had its CKA_LOCAL
/// attribute set to CK_TRUE"; CKA_KEY_GEN_MECHANISM has a value only then) and 5.7, C_CreateObject: a key that came from
/// elsewhere says CK_FALSE to CKA_ALWAYS_SENSITIVE and CKA_NEVER_EXTRACTABLE. The key of a CNS was there before us.
#[test]
fn a_key_of_unknown_origin_claims_none() {
    on_each_card(|stage| {
        let session = stage.logged_in();
        let (private, public) = (session.object(CKO_PRIVATE_KEY), session.object(CKO_PUBLIC_KEY));
        for key in [private, public] {
            assert_eq!(session.attribute(key, CKA_LOCAL), Ok(vec![CK_FALSE]));
            let unavailable = CK_UNAVAILABLE_INFORMATION.to_ne_bytes().to_vec();
            assert_eq!(session.attribute(key, CKA_KEY_GEN_MECHANISM), Ok(unavailable));
        }
        for (kind, value) in [
            (CKA_SENSITIVE, CK_TRUE),
            (CKA_EXTRACTABLE, CK_FALSE),
            (CKA_ALWAYS_SENSITIVE, CK_FALSE),
            (CKA_NEVER_EXTRACTABLE, CK_FALSE),
        ] {
            assert_eq!(session.attribute(private, kind), Ok(vec![value]), "{kind:#x}");
        }
    });
}

/// 2.40 and 3.0 5.6, C_Logout: "any of the application's handles to private objects become invalid (even if a user is later
/// logged back into the token, those handles remain invalid)". Those of public objects stay.
#[test]
fn a_logout_ends_the_handles_of_private_objects() {
    on_each_card(|stage| {
        let (session, other) = (stage.logged_in(), stage.session());
        let (private, certificate) = (session.object(CKO_PRIVATE_KEY), session.object(CKO_CERTIFICATE));
        assert_eq!(other.object(CKO_PRIVATE_KEY), private, "the same in each session");
        session.logout().expect("logged in");
        let begin = |key| session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key);
        assert_eq!(begin(private), Err(CKR_USER_NOT_LOGGED_IN), "what clients repair");
        assert_eq!(session.attribute(private, CKA_CLASS), Err(CKR_OBJECT_HANDLE_INVALID));
        session.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("login");
        assert_eq!(begin(private), Err(CKR_KEY_HANDLE_INVALID));
        assert_eq!(other.attribute(private, CKA_CLASS), Err(CKR_OBJECT_HANDLE_INVALID));
        let again = session.object(CKO_PRIVATE_KEY);
        assert_ne!(again, private);
        assert_eq!(session.attribute(again, CKA_CLASS), Ok(CKO_PRIVATE_KEY.to_ne_bytes().to_vec()));
        assert_eq!((begin(again), session.object(CKO_CERTIFICATE)), (Ok(()), certificate));
    });
}

#[test]
fn every_entry_of_a_template_is_answered() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    let object = session.object(CKO_CERTIFICATE);
    let (mut short, mut long) = ([0u8; 1], [0u8; 100]);
    let entry = |type_, buffer: &mut [u8]| CK_ATTRIBUTE {
        type_,
        pValue: buffer.as_mut_ptr().cast(),
        ulValueLen: buffer.len() as CK_ULONG,
    };
    let mut template =
        [entry(CKA_EC_POINT, &mut []), entry(CKA_VALUE, &mut short), entry(CKA_CLASS, &mut long)];
    let rv =
        crate::call!(stage.client.v2, C_GetAttributeValue, session.handle, object, template.as_mut_ptr(), 3);
    assert!([CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL].contains(&rv), "{rv:#x}");
    let [absent, too_short, good] = template;
    assert_eq!({ absent.ulValueLen }, CK_UNAVAILABLE_INFORMATION);
    assert_eq!({ too_short.ulValueLen }, CK_UNAVAILABLE_INFORMATION);
    assert_eq!({ good.ulValueLen }, size_of::<CK_OBJECT_CLASS>() as CK_ULONG);
    assert_eq!(long[..size_of::<CK_OBJECT_CLASS>()], CKO_CERTIFICATE.to_ne_bytes());
}

#[test]
fn a_search_is_settled_when_it_begins_and_unknown_classes_find_nothing() {
    let stage = Stage::with(&Personality::st2021());
    let session = stage.session();
    for class in [0x0B, 0xCE53_4353, CKO_HW_FEATURE] {
        assert_eq!(session.find(&[(CKA_CLASS, &class.to_ne_bytes())]), Ok(vec![]));
    }
    let v2 = stage.client.v2;
    assert_eq!(crate::call!(v2, C_FindObjectsFinal, session.handle), CKR_OPERATION_NOT_INITIALIZED);
    assert_eq!(crate::call!(v2, C_FindObjectsInit, session.handle, std::ptr::null_mut(), 0), CKR_OK);
    assert_eq!(
        crate::call!(v2, C_FindObjectsInit, session.handle, std::ptr::null_mut(), 0),
        CKR_OPERATION_ACTIVE
    );
    let (mut handles, mut count) = ([0; 2], 0);
    let mut numbers = vec![];
    loop {
        assert_eq!(
            crate::call!(v2, C_FindObjects, session.handle, handles.as_mut_ptr(), 2, &mut count),
            CKR_OK
        );
        if count == 0 {
            break;
        }
        numbers.extend_from_slice(&handles[..count as usize]);
    }
    assert_eq!(numbers.len(), 6);
    assert_eq!(crate::call!(v2, C_FindObjectsFinal, session.handle), CKR_OK);
}

#[test]
fn files_of_the_card_are_read_when_their_value_is_asked_for() {
    on_each_card(|stage| {
        let session = stage.session();
        stage.forget();
        for (name, path) in [("EF_IDCarta", &[0x1000, 0x1003]), ("EF_DatiPersonali", &[0x1100, 0x1102])] {
            let found = session
                .find(&[(CKA_CLASS, &CKO_DATA.to_ne_bytes()), (CKA_APPLICATION, name.as_bytes())])
                .expect("a search");
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(session.attribute(found[0], CKA_LABEL), Ok(name.into()));
            assert_eq!(stage.commands(), Vec::<String>::new(), "nobody asked for the value");
            let value = session.attribute(found[0], CKA_VALUE).expect("a value");
            let expected = stage.card().file(path).expect("a file").to_vec();
            assert!(
                expected.starts_with(&value) && expected[value.len()..].iter().all(|byte| *byte == 0),
                "{name}"
            );
            assert!(!value.is_empty(), "{name}");
            stage.forget();
            assert_eq!(session.attribute(found[0], CKA_VALUE), Ok(value), "read once");
            assert_eq!(stage.commands(), Vec::<String>::new());
        }
        assert_eq!(stage.card().verify_count(), 0);
    });
}

/// PKCS#11 3.0, 5.7.5: what cannot be revealed says so, and the other attributes of the template are answered.
#[test]
fn a_file_that_the_card_refuses_costs_its_own_attribute_only() {
    for refusal in [0x6982_u16, 0x6985, 0x6A80, 0x6700, 0x6F00] {
        let stage = Stage::with(&Personality::st2021());
        let session = stage.session();
        let object = session
            .find(&[(CKA_CLASS, &CKO_DATA.to_ne_bytes()), (CKA_APPLICATION, b"EF_DatiPersonali")])
            .expect("a search")[0];
        let refused = Fault::new(When::Instruction(0xB0), Effect::Answer(refusal.to_be_bytes().to_vec()));
        stage.card().faults().plan(refused.without_end());
        let (mut label, mut value, mut class) = ([0_u8; 64], [0_u8; 1024], [0_u8; size_of::<CK_ULONG>()]);
        let entry = |type_, buffer: &mut [u8]| CK_ATTRIBUTE {
            type_,
            pValue: buffer.as_mut_ptr().cast(),
            ulValueLen: buffer.len() as CK_ULONG,
        };
        let mut template =
            [entry(CKA_LABEL, &mut label), entry(CKA_VALUE, &mut value), entry(CKA_CLASS, &mut class)];
        let outcome = crate::call!(
            stage.client.v2,
            C_GetAttributeValue,
            session.handle,
            object,
            template.as_mut_ptr(),
            template.len() as CK_ULONG
        );
        assert_eq!(outcome, CKR_ATTRIBUTE_TYPE_INVALID, "{refusal:04X}");
        let lengths = template.map(|attribute| attribute.ulValueLen);
        assert_eq!(lengths, [16, CK_UNAVAILABLE_INFORMATION, size_of::<CK_ULONG>() as CK_ULONG]);
        assert_eq!(&label[..16], b"EF_DatiPersonali");
        // Nothing of the refusal is kept.
        stage.card().faults().clear();
        assert!(session.attribute(object, CKA_VALUE).is_ok_and(|value| !value.is_empty()));
        assert_eq!(stage.card().transcript().iter().filter(|e| e.ins == 0x20).count(), 0);
    }
}
