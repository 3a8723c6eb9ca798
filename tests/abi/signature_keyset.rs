//! A card with a signature keyset of its own PIN: the module shows and drives the key for logging in, and no other.

use cryptoki_sys::*;
use virtual_cns::{Card, Personality};

use crate::common::Stage;
use crate::common::oracle::{Hash, pkcs1_is_good};
use testkit::pkcs11::mechanism;

const PIN: &[u8] = b"12345";

fn stage() -> Stage {
    Stage::built(Card::builder(&Personality::st2021()).signature_keyset())
}

#[test]
fn it_is_one_slot_with_the_certificate_for_logging_in() {
    let stage = stage();
    assert_eq!(stage.client.slots(true), Ok(vec![0]));
    assert!(stage.client.token_info(0).expect("a token").label.starts_with(b"CNS MARIO ROSSI "));
    assert_eq!(stage.client.slots(false), Ok(vec![0]));
    let session = stage.logged_in();
    let certificate = session.object(CKO_CERTIFICATE);
    assert_eq!(session.attribute(certificate, CKA_VALUE), Ok(stage.card().certificate_der().to_vec()));
    let key = session.object(CKO_PRIVATE_KEY);
    assert_eq!(session.attribute(key, CKA_ALWAYS_AUTHENTICATE), Ok(vec![CK_FALSE]));
    let named = |name: &String| name.contains("1400") || name.contains("1A") || name.contains("9A");
    assert!(!stage.commands().iter().any(named), "{:#?}", stage.commands());
}

/// Neither login nor signature, first or later, names its PIN or its key; all its tries are left.
#[test]
fn it_signs_as_any_other_card() {
    let stage = stage();
    let session = stage.session();
    assert_eq!(session.login(b"87654321"), Err(CKR_PIN_INCORRECT));
    session.login(PIN).expect("login");
    for commands in [3, 1, 1] {
        stage.forget();
        let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"data").expect("a signature");
        assert!(pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, b"data", &signature));
        assert_eq!(stage.commands().len(), commands, "{:#?}", stage.commands());
    }
    let card = stage.card();
    assert_eq!((card.tries_left(0x1A), card.tries_left(0x1B)), (Some(3), Some(card.puk_tries_left())));
}

/// No key asks for a PIN in between: PKCS#11 3.0, C_Login, of CKU_CONTEXT_SPECIFIC: "If the user type is
/// CKU_CONTEXT_SPECIFIC and there is no active operation, CKR_OPERATION_NOT_INITIALIZED"; and none waits for it here.
#[test]
fn no_operation_waits_for_a_pin() {
    let stage = stage();
    let session = stage.logged_in();
    let verified = stage.card().verify_count();
    for pin in [PIN, virtual_cns::holders::DEFAULT_SIGNATURE_PIN.as_bytes()] {
        assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, pin), Err(CKR_OPERATION_NOT_INITIALIZED));
        let key = session.object(CKO_PRIVATE_KEY);
        session.sign_init(&mut mechanism(CKM_SHA256_RSA_PKCS), key).expect("begun");
        assert_eq!(session.login_as(CKU_CONTEXT_SPECIFIC, pin), Err(CKR_OPERATION_NOT_INITIALIZED));
        session.sign_once(b"data").expect("the operation went on");
    }
    assert_eq!(stage.card().verify_count(), verified);
}
