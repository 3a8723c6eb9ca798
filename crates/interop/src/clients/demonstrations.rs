//! The logins that `cargo xtask demo` shows to a person: one per TLS library and version.

use anyhow::Result;

use super::{curl, gnutls, nss, openssl, pkcs11_tool};
use crate::packages;
use crate::testbed::client_environment::{ClientEnvironment, Tls};
use crate::testbed::portal::Visitor;

/// A login to show to a person.
#[derive(Debug)]
pub struct Demonstration {
    pub name: &'static str,
    pub tls: Tls,
    pub visit: fn(&ClientEnvironment, Tls) -> Result<Visitor>,
}

/// The logins of `cargo xtask demo`, one per TLS library and version.
pub const DEMONSTRATIONS: &[Demonstration] = &[
    Demonstration {
        name: "OpenSSL: s_client with the pkcs11 engine, TLS 1.2",
        tls: Tls::V1_2,
        visit: openssl::visit,
    },
    Demonstration {
        name: "OpenSSL: s_client with the pkcs11 engine, TLS 1.3",
        tls: Tls::V1_3,
        visit: openssl::visit,
    },
    Demonstration {
        name: "OpenSSL: curl with the pkcs11 engine, TLS 1.2",
        tls: Tls::V1_2,
        visit: curl::visit,
    },
    Demonstration {
        name: "OpenSSL: curl with the pkcs11 engine, TLS 1.3",
        tls: Tls::V1_3,
        visit: curl::visit,
    },
    Demonstration {
        name: "GnuTLS: p11tool lists, gnutls-cli logs in, TLS 1.2",
        tls: Tls::V1_2,
        visit: gnutls::visit,
    },
    Demonstration {
        name: "GnuTLS: p11tool lists, gnutls-cli logs in, TLS 1.3",
        tls: Tls::V1_3,
        visit: gnutls::visit,
    },
    Demonstration {
        name: "NSS, as Firefox and Chromium use it: modutil adds, certutil lists, tstclnt logs in, TLS 1.2",
        tls: Tls::V1_2,
        visit: nss::visit,
    },
    Demonstration {
        name: "NSS, as Firefox and Chromium use it: modutil adds, certutil lists, tstclnt logs in, TLS 1.3",
        tls: Tls::V1_3,
        visit: nss::visit,
    },
];

/// The packages of the demonstration, a few of the clients' ones.
pub fn packages() -> impl Iterator<Item = &'static str> {
    let shown = [pkcs11_tool::PACKAGES, openssl::PACKAGES, curl::PACKAGES, gnutls::PACKAGES, nss::PACKAGES];
    [packages::CARD, packages::PORTAL].into_iter().chain(shown).flatten().copied()
}
