//! The profiles that tokens claim, by the conditions of PKCS#11 Profiles 3.2 (which have those of 3.0) and the steps of
//! their mandatory test cases (BL-M-1, CERT-M-1).

use std::ptr::null_mut;

use cryptoki_sys::*;

use crate::common::client::call;
use crate::common::{SessionGuard, Stage, on_each_card};

fn claims(session: &SessionGuard<'_>) -> Vec<CK_PROFILE_ID> {
    let objects = session.find(&[(CKA_CLASS, &CKO_PROFILE.to_ne_bytes())]).expect("a search");
    let claim = |object| session.attribute(object, CKA_PROFILE_ID).expect("a profile id");
    objects
        .into_iter()
        .map(|object| CK_PROFILE_ID::from_ne_bytes(claim(object).try_into().expect("a CK_ULONG")))
        .collect()
}

fn read_only(stage: &Stage) -> SessionGuard<'_> {
    stage.client.try_open(0, CKF_SERIAL_SESSION).expect("a session")
}

/// Section 5.1, conditions 3 to 5, and BL-M-1: what is there to be told is told, without login.
#[test]
fn baseline_provider() {
    on_each_card(|stage| {
        let (v2, v3) = (stage.client.v2, stage.client.v3);
        let mut info = CK_INFO::default();
        assert_eq!(call!(v3, C_GetInfo, &mut info), CKR_OK);
        assert_eq!((info.cryptokiVersion.major, info.flags), (3, 0));
        assert_eq!(stage.client.slots(true), Ok(vec![0]));
        assert_ne!(stage.client.slot_info(0).expect("a slot").flags & CKF_TOKEN_PRESENT, 0);
        stage.client.token_info(0).expect("a token");
        let session = read_only(stage);
        let found = session.find(&[(CKA_TOKEN, &[CK_TRUE])]).expect("a search");
        assert_eq!(found, session.find(&[]).expect("a search"), "all are token objects");
        assert!(claims(&session).contains(&CKP_BASELINE_PROVIDER));
        let mut unique: Vec<Vec<u8>> = Vec::new();
        for object in found {
            for attribute in [CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE, CKA_UNIQUE_ID] {
                let value = session.attribute(object, attribute);
                assert!(value.is_ok_and(|value| !value.is_empty()), "{attribute:#x} of {object}");
            }
            unique.push(session.attribute(object, CKA_UNIQUE_ID).expect("an id"));
        }
        assert!(unique.iter().all(|id| id.is_ascii()));
        let count = unique.len();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), count, "unique ids are unique");
        session.info().expect("a session");
        session.close().expect("closed");
        assert_eq!(call!(v2, C_CloseAllSessions, 0), CKR_OK);
    });
}

/// Section 5.5, condition 8, and CERT-M-1.
#[test]
fn public_certificates_token() {
    on_each_card(|stage| {
        let session = read_only(stage);
        let (public, certificates) = (claims(&session), of_class(&session, CKO_CERTIFICATE));
        assert!(public.contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        let mut matched = 0;
        let ids: Vec<Vec<u8>> = certificates
            .iter()
            .map(|certificate| {
                let value = session.attribute(*certificate, CKA_VALUE).expect("a certificate");
                assert_eq!(value, stage.card().certificate_der());
                session.attribute(*certificate, CKA_ID).expect("an id")
            })
            .collect();
        let public_keys = ids.iter().map(|id| with_id(&session, CKO_PUBLIC_KEY, id)).collect::<Vec<_>>();
        session.login(virtual_cns::DEFAULT_PIN.as_bytes()).expect("login");
        assert_eq!(of_class(&session, CKO_CERTIFICATE), certificates, "8a: none appears with the login");
        for (id, public_keys) in ids.iter().zip(public_keys) {
            if with_id(&session, CKO_PRIVATE_KEY, id) == 1 {
                assert_eq!(public_keys, 1, "8c: its public key was found without login");
                matched += 1;
            }
        }
        assert_eq!(
            matched,
            of_class(&session, CKO_PRIVATE_KEY).len(),
            "8b: each private key has its certificate"
        );
        assert_eq!(call!(stage.client.v2, C_FindObjectsInit, session.handle, null_mut(), 0), CKR_OK);
    });
}

/// A card that has nothing to show still claims no more than it keeps.
#[test]
fn a_card_without_certificate_hides_none() {
    let card = virtual_cns::Personality::by_name("ts-without-certificate").expect("a personality");
    let stage = Stage::with(&card);
    let session = read_only(&stage);
    assert!(claims(&session).contains(&CKP_BASELINE_PROVIDER));
    assert_eq!(of_class(&session, CKO_CERTIFICATE), vec![]);
    assert_eq!(session.find(&[(CKA_PRIVATE, &[CK_TRUE])]), Ok(vec![]));
}

fn of_class(session: &SessionGuard<'_>, class: CK_OBJECT_CLASS) -> Vec<CK_OBJECT_HANDLE> {
    session.find(&[(CKA_CLASS, &class.to_ne_bytes())]).expect("a search")
}

fn with_id(session: &SessionGuard<'_>, class: CK_OBJECT_CLASS, id: &[u8]) -> usize {
    session.find(&[(CKA_CLASS, &class.to_ne_bytes()), (CKA_ID, id)]).expect("a search").len()
}
