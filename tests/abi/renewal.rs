//! Certificates renewed in the place of the old ones, on every family: the new one is shown at once, although the old one
//! is remembered, and it signs after one VERIFY that a person asked for.

use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, DEFAULT_PIN, Personality};

use crate::caching::{files, shown, stage_with_cache, was_read_whole};
use crate::common::client::mechanism;
use crate::common::oracle::{Hash, pkcs1_is_good};
use crate::common::{SessionGuard, Stage};

const LENGTH: usize = 1885;
const MESSAGE: &[u8] = b"GET /MyINPS HTTP/1.1";

fn before() -> CertificateOptions {
    CertificateOptions { length: Some(LENGTH), years: (2021, 2027), ..CertificateOptions::PLAIN }
}

/// Of the same card and so of the same serial number, which a real issuer would not use again.
fn after(length: usize) -> CertificateOptions {
    CertificateOptions { length: Some(length), years: (2026, 2032), ..CertificateOptions::PLAIN }
}

/// Every card with a certificate.
fn personalities() -> impl Iterator<Item = &'static Personality> {
    Personality::all().iter().chain(Personality::further()).chain(Personality::other_lots())
}

fn verify_commands(stage: &Stage) -> usize {
    stage.card().transcript().iter().filter(|exchange| exchange.ins == 0x20 && exchange.lc > 0).count()
}

/// Logs in as a person does, who is asked once more where the card's answer shows that the key is elsewhere; how often.
fn log_in_and_sign(stage: &Stage, session: &SessionGuard<'_>, der: &[u8]) -> usize {
    for logins in 1..=2 {
        session.login(DEFAULT_PIN.as_bytes()).expect("login");
        match session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE) {
            Ok(signature) => {
                assert!(pkcs1_is_good(der, Hash::Sha256, MESSAGE, &signature));
                return logins;
            }
            Err(CKR_USER_NOT_LOGGED_IN) => {}
            Err(other) => panic!("{other:#x}: {:#?}", stage.commands()),
        }
    }
    panic!("asked twice and no signature: {:#?}", stage.commands());
}

#[test]
fn on_every_family_the_new_certificate_is_shown_and_signs() {
    for personality in personalities() {
        for length in [LENGTH - 300, LENGTH, LENGTH + 100] {
            for with_new_key in [false, true] {
                let case = format!("{}, {length} bytes, new key: {with_new_key}", personality.name());
                let (stage, directory) = stage_with_cache(Card::builder(personality).certificate(before()));
                let (_, _, old) = shown(&stage);
                stage.another_process();
                assert_eq!(shown(&stage).2, old, "{case}");
                assert!(!was_read_whole(&stage), "{case}");
                stage.card().renew(&after(length), with_new_key);
                let renewed = stage.card().certificate_der().to_vec();
                assert_eq!((renewed.len(), renewed == old), (length, false), "{case}");
                stage.another_process();
                assert_eq!(shown(&stage).2, renewed, "{case}");
                assert!(was_read_whole(&stage), "{case}");
                let logins = log_in_and_sign(&stage, &stage.session(), &renewed);
                assert_eq!(verify_commands(&stage), logins, "{case}");
                stage.another_process();
                assert_eq!(shown(&stage).2, renewed, "{case}");
                assert!(!was_read_whole(&stage), "{case}: {:#?}", stage.commands());
                assert_eq!((files(&directory).len(), verify_commands(&stage)), (1, 0), "{case}");
            }
        }
    }
}

/// The program that runs on has the old certificate in its memory. A signature of the new key is not given out: the card
/// is one that was taken out, and what is read of it next is the new certificate. No PIN is sent for that.
#[test]
fn a_running_program_learns_of_a_new_key_by_its_first_signature() {
    for personality in personalities() {
        let case = personality.name();
        let (stage, directory) = stage_with_cache(Card::builder(personality).certificate(before()));
        let first = shown(&stage).2;
        let session = stage.session();
        let logins = log_in_and_sign(&stage, &session, &first);
        stage.card().renew(&after(LENGTH), true);
        let renewed = stage.card().certificate_der().to_vec();
        assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE), Err(CKR_DEVICE_REMOVED), "{case}");
        assert_eq!(session.info().err(), Some(CKR_SESSION_HANDLE_INVALID), "{case}");
        assert_eq!((verify_commands(&stage), files(&directory).len()), (logins, 0), "{case}");
        assert!(!stage.card().is_pin_verified(), "{case}");
        drop(session);
        assert_eq!(shown(&stage).2, renewed, "{case}");
        let again = log_in_and_sign(&stage, &stage.session(), &renewed);
        assert_eq!(verify_commands(&stage), logins + again, "{case}");
    }
}

/// A key that is not the certificate's, which was not renewed: nothing to be read anew, and the login stays where reading
/// does not end it.
#[test]
fn a_key_of_no_certificate_is_an_error_each_time() {
    let stage = Stage::built(Card::builder(&Personality::st2021()).certificate(before()));
    let session = stage.logged_in();
    let (first, place) = (stage.card().certificate_der().to_vec(), [0x1100, 0x1101]);
    stage.card().renew(&before(), true);
    assert!(stage.card().set_file(&place, &first));
    for _ in 0..3 {
        assert_eq!(session.sign(mechanism(CKM_SHA256_RSA_PKCS), MESSAGE), Err(CKR_DEVICE_ERROR));
    }
    assert!(session.info().is_ok_and(|info| info.state == CKS_RW_USER_FUNCTIONS));
    assert_eq!((verify_commands(&stage), stage.card().pin_tries_left()), (1, 3));
}
