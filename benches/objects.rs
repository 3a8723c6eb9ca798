//! What programs ask for all the time, through the C functions, over a virtual card in the same process: a search, an
//! attribute, the presence poll, and a signature checked with the public key. None of it reaches the card.
//!
//! Run with `cargo bench --bench objects`. Before its time each line tells what one call allocates.

#![allow(clippy::print_stdout, reason = "a command talks to its user")]

#[path = "allocations/mod.rs"]
mod allocations;
#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::ptr;

use criterion::Criterion;
use cryptoki_sys::*;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use allocations::measured;
use common::{SessionGuard, Stage};
use testkit::pkcs11::{call, mechanism};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let options = CertificateOptions { length: Some(1885), ..CertificateOptions::PLAIN };
    let stage = Stage::built(Card::builder(&Personality::st2021()).certificate(options));
    let session = stage.logged_in();
    let certificate = session.object(CKO_CERTIFICATE);
    let public_key = session.object(CKO_PUBLIC_KEY);
    let text = b"Un testo da firmare\n";
    let signature = session.sign(mechanism(CKM_SHA256_RSA_PKCS), text).expect("a signature");
    stage.forget();

    measured(&mut criterion, "C_FindObjects round, certificates", || find(&session));
    measured(&mut criterion, "C_GetAttributeValue, label", || attribute(&session, certificate, CKA_LABEL));
    measured(&mut criterion, "C_GetAttributeValue, value of 1885 bytes", || {
        attribute(&session, certificate, CKA_VALUE)
    });
    measured(&mut criterion, "C_GetSlotInfo", || stage.client.slot_info(0));
    measured(&mut criterion, "C_Verify, RSA-2048, SHA-256", || {
        verify(&session, public_key, text, &signature)
    });

    assert_eq!(stage.commands(), Vec::<String>::new(), "the card was asked");
    drop(session);
    criterion.final_summary();
}

/// `C_FindObjectsInit`, `C_FindObjects`, `C_FindObjectsFinal`.
fn find(session: &SessionGuard) -> CK_ULONG {
    let list = session.client.v2;
    let mut class = CKO_CERTIFICATE;
    let mut template = CK_ATTRIBUTE {
        type_: CKA_CLASS,
        pValue: ptr::from_mut(&mut class).cast(),
        ulValueLen: size_of::<CK_OBJECT_CLASS>() as CK_ULONG,
    };
    let (mut found, mut count) = ([0; 16], 0);
    assert_eq!(call!(list, C_FindObjectsInit, session.handle, &mut template, 1), CKR_OK);
    assert_eq!(call!(list, C_FindObjects, session.handle, found.as_mut_ptr(), 16, &mut count), CKR_OK);
    assert_eq!(call!(list, C_FindObjectsFinal, session.handle), CKR_OK);
    assert_eq!(count, 1);
    count
}

/// The value of an attribute into a buffer that is long enough.
fn attribute(session: &SessionGuard, object: CK_OBJECT_HANDLE, kind: CK_ATTRIBUTE_TYPE) -> CK_ULONG {
    let mut value = [0u8; 4096];
    let mut attribute =
        CK_ATTRIBUTE { type_: kind, pValue: value.as_mut_ptr().cast(), ulValueLen: value.len() as CK_ULONG };
    let rv = call!(session.client.v2, C_GetAttributeValue, session.handle, object, &mut attribute, 1);
    assert_eq!(rv, CKR_OK);
    black_box(value);
    attribute.ulValueLen
}

/// The check that every signature of the card goes through before it leaves the module, as a caller can ask for it.
fn verify(session: &SessionGuard, key: CK_OBJECT_HANDLE, text: &[u8], signature: &[u8]) {
    let list = session.client.v2;
    let mut mechanism = mechanism(CKM_SHA256_RSA_PKCS);
    assert_eq!(call!(list, C_VerifyInit, session.handle, &mut mechanism, key), CKR_OK);
    let (text, text_length) = (text.as_ptr().cast_mut(), text.len() as CK_ULONG);
    let (signature, length) = (signature.as_ptr().cast_mut(), signature.len() as CK_ULONG);
    let rv = call!(list, C_Verify, session.handle, text, text_length, signature, length);
    assert_eq!(rv, CKR_OK);
}
