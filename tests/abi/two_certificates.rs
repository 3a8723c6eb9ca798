//! A card with a signature key of its own PIN: a second slot, so that each key is asked for with its PIN.

use cryptoki_sys::*;
use virtual_cns::{Card, Personality};

use crate::common::Stage;
use crate::common::client::mechanism;
use crate::common::oracle::{Hash, pkcs1_is_good};

const PIN: &[u8] = b"12345";

fn stage() -> Stage {
    Stage::built(Card::builder(&Personality::st2021()).signature_keyset())
}

#[test]
fn the_signature_certificate_is_a_token_of_its_own_that_names_its_pin() {
    let stage = stage();
    assert_eq!(stage.client.slots(false), Ok(vec![0]), "nothing was read yet");
    assert_eq!(stage.client.slots(true), Ok(vec![0, 1]));
    assert_eq!(stage.client.slots(false), Ok(vec![0, 1]));
    let (login, signature) =
        (stage.client.token_info(0).expect("one"), stage.client.token_info(1).expect("two"));
    assert!(login.label.starts_with(b"CNS MARIO ROSSI "));
    assert!(signature.label.starts_with(b"CNS PIN FIRMA MARIO ROSSI "));
    let sessions = [stage.client.open(0), stage.client.open(1)];
    let values = sessions.each_ref().map(|session| {
        let certificate = session.object(CKO_CERTIFICATE);
        session.attribute(certificate, CKA_VALUE).expect("a value")
    });
    assert_eq!(values[0], stage.card().certificate_der());
    assert_eq!(Some(&values[1][..]), stage.card().signature_certificate_der());
    let offered = stage.client.mechanisms(1).expect("a list");
    assert!(offered.contains(&CKM_RSA_PKCS_PSS) && !offered.contains(&CKM_SHA256_RSA_PKCS_PSS));
}

#[test]
fn a_card_without_a_second_key_has_one_slot() {
    let stage = Stage::with(&Personality::st2021());
    assert_eq!(stage.client.slots(true), Ok(vec![0]));
    stage.client.token_info(0).expect("a token");
    assert_eq!(stage.client.slots(false), Ok(vec![0]));
}

#[test]
fn each_signature_wants_its_pin() {
    let stage = stage();
    stage.client.slots(true).expect("slots");
    let session = stage.client.open(1);
    let pin = virtual_cns::people::DEFAULT_SIGNATURE_PIN.as_bytes();
    session.login(pin).expect("login");
    let key = session.object(CKO_PRIVATE_KEY);
    assert_eq!(session.attribute(key, CKA_ALWAYS_AUTHENTICATE), Ok(vec![CK_TRUE]));
    assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, pin), Err(CKR_OPERATION_NOT_INITIALIZED));
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
    assert_eq!(session.sign_once(b"a contract"), Err(CKR_USER_NOT_LOGGED_IN), "not without its PIN");
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
    let before = stage.card().verify_count();
    assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, b"123"), Err(CKR_PIN_INCORRECT));
    assert_eq!(stage.card().verify_count(), before, "not a PIN: not sent");
}

#[test]
fn a_signature_with_its_pin_convinces_another_library() {
    let stage = stage();
    stage.client.slots(true).expect("slots");
    let session = stage.client.open(1);
    let pin = virtual_cns::people::DEFAULT_SIGNATURE_PIN.as_bytes();
    session.login(pin).expect("login");
    let key = session.object(CKO_PRIVATE_KEY);
    session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
    assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, pin), Ok(()));
    let signature = session.sign_once(b"a contract").expect("a signature");
    let card = stage.card();
    let certificate = card.signature_certificate_der().expect("one");
    assert!(pkcs1_is_good(certificate, Hash::Sha256, b"a contract", &signature));
    assert_eq!(card.verify_count(), 2);
}

#[test]
fn the_two_pins_have_their_own_logins_and_tries() {
    let stage = stage();
    stage.client.slots(true).expect("slots");
    let (login, signature) = (stage.client.open(0), stage.client.open(1));
    login.login(PIN).expect("login");
    assert_eq!(signature.info().expect("alive").state, CKS_RW_PUBLIC_SESSION);
    assert_eq!(signature.login(b"00000000"), Err(CKR_PIN_INCORRECT));
    assert_eq!(stage.card().tries_left(0x1A), Some(2));
    assert_eq!(stage.card().pin_tries_left(), 3);
    login.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("the login key still signs");
    assert_eq!(login.find(&[(CKA_CLASS, &CKO_DATA.to_ne_bytes())]).expect("a search").len(), 2);
    assert_eq!(
        signature.find(&[(CKA_CLASS, &CKO_DATA.to_ne_bytes())]),
        Ok(vec![]),
        "the files are shown once"
    );
}
