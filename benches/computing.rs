//! What the module computes for a signature and a listing: EMSA-PSS, the parts of a certificate, the public key.
//!
//! Run with `cargo bench --bench computing`. Before its time each line tells what one call allocates.

#![allow(clippy::print_stdout, reason = "a command talks to its user")]

#[path = "allocations/mod.rs"]
mod allocations;

use cns_token::Certificate;
use cns_token::signature::{Hash, PssParameters, pss_frame};
use criterion::Criterion;
use virtual_cns::holders::CertificateOptions;
use virtual_cns::{Card, Personality};

use allocations::measured;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let options = CertificateOptions { length: Some(1885), ..CertificateOptions::PLAIN };
    let card = Card::builder(&Personality::st2021()).certificate(options).build();
    let certificate = card.certificate_der();
    let parsed = || Certificate::parse(certificate).expect("a certificate");
    let key = parsed().rsa_key.expect("an RSA key");
    // As TLS 1.3 wants it.
    let parameters = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_length: 32 };
    let pss = || pss_frame(&[0x5A; 32], parameters, 2048).expect("a frame");
    let frame = pss();
    assert_eq!((certificate.len(), frame.len()), (1885, 256));

    measured(&mut criterion, "EMSA-PSS encode, SHA-256, 2048 bits", pss);
    measured(&mut criterion, "certificate parse, 1885 bytes", || parsed().subject.len());
    measured(&mut criterion, "public-key operation, RSA-2048", || key.raw(&frame));
    criterion.final_summary();
}
