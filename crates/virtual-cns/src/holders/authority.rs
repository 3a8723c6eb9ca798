//! The synthetic certification authority of a Region that does not exist.

use super::keys::private_key;
use super::x509::{TbsFields, any_name, extension, key_identifier, sign};
use rsa::RsaPrivateKey;
use std::sync::{Arc, OnceLock};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier};
use x509_cert::name::Name;

/// The issuer of all holder certificates.
#[derive(Debug)]
pub struct Authority {
    pub(super) key: Arc<RsaPrivateKey>,
    pub(super) name: Name,
    certificate: Vec<u8>,
}

impl Authority {
    /// "Regione Prova - CA Cittadini (TEST)".
    pub fn test() -> &'static Authority {
        static AUTHORITY: OnceLock<Authority> = OnceLock::new();
        AUTHORITY.get_or_init(Authority::make)
    }

    /// The self-signed certificate, DER.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate
    }

    /// The self-signed certificate, PEM.
    pub fn certificate_pem(&self) -> String {
        pem(&self.certificate)
    }

    fn make() -> Authority {
        let key = private_key("Regione Prova CA", 2048);
        let name = any_name(&[
            ("2.5.4.6", "IT"),
            ("2.5.4.10", "Regione Prova (TEST)"),
            ("2.5.4.11", "Servizi di certificazione di prova"),
            ("2.5.4.3", "Regione Prova - CA Cittadini (TEST)"),
        ]);
        let extensions = vec![
            extension(true, &BasicConstraints { ca: true, path_len_constraint: Some(0) }),
            extension(true, &KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign)),
            extension(false, &SubjectKeyIdentifier(key_identifier(&key))),
        ];
        let fields = TbsFields {
            serial: vec![0x01],
            issuer: name.clone(),
            years: (2020, 2040),
            subject: name.clone(),
            subject_key: &key,
            extensions,
        };
        let certificate = sign(fields, &key);
        Authority { key, name, certificate }
    }
}

/// DER to PEM, 64 characters a line.
pub(crate) fn pem(certificate: &[u8]) -> String {
    der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, certificate)
        .expect("PEM takes any bytes")
}
