//! Cards that speak T=0 (ISO/IEC 7816-3:2006, 12.2): no command has data and an Le, none has extended length fields, and
//! responses are fetched with GET RESPONSE. No CNS is known to speak it; readers over NFC may say so. Also readers that
//! carry short commands only, which have the same limit with T=1.

use cryptoki_sys::*;
use virtual_cns::{Card, DEFAULT_PIN, Effect, Fault, Personality, When};

use crate::common::oracle::{Hash, pkcs1_is_good};
use crate::common::{READER, Stage};
use testkit::pkcs11::mechanism;

const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

fn verifies(stage: &Stage) -> usize {
    stage.card().transcript().iter().filter(|exchange| exchange.ins == 0x20 && exchange.lc > 0).count()
}

/// Cards whose key takes one short command, or that chain.
#[test]
fn cards_list_log_in_and_sign() {
    for name in ["cardos", "oberthur", "athena", "cosmo7", "idemia2021", "cosmo91", "infocamere"] {
        let personality = Personality::by_name(name).expect("a personality");
        let stage = Stage::built(Card::builder(&personality).t0());
        let session = stage.session();
        let found = session.object(CKO_CERTIFICATE);
        assert_eq!(
            session.attribute(found, CKA_VALUE).expect("a value"),
            stage.card().certificate_der(),
            "{name}"
        );
        session.login(DEFAULT_PIN.as_bytes()).expect("login");
        for _ in 0..2 {
            let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE).expect("a signature");
            assert!(
                pkcs1_is_good(stage.card().certificate_der(), Hash::Sha256, MESSAGE, &signature),
                "{name}"
            );
        }
        assert_eq!(verifies(&stage), 1, "{name}");
        for exchange in stage.card().transcript() {
            assert!(exchange.lc == 0 || exchange.le.is_none(), "{name}: {exchange}");
            assert!(exchange.lc <= 255 && exchange.le.is_none_or(|le| le <= 256), "{name}: {exchange}");
        }
    }
}

/// 2048 bits and no chaining: nothing carries the block over T=0. No try is spent for it.
#[test]
fn a_block_that_nothing_carries_is_an_error() {
    let personality = Personality::by_name("st2021").expect("a personality");
    let stage = Stage::built(Card::builder(&personality).t0());
    let session = stage.session();
    session.login(DEFAULT_PIN.as_bytes()).expect("login");
    assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE), Err(CKR_DEVICE_ERROR));
    assert_eq!(verifies(&stage), 1);
    assert_eq!(stage.card().pin_tries_left(), personality.pin_tries);
}

/// A card that offers more bytes for ever is left after a bounded number of commands, and sees no PIN command.
#[test]
fn more_bytes_for_ever() {
    let personality = Personality::by_name("oberthur").expect("a personality");
    let mut card = Card::builder(&personality).t0().build();
    let endless = Fault::new(When::Always, Effect::Answer(vec![0xAA, 0x61, 0x01]));
    card.faults().plan(endless.without_end());
    let stage = Stage::with_card(card);
    let _ = stage.client.token_info(0);
    assert!(stage.card().transcript().len() <= 400, "{}", stage.card().transcript().len());
    assert_eq!(verifies(&stage), 0);
}

/// ST masks refuse chaining, and this reader says that it carries short commands only: the login is as ever, the signature
/// fails without a PSO, and the session stays logged in.
#[test]
fn a_reader_that_cannot_carry_the_block() {
    let stage = Stage::with(&Personality::st2021());
    stage.readers.limit(READER, 255, true);
    let session = stage.logged_in();
    stage.forget();
    for _ in 0..2 {
        assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE), Err(CKR_DEVICE_ERROR));
    }
    assert_eq!(stage.commands(), [""; 0], "no PSO, and no PIN command");
    assert_eq!(session.info().expect("a session").state, CKS_RW_USER_FUNCTIONS);
}
