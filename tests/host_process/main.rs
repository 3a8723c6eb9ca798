//! A good guest: what the module finds in a process it leaves as it was, and it does its work in poor circumstances. Each
//! test runs in a process of its own, because it looks at all of it or spoils it.

#[path = "../common/mod.rs"]
mod common;

pub(crate) use testkit::pkcs11::call;

mod cancellation;
mod circumstances;
mod slow_readers;
mod traces;

use common::oracle::{Hash, pkcs1_is_good};
use common::{Stage, apart};
use cryptoki_sys::CKM_SHA256_RSA_PKCS;
use testkit::pkcs11::mechanism;

/// Runs the rest of a test in a process of its own: `true` there, `false` in the one that started it, where all is said.
pub(crate) fn is_apart(test: &str, environment: &[(&str, &str)]) -> bool {
    if apart::part().is_some() {
        return true;
    }
    apart::alone(test, "host_process", environment).unwrap_or_else(|said| panic!("{said}"));
    false
}

/// Lists, logs in, signs, logs out.
pub(crate) fn a_days_work(stage: &Stage) {
    stage.client.token_info(0).expect("a token");
    let session = stage.logged_in();
    let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), b"a day's work").expect("a signature");
    let certificate = stage.card().certificate_der().to_vec();
    assert!(pkcs1_is_good(&certificate, Hash::Sha256, b"a day's work", &signature));
    session.logout().expect("logged in");
    stage.forget();
}
