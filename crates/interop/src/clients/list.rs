//! Every client and its checks, those that a run is about, and what they need.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::check::{Check, Client};
use super::{
    bench_counts, browsers, cns_command, cns_snapshots, cns_terminal, concurrent_clients,
    concurrent_programs, curl, examples, gnutls, java, killed_client, nginx, nss, nss_documents,
    opensc_module, openssh, openssl, openvpn, p11_kit, pin_guard, pin_pad, pinentry, pkcs11_tool, python,
    removal_and_reset,
};
use crate::packages;

/// Every client. A package that cannot be had costs the checks of its clients, nobody else's.
const CLIENTS: &[Client] = &[
    Client::new("pkcs11-tool", &["opensc"], pkcs11_tool::PACKAGES, pkcs11_tool::checks),
    Client::new("pkcs11-tool, PIN guard", &["opensc"], pin_guard::PACKAGES, pin_guard::checks),
    Client::new("OpenSC's module", &["opensc-pkcs11"], opensc_module::PACKAGES, opensc_module::checks),
    Client::new(
        "OpenSSL with engine pkcs11",
        &["openssl", "libengine-pkcs11-openssl"],
        openssl::PACKAGES,
        openssl::checks,
    ),
    Client::new("curl", &["curl"], curl::PACKAGES, curl::checks),
    Client::new("nginx as client", &["nginx-light"], nginx::PACKAGES, nginx::checks),
    Client::new("GnuTLS", &["gnutls-bin"], gnutls::PACKAGES, gnutls::checks),
    Client::new("NSS tools", &["libnss3-tools"], nss::PACKAGES, nss::checks),
    Client::new(
        "NSS documents",
        &["libnss3-tools", "poppler-utils"],
        nss_documents::PACKAGES,
        nss_documents::checks,
    ),
    Client::new("p11-kit", &["p11-kit"], p11_kit::PACKAGES, p11_kit::checks),
    Client::new("OpenSSH", &["openssh-client"], openssh::PACKAGES, openssh::checks),
    Client::new("OpenVPN", &["openvpn"], openvpn::PACKAGES, openvpn::checks),
    Client::new("Java", &["openjdk-17-jdk-headless"], java::PACKAGES, java::checks),
    Client::new("Python", &["python3-pykcs11"], python::PACKAGES, python::checks),
    Client::new("examples", &["gcc", "python3-pykcs11"], examples::PACKAGES, examples::checks),
    Client::new("valgrind", &["valgrind"], examples::VALGRIND_PACKAGES, examples::valgrind_checks),
    Client::new("programs that are killed", &["pcscd"], killed_client::PACKAGES, killed_client::checks),
    Client::new("reader with a keypad", &["opensc"], pin_pad::PACKAGES, pin_pad::checks),
    Client::new("cns", &["gnutls-bin", "openssl"], cns_command::PACKAGES, cns_command::checks),
    Client::new("cns, every sentence", &["tmux"], cns_terminal::PACKAGES, cns_snapshots::checks),
    Client::new("cns in a terminal", &["tmux"], cns_terminal::PACKAGES, cns_terminal::checks),
    Client::new("pinentry", &["pinentry-qt", "pinentry-gnome3"], pinentry::PACKAGES, pinentry::checks),
    Client::new("many programs", &["opensc"], concurrent_clients::PACKAGES, concurrent_clients::checks),
    Client::new(
        "programs and users side by side",
        &["pcscd"],
        concurrent_programs::PACKAGES,
        concurrent_programs::checks,
    ),
    Client::new("disturbances", &["pcscd"], removal_and_reset::PACKAGES, removal_and_reset::checks),
    Client::new("the bench", &["pcscd"], &[], bench_counts::checks),
];

/// Every client with its checks, in the order of their lines.
pub fn checks() -> Vec<(&'static Client, Check)> {
    let clients = CLIENTS.iter().chain(browsers::CLIENTS);
    clients.flat_map(|client| (client.checks)().into_iter().map(move |check| (client, check))).collect()
}

/// Those whose line holds `filter`.
pub fn matching(filter: Option<&str>) -> Vec<(&'static Client, Check)> {
    let mut checks = checks();
    checks.retain(|(_, check)| filter.is_none_or(|text| check.title().contains(text)));
    checks
}

/// What the chosen checks need of the network, put into the run's folder.
pub fn prepare(folder: &Path, filter: Option<&str>) {
    let chosen: Vec<Check> = matching(filter).into_iter().map(|(_, check)| check).collect();
    examples::prepare(folder, &chosen);
    bench_counts::prepare(folder, &chosen);
    browsers::cns_setup::prepare(folder, &chosen);
}

/// Installs what the chosen checks need. What only some of them need may be missing afterwards: those are skipped.
pub fn install(filter: Option<&str>) -> Result<()> {
    packages::ensure([packages::CARD, packages::PORTAL].concat())?;
    let wanted: BTreeSet<&str> =
        matching(filter).into_iter().flat_map(|(client, _)| client.packages).copied().collect();
    packages::ensure_available(wanted)
}
