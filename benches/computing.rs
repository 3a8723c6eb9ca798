//! What the module computes for a signature and a listing: EMSA-PSS, the parts of a certificate, the public key.
//!
//! These rooms are private to the library and stay so: their sources are compiled into this bench once more.
//! Run with `cargo bench --bench computing`. Before its time each line tells what one call allocates.

#![allow(clippy::print_stdout, reason = "a command talks to its user")]

#[path = "allocations/mod.rs"]
mod allocations;

use criterion::Criterion;
use virtual_cns::people::CertificateOptions;
use virtual_cns::{Card, Personality};

use allocations::measured;

#[allow(dead_code, unused_imports, unreachable_pub, reason = "only a part of these rooms is measured")]
#[path = "../src/model"]
mod model {
    mod certificate;
    mod error;
    mod hash;
    mod implicit_rejection;
    mod mechanism;
    mod padding;
    mod rsa_public;

    pub use error::ModelError;
    type Result<T> = std::result::Result<T, ModelError>;

    use certificate::Certificate;
    use mechanism::{Hash, PssParameters};
    use rsa_public::RsaPublicKey;

    /// The key of a certificate.
    pub struct PublicKey(RsaPublicKey);

    impl PublicKey {
        pub fn of(certificate: &[u8]) -> Self {
            let parsed = Certificate::parse(certificate).expect("a certificate");
            Self(parsed.rsa_key.expect("an RSA key"))
        }

        /// The public operation: what checks a signature.
        pub fn raw(&self, number: &[u8]) -> Vec<u8> {
            self.0.raw(number).expect("below the modulus")
        }
    }

    /// The length of the subject, which only a parsed certificate tells.
    pub fn parse(certificate: &[u8]) -> usize {
        Certificate::parse(certificate).expect("a certificate").subject.len()
    }

    /// As TLS 1.3 wants it: SHA-256, MGF1 with SHA-256, a salt of 32 bytes, for a key of 2048 bits.
    pub fn pss(digest: &[u8; 32]) -> Vec<u8> {
        let parameters = PssParameters { hash: Hash::Sha256, mgf: Hash::Sha256, salt_length: 32 };
        padding::pss_frame(digest, parameters, 2048).expect("a frame")
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let options = CertificateOptions { length: Some(1885), ..CertificateOptions::PLAIN };
    let card = Card::builder(&Personality::st2021()).certificate(options).build();
    let certificate = card.certificate_der();
    let key = model::PublicKey::of(certificate);
    let frame = model::pss(&[0x5A; 32]);
    assert_eq!((certificate.len(), frame.len()), (1885, 256));

    measured(&mut criterion, "EMSA-PSS encode, SHA-256, 2048 bits", || model::pss(&[0x5A; 32]));
    measured(&mut criterion, "certificate parse, 1885 bytes", || model::parse(certificate));
    measured(&mut criterion, "public-key operation, RSA-2048", || key.raw(&frame));
    criterion.final_summary();
}
