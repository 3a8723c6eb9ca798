//! Every client and its checks, those that a run is about, and what they need.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use anyhow::Result;

use super::check::{Check, Client};
use super::{
    apache, bench_counts, browsers, cns_command, cns_snapshots, cns_terminal, concurrent_clients,
    concurrent_programs, curl, documented_commands, eap_tls, examples, gnutls, go, gpgsm, java, kerberos,
    killed_client, nginx, nginx_proxy, node, nss, nss_documents, opensc_module, openssh, openssl, openvpn,
    p11_kit, pin_guard, pin_pad, pinentry, pkcs11_tool, practice, pyhanko, python, removal_and_reset,
    stunnel, transport,
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
    Client::new(
        "OpenSSL with provider pkcs11",
        &["openssl", "pkcs11-provider"],
        openssl::PROVIDER_PACKAGES,
        openssl::provider_checks,
    ),
    Client::new("curl", &["curl"], curl::PACKAGES, curl::checks),
    Client::new(
        "curl with provider",
        &["curl", "pkcs11-provider"],
        curl::PROVIDER_PACKAGES,
        curl::provider_checks,
    ),
    Client::new("nginx, the card as its key", &["nginx-light"], nginx::PACKAGES, nginx::checks),
    Client::new(
        "nginx with provider",
        &["nginx-light", "pkcs11-provider"],
        nginx::PROVIDER_PACKAGES,
        nginx::provider_checks,
    ),
    Client::new("nginx as TLS client", &["nginx-light"], nginx::PACKAGES, nginx_proxy::checks),
    Client::new(
        "nginx as TLS client, with provider",
        &["nginx-light", "pkcs11-provider"],
        nginx::PROVIDER_PACKAGES,
        nginx_proxy::provider_checks,
    ),
    Client::new("Apache, the card as its key", &["apache2"], apache::PACKAGES, apache::checks),
    Client::new(
        "Apache with provider",
        &["apache2", "pkcs11-provider"],
        apache::PROVIDER_PACKAGES,
        apache::provider_checks,
    ),
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
    Client::new("Java", &["openjdk-17-jdk-headless | openjdk-21-jdk-headless"], java::PACKAGES, java::checks),
    Client::new("Python", &["python3-pykcs11"], python::PACKAGES, python::checks),
    Client::new("examples", &["gcc", "python3-pykcs11"], examples::PACKAGES, examples::checks),
    Client::new("valgrind", &["valgrind"], examples::VALGRIND_PACKAGES, examples::valgrind_checks),
    Client::new("stunnel", &["stunnel4"], stunnel::PACKAGES, stunnel::checks),
    Client::new("wpa_supplicant", &["eapoltest"], eap_tls::PACKAGES, eap_tls::checks),
    Client::new("Kerberos", &["krb5-pkinit"], kerberos::PACKAGES, kerberos::checks),
    Client::new("GnuPG", &["gpgsm", "gnupg-pkcs11-scd"], gpgsm::PACKAGES, gpgsm::checks),
    Client::new("pyHanko", &["python3"], pyhanko::PACKAGES, pyhanko::checks),
    Client::new("Node.js", &["nodejs"], node::PACKAGES, node::checks),
    Client::new("Go", &["golang-go", "golang-github-thalesignite-crypto11-dev"], go::PACKAGES, go::checks),
    Client::new("programs that are killed", &["pcscd"], killed_client::PACKAGES, killed_client::checks),
    Client::new("reader with a keypad", &["opensc"], pin_pad::PACKAGES, pin_pad::checks),
    Client::new("cns", &["gnutls-bin", "openssl"], cns_command::PACKAGES, cns_command::checks),
    Client::new("cns, every sentence", &["tmux"], cns_terminal::PACKAGES, cns_snapshots::checks),
    Client::new("cns in a terminal", &["tmux"], cns_terminal::PACKAGES, cns_terminal::checks),
    Client::new("cns practice", &["curl"], practice::PACKAGES, practice::checks),
    Client::new("pinentry", &["pinentry-qt", "pinentry-gnome3"], pinentry::PACKAGES, pinentry::checks),
    Client::new("many programs", &["opensc"], concurrent_clients::PACKAGES, concurrent_clients::checks),
    Client::new(
        "programs and users side by side",
        &["pcscd"],
        concurrent_programs::PACKAGES,
        concurrent_programs::checks,
    ),
    Client::new("disturbances", &["pcscd"], removal_and_reset::PACKAGES, removal_and_reset::checks),
    Client::new("documents", &["bash"], documented_commands::PACKAGES, documented_commands::checks),
    Client::new("the transport", &["pcscd"], &[], transport::checks),
    Client::new("the bench", &["pcscd"], &[], bench_counts::checks),
];

/// Every client with its checks, in the order of their lines.
pub fn checks() -> Vec<(&'static Client, Check)> {
    let clients = CLIENTS.iter().chain(browsers::CLIENTS);
    clients.flat_map(|client| (client.checks)().into_iter().map(move |check| (client, check))).collect()
}

/// The lines of all checks.
pub fn titles() -> Vec<String> {
    checks().iter().map(|(_, check)| check.title()).collect()
}

/// Those whose line holds one of these texts; all where there is none.
pub fn matching(filter: &[String]) -> Vec<(&'static Client, Check)> {
    let mut checks = checks();
    checks.retain(|(_, check)| filter.is_empty() || filter.iter().any(|text| check.title().contains(text)));
    checks
}

/// What the chosen checks need of the network, put into the run's folder.
pub fn prepare(folder: &Path, filter: &[String]) {
    let chosen: Vec<Check> = matching(filter).into_iter().map(|(_, check)| check).collect();
    thread::scope(|scope| {
        // They wait for the network.
        scope.spawn(|| pyhanko::prepare(folder, &chosen));
        scope.spawn(|| node::prepare(folder, &chosen));
        examples::prepare(folder, &chosen);
    });
    bench_counts::prepare(folder, &chosen);
    transport::prepare(folder, &chosen);
    browsers::cns_setup::prepare(folder, &chosen);
}

/// Installs what the chosen checks need. What only some of them need may be missing afterwards: those are skipped.
pub fn install(filter: &[String]) -> Result<()> {
    packages::ensure(common())?;
    packages::ensure_available(wishes(filter))
}

/// All packages that the chosen checks use where they can be had.
pub fn wishes(filter: &[String]) -> Vec<&'static str> {
    let of_checks = matching(filter).into_iter().flat_map(|(client, _)| client.packages).copied();
    common().chain(of_checks).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What every check needs.
fn common() -> impl Iterator<Item = &'static str> {
    packages::CARD.iter().chain(packages::PORTAL).copied()
}
