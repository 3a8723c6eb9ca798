//! The profiles that tokens claim, by the conditions of PKCS#11 Profiles 3.2 (which have those of 3.0) and the steps of
//! their mandatory test cases (BL-M-1, CERT-M-1).

use std::ptr::null_mut;

use cryptoki_sys::*;
use virtual_cns::{Card, DEFAULT_PIN, Personality};

use crate::common::{SessionGuard, Stage};
use testkit::pkcs11::call;

fn claims(session: &SessionGuard<'_>) -> Vec<CK_PROFILE_ID> {
    let objects = session.find(&[(CKA_CLASS, &CKO_PROFILE.to_ne_bytes())]).expect("a search");
    let claim = |object| session.attribute(object, CKA_PROFILE_ID).expect("a profile id");
    objects
        .into_iter()
        .map(|object| CK_PROFILE_ID::from_ne_bytes(claim(object).try_into().expect("a CK_ULONG")))
        .collect()
}

/// The token of every CNS card there is, and of one with a signature keyset, with its certificate and its PIN.
fn on_each_token(mut test: impl FnMut(&Stage, CK_SLOT_ID, &[u8], &str)) {
    for personality in Personality::all().iter().chain(Personality::further()) {
        on_the_token_of(Card::new(personality), &mut test);
    }
    on_the_token_of(Card::builder(&Personality::st2021()).signature_keyset().build(), &mut test);
}

fn on_the_token_of(card: Card, test: &mut impl FnMut(&Stage, CK_SLOT_ID, &[u8], &str)) {
    let stage = Stage::with_card(card);
    assert_eq!(stage.client.slots(true), Ok(vec![0]));
    let certificate = stage.card().certificate_der().to_vec();
    test(&stage, 0, &certificate, DEFAULT_PIN);
}

fn read_only(stage: &Stage, slot: CK_SLOT_ID) -> SessionGuard<'_> {
    stage.client.try_open(slot, CKF_SERIAL_SESSION).expect("a session")
}

/// Section 5.1 and BL-M-1: what is there to be told is told, without login. Condition 2, the data types, is that this
/// compiles against the standard's header; 1 and 7, the conduct of each function and its codes, are this folder's other
/// tests; 6, 8 and 9 ask for nothing.
#[test]
fn baseline_provider() {
    on_each_token(|stage, slot, _, _| {
        // Condition 5 names these functions; Client calls those that find the lists.
        let v3 = stage.client.v3;
        let mut info = CK_INFO::default();
        assert_eq!(call!(v3, C_GetInfo, &mut info), CKR_OK);
        assert_eq!((info.cryptokiVersion.major, info.flags), (3, 0));
        let mut interfaces = 0;
        assert_eq!(call!(v3, C_GetInterfaceList, null_mut(), &mut interfaces), CKR_OK);
        assert!(interfaces > 0);
        assert_ne!(stage.client.slot_info(slot).expect("a slot").flags & CKF_TOKEN_PRESENT, 0);
        stage.client.token_info(slot).expect("a token");
        let session = read_only(stage, slot);
        let found = session.find(&[(CKA_TOKEN, &[CK_TRUE])]).expect("a search");
        assert_eq!(found, session.find(&[]).expect("a search"), "all are token objects");
        // Condition 4.
        assert!(claims(&session).contains(&CKP_BASELINE_PROVIDER));
        // Condition 3: of every object, and of the class that has them.
        let of_every_one = [CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_MODIFIABLE, CKA_UNIQUE_ID];
        let of_a_certificate = [CKA_VALUE, CKA_ID, CKA_LABEL];
        for object in &found {
            is_told(&session, *object, &of_every_one);
        }
        let certificates = of_class(&session, CKO_CERTIFICATE);
        certificates.iter().for_each(|object| is_told(&session, *object, &of_a_certificate));
        let mut unique: Vec<Vec<u8>> =
            found.iter().map(|object| session.attribute(*object, CKA_UNIQUE_ID).expect("an id")).collect();
        assert!(unique.iter().all(|id| id.is_ascii()));
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), found.len(), "unique ids are unique");
        assert_eq!(session.info().expect("a session").slotID, slot);
        session.close().expect("closed");
    });
}

fn is_told(session: &SessionGuard<'_>, object: CK_OBJECT_HANDLE, attributes: &[CK_ATTRIBUTE_TYPE]) {
    for attribute in attributes {
        let value = session.attribute(object, *attribute);
        assert!(value.is_ok_and(|value| !value.is_empty()), "{attribute:#x} of {object}");
    }
}

/// Section 5.5 and CERT-M-1. Condition 2 is the baseline above; 3, 4, 6, 7, 10 and 11 ask for nothing, 1 for nothing of a
/// provider; 9 is this folder's other tests.
#[test]
fn public_certificates_token() {
    on_each_token(|stage, slot, expected, pin| {
        let session = read_only(stage, slot);
        // Condition 5: the certificate, and the claim.
        let (public, certificates) = (claims(&session), of_class(&session, CKO_CERTIFICATE));
        assert!(public.contains(&CKP_PUBLIC_CERTIFICATES_TOKEN));
        let ids: Vec<Vec<u8>> = certificates
            .iter()
            .map(|certificate| session.attribute(*certificate, CKA_ID).expect("an id"))
            .collect();
        let values: Vec<_> =
            certificates.iter().map(|certificate| session.attribute(*certificate, CKA_VALUE)).collect();
        assert_eq!(values, [Ok(expected.to_vec())], "readable by everybody");
        let public_keys = ids.iter().map(|id| with_id(&session, CKO_PUBLIC_KEY, id)).collect::<Vec<_>>();
        session.login(pin.as_bytes()).expect("login");
        assert_eq!(of_class(&session, CKO_CERTIFICATE), certificates, "8a: none appears with the login");
        let matching = |id: &Vec<u8>| with_id(&session, CKO_PRIVATE_KEY, id);
        assert_eq!(
            ids.iter().map(matching).sum::<usize>(),
            1,
            "8b: the private key has its certificate's id"
        );
        assert_eq!(of_class(&session, CKO_PRIVATE_KEY).len(), 1, "8b: and no other private key is there");
        assert_eq!(public_keys, [1], "8c (ii): its public key was found without login");
        session.logout().expect("logged out");
    });
}

/// A card that has nothing to show still claims no more than it keeps.
#[test]
fn a_card_without_certificate_hides_none() {
    let card = Personality::by_name("ts-without-certificate").expect("a personality");
    let stage = Stage::with(&card);
    let session = read_only(&stage, 0);
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
