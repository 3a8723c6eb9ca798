//! Eight threads on one context, and on one each.

use std::thread::scope;

use virtual_cns::{DEFAULT_PIN, Personality};

use crate::base_csp::{Kind, SUCCESS};
use crate::oracle::{Hash, pkcs1_is_good};
use crate::stage::Stage;

const THREADS: usize = 8;
const ROUNDS: usize = 5;
const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

#[test]
fn eight_threads_share_one_context() {
    let stage = Stage::with(&Personality::st2021());
    let certificate = stage.card().certificate_der().to_vec();
    let csp = stage.csp();
    csp.transaction(|csp| csp.authenticate(DEFAULT_PIN.as_bytes())).unwrap();
    scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    let signature = csp.sign(Kind::Capi(0x800C), &Hash::Sha256.digest(MESSAGE)).unwrap();
                    assert!(pkcs1_is_good(&certificate, Hash::Sha256, MESSAGE, &signature));
                    assert_eq!(csp.read_file(Some("mscp"), "kxc00").as_ref(), Ok(&certificate));
                    assert!(csp.property("Card Identifier", 0).is_ok());
                }
            });
        }
    });
    assert_eq!(stage.pin_commands(), [1, 0, 0]);
}

/// Wrong PINs from eight threads: two reach the card, as from one.
#[test]
fn eight_threads_with_a_wrong_pin_leave_the_last_try() {
    let stage = Stage::with(&Personality::st2021());
    let csp = stage.csp();
    scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| assert!(csp.authenticate(b"99182").is_err()));
        }
    });
    assert_eq!((stage.pin_commands(), stage.card().pin_tries_left()), ([2, 0, 0], 1));
}

#[test]
fn contexts_are_acquired_and_deleted_side_by_side() {
    let stage = Stage::with(&Personality::idemia_2021());
    scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    let csp = stage.csp();
                    assert_eq!(csp.read_file(None, "cardid").unwrap().len(), 16);
                    assert_eq!(csp.delete(), SUCCESS);
                }
            });
        }
    });
}
